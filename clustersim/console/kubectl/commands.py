"""Which commands and flags kubectl of each release has: read from commands.txt beside this module.

There a line without indent names a command (and its subcommand), behind "@" the releases that have it, behind
the colon the groups of flags it shares and its further subcommands. Indented are its own flags, each ended by
";": its names, "=" where it takes a value, "=?x" where the value may be left out and is x then, "@" and the
releases that have it. Sources: v1.7.5 and v1.8.0 pkg/kubectl/cmd, v1.36 k8s.io/kubectl pkg/cmd.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments, Flags, UnknownFlag, parse
from clustersim.console.kubectl.flag_checks import check_flags, check_values

ERA: Final = ("v1.7", "v1.8")
TODAY: Final = ("v1.36",)
_SETS: Final = {"era": ERA, "today": TODAY, "1.8+": ("v1.8", *TODAY), "1.8": ("v1.8",), "1.7": ("v1.7",)}
_GROUPS: Final = ("GLOBAL", "OUTPUT", "SELECT", "ALL", "FILES", "DRY", "MAKES")

CREATED: Final = {
    "cm": "configmap", "cj": "cronjob", "deploy": "deployment", "dep": "deployment", "ing": "ingress",
    "ns": "namespace", "pc": "priorityclass", "pdb": "poddisruptionbudget", "resourcequota": "quota",
    "sa": "serviceaccount", "svc": "service",
}  # fmt: skip
"""Short names behind `kubectl create`."""


class Usage(NamedTuple):
    """A command: its flags, the releases that have it, and subcommands without flags of their own."""

    flags: tuple[str, ...]
    releases: tuple[str, ...]
    subcommands: tuple[str, ...]


def _read() -> dict[str, Usage]:
    groups: dict[str, tuple[str, ...]] = {}
    found: dict[str, Usage] = {}
    name, shared = "", list[str]()
    releases: tuple[str, ...] = (*ERA, *TODAY)
    for line in files("clustersim.console.kubectl").joinpath("commands.txt").read_text("utf-8").splitlines():
        flags = tuple(flag.strip() for flag in line.split(";") if flag.strip())
        if line.startswith(" ") and name in _GROUPS:
            groups[name] = (*groups.get(name, ()), *flags)
        elif line.startswith(" "):
            found[name] = found[name]._replace(flags=(*found[name].flags, *flags))
        elif line in _GROUPS:
            name = line
        else:
            head, _colon, rest = line.partition(":")
            name, _at, when = head.partition(" @")
            releases, shared = _SETS.get(when, (*ERA, *TODAY)), rest.split()
            given = tuple(flag for group in ("GLOBAL", *shared) for flag in groups.get(group, ()))
            found[name] = Usage(given, releases, tuple(word for word in shared if word not in _GROUPS))
    return found


COMMANDS: Final = _read()
"""Every command of kubectl; those with subcommands are found by all their words."""


@cache
def flags_of(command: str, release: str) -> Flags:
    """What a command knows in a release, the global flags included. Raises KeyError."""
    valued: dict[str, str] = {}
    switches: dict[str, str] = {}
    optional: dict[str, tuple[str, str]] = {}
    for flag in COMMANDS[command].flags:
        told, _at, when = flag.partition("@")
        if when and release not in _SETS[when.strip()]:
            continue
        names, equals, implied = told.strip().partition("=")
        words = [name.lstrip("-") for name in names.split()]
        for name in words:
            if equals and implied:
                optional[name] = (words[-1], implied.removeprefix("?"))
            elif equals:
                valued[name] = words[-1]
            else:
                switches[name] = words[-1]
    return Flags(valued, switches, optional)


def known(release: str) -> tuple[str, ...]:
    """The commands of a release, without subcommands, sorted."""
    return tuple(name for name, usage in COMMANDS.items() if " " not in name and release in usage.releases)


def subcommands(command: str, release: str) -> tuple[str, ...]:
    """The subcommands of one, sorted."""
    named = [name for name in COMMANDS if name.rpartition(" ")[0] == command]
    found = [name.rpartition(" ")[2] for name in named if release in COMMANDS[name].releases]
    if command in COMMANDS:
        found += [name for name in COMMANDS[command].subcommands if f"{command} {name}" not in named]
    return tuple(sorted(found))


def read(command: str, words: Sequence[str], release: str) -> Arguments:
    """The arguments of a command. Raises Said in the words of that release's kubectl."""
    try:
        found = parse(words, flags_of(command, release))
        if not command.startswith("config"):
            _check_timeout(found)
        if release in TODAY:
            check_values(found)
            check_flags(command, found)
        return found
    except UnknownFlag as unknown:
        raise UnknownFlag(_in_words_of(release, unknown.text, command)) from None
    except Said as said:
        if said.text.startswith(("error: ", "Error in ")):
            raise
        raise Said(_in_words_of(release, said.text, command)) from None


_TIMEOUT: Final = re.compile(r"\d+|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+")


def _check_timeout(arguments: Arguments) -> None:
    """Raises Said (client-go tools/clientcmd config.go ParseTimeout)."""
    if _TIMEOUT.fullmatch(arguments.value("request-timeout") or "0") is None:
        raise Said(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
            "followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )


def _in_words_of(release: str, text: str, command: str) -> str:
    """Since v1.12 the message alone is printed, with a hint, and no usage (k8s.io/kubectl cmd/util)."""
    if release not in TODAY:
        return text
    return f"{text.replace('Error: ', 'error: ', 1)}\nSee 'kubectl {command} --help' for usage."
