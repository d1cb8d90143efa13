"""What kubectl prints of a command that needs a subcommand, and behind -h: its subcommands, flags and usage.

The names are those of the release (commands.txt); how they are laid out follows pkg/kubectl/cmd/templates.
"""

from collections.abc import Collection, Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Flags
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.misuse import misused

ABOUT: Final = {
    "auth": "Inspect authorization.",
    "certificate": "Modify certificate resources.",
    "config": "Modify kubeconfig files.",
    "create secret": "Create a secret with specified type.",
    "create service": "Create a service using a specified subcommand.",
    "plugin": "Provides utilities for interacting with plugins.",
    "rollout": "Manage the rollout of one or many resources.",
    "set": "Configure application resources.",
    "top": "Display resource (CPU/memory) usage.",
}
"""Commands that do nothing without a subcommand, and what they are for."""
_ASKED: Final = ("-h", "--help")


def parent(api: Api, command: str, words: Sequence[str]) -> str:
    """The subcommand that is named. Raises Said: the help where there is none, or that it is not known
    (DefaultSubCommandRun)."""
    known = commands.subcommands(command, api.release)
    if not words or words[0] in _ASKED:
        raise Said(text_of(api, command))
    if words[0] not in known:
        told = " ".join(word for word in words if not word.startswith("-"))
        raise misused(api, command, f'unknown command "{told}"')
    return words[0]


def asked(api: Api, verb: str, words: Sequence[str]) -> Answer | None:
    """The help of a command, where -h or --help stands on its line."""
    before = words[: list(words).index("--")] if "--" in words else words
    if not any(word in _ASKED for word in before):
        return None
    deeper = f"{verb} {before[0]}"
    known = deeper in commands.COMMANDS and api.release in commands.COMMANDS[deeper].releases
    return Answer(text=text_of(api, deeper if known else verb))


def text_of(api: Api, command: str) -> str:
    """Subcommands, flags, usage."""
    lines = [ABOUT[command], ""] if command in ABOUT else []
    below = commands.subcommands(command, api.release)
    if below:
        lines += ["Available Commands:", *(f"  {name}" for name in below), ""]
    own = _options(api, command)
    if own:
        lines += ["Options:", *own, ""]
    rest = "SUBCOMMAND [options]" if command in ABOUT else "[flags] [options]"
    lines += ["Usage:", f"  kubectl {command} {rest}"]
    if below:
        lines += ["", f'Use "kubectl {command} <command> --help" for more information about a given command.']
    lines += ['Use "kubectl options" for a list of global command-line options (applies to all commands).']
    return "\n".join(lines)


def _options(api: Api, command: str) -> list[str]:
    """The flags of a command that not every command has, a line each: `    -f, --filename=`."""
    if command not in commands.COMMANDS:
        return []
    flags, everywhere = commands.flags_of(command, api.release), commands.flags_of("options", api.release)
    return _lines(flags, leave={*everywhere.valued.values(), *everywhere.switches.values()})


def options(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl options: the flags that every command has."""
    flags = commands.flags_of("options", api.release)
    return Answer(
        text="\n".join(
            ["The following options can be passed to any command:", "", *_lines(flags, leave=set())]
        )
    )


def _lines(flags: Flags, *, leave: Collection[str]) -> list[str]:
    """A line for each flag, except for those that are left out."""
    optional = {name: long for name, (long, _implied) in flags.optional.items()}
    named = {**flags.switches, **flags.valued, **optional}
    shorts = {long: name for name, long in named.items() if name != long}
    found = sorted({long for long in named.values() if long not in leave})
    return [
        f"    {f'-{shorts[long]}, ' if long in shorts else '    '}--{long}{_value_of(flags, long)}"
        for long in found
    ]


def _value_of(flags: Flags, long: str) -> str:
    if long in flags.switches.values():
        return "=false"
    return next((f"='{implied}'" for name, implied in flags.optional.values() if name == long), "=")
