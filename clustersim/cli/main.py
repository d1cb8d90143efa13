"""The parser of the command line, and the one place where errors become text and exit status."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from clustersim.cli.flags import list_flags
from clustersim.cli.run import run
from clustersim.cli.sweep import MOST_RUNS, sweep
from clustersim.cli.world import print_world
from clustersim.command import CommandError
from clustersim.conformance import main as conformance
from clustersim.digits import is_whole
from clustersim.flags import DurationError, FlagError
from clustersim.lesson import main_check, main_sweep, main_words
from clustersim.releases import RELEASES
from clustersim.scenario import ScenarioError
from clustersim.scenario.version import engine_version

WRONG: Final = 2

_WITH_FILES: Final = {
    "conformance": conformance,
    "check": main_check,
    "words": main_words,
}
"""Commands that read their own arguments."""


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    if argv and argv[0] == "sweep" and not any(word.startswith("--seeds") for word in argv):
        return main_sweep(argv[1:])
    if argv and argv[0] in _WITH_FILES:
        return _WITH_FILES[argv[0]](argv[1:])
    options = _parser().parse_args(argv)
    try:
        options.command(options)
    except BrokenPipeError:
        sys.stderr.close()
    except ScenarioError as error:
        return _complain("\nerror: ".join(one.text(options.language) for one in error.all))
    except (CommandError, FlagError) as error:
        nearest = getattr(error, "nearest", "")
        said = error.message.text(options.language)
        return _complain(f"{said}; did you mean {nearest}?" if nearest else said)
    except DurationError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename}: {error.strerror}")
    return 0


def _complain(text: str) -> int:
    sys.stderr.write(f"error: {text}\n")
    return WRONG


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m clustersim",
        description="A model of a Kubernetes control plane and its nodes.",
        epilog="Exit status: 0 all well, 1 a comparison found a difference, 2 wrong command line or file.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(commands)
    version = commands.add_parser("version", help="print the version of the engine")
    version.set_defaults(command=lambda _options: print(engine_version()), language="en")
    flags = commands.add_parser("flags", help="list every setting with unit, default, range and help")
    _add_release(flags)
    _add_language(flags)
    flags.add_argument("--json", action="store_true", help="one JSON object per line")
    flags.add_argument("component", nargs="?", help="only the settings of this component")
    flags.set_defaults(command=list_flags)
    world = commands.add_parser("world", help="print the default scenario, as a file to start from")
    _add_release(world)
    _add_language(world)
    world.set_defaults(command=print_world)
    compare = commands.add_parser("conformance", help="compare the model with recordings of real clusters")
    compare.add_argument("files", nargs="*", metavar="FILE")
    commands.add_parser("check", help="check lesson files, or with --all the shipped ones")
    _add_sweep(commands)
    commands.add_parser("words", help="list every word that a lesson may use")
    return parser


def _add_sweep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "sweep",
        help="run lessons with 20 seeds: do their answers stay right? With --seeds: a scenario with so many",
    )
    parser.add_argument("file", metavar="FILE", help="a scenario in YAML or JSON")
    parser.add_argument("--seeds", type=_seeds, required=True, metavar="N", help="so many seeds, from 1 on")
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="COMPONENT.FLAG=VALUE,VALUE",
        help="every seed with each of these settings; may be repeated, then with each combination",
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (default: one a core)")
    parser.add_argument(
        "--on", metavar="dask://HOST:PORT", help="on the workers of a Dask cluster instead of here"
    )
    parser.add_argument("--csv", metavar="FILE", help="write a table, a row for each run")
    parser.add_argument("--json", metavar="FILE", help="write the same as JSON")
    parser.add_argument("--svg", metavar="FILE", help="write the bands as a picture")
    _add_language(parser)
    parser.set_defaults(command=sweep)


def _seeds(text: str) -> int:
    number = int(text) if is_whole(text) else 0
    if not 1 <= number <= MOST_RUNS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_RUNS}, not {text}")
    return number


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("run", help="run a scenario file and print what happens")
    parser.add_argument("file", metavar="FILE", help="a scenario in YAML or JSON; - reads standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object per event and line")
    parser.add_argument(
        "--until", metavar="TIME", help="how long to run, such as 7m (default: as the file says)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another seed than the file's")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="COMPONENT.FLAG=VALUE",
        help="another setting, such as controller-manager.pod-eviction-timeout=1m; may be repeated",
    )
    parser.add_argument(
        "--cache",
        metavar="DIR",
        help="keep booted worlds there, a directory of your own, and start from them",
    )
    parser.add_argument("--svg", metavar="FILE", help="also write the timeline as a picture")
    parser.add_argument("--boot", action="store_true", help="also what happens before the cluster is steady")
    _add_language(parser)
    parser.set_defaults(command=run)


def _add_release(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--release", choices=tuple(RELEASES), default=next(iter(RELEASES)))


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=("en", "zh"), default="en", help="language of the sentences")
