"""Flags and arguments of kubectl's kind: --flag=value, --flag value, -o wide, -owide, -w."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from clustersim.console.answer import Said


class Flags(NamedTuple):
    """What a verb knows: flags with a value and switches, by every name; short names are one letter."""

    valued: Mapping[str, str]
    switches: Mapping[str, str]


class Arguments(NamedTuple):
    """What stands on the line; flags under their long names, repeated ones joined with a comma."""

    words: tuple[str, ...]
    values: dict[str, str]
    on: dict[str, bool]

    def value(self, name: str, default: str = "") -> str:
        """The value of a flag."""
        return self.values.get(name, default)

    def has(self, name: str) -> bool:
        """A switch is on."""
        return self.on.get(name, False)


GLOBAL: Final = {"n": "namespace", "namespace": "namespace"}

_TRUTH: Final = {"true": True, "false": False}


def parse(words: Sequence[str], known: Flags) -> Arguments:
    """Raises Said for a flag that the verb does not know, in the words of kubectl (spf13/pflag)."""
    found = Arguments((), {}, {})
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word == "--":
            rest += queue
            break
        if word == "-" or not word.startswith("-"):
            rest.append(word)
        elif word.startswith("--"):
            _long(word, queue, known, found)
        else:
            _short(word, queue, known, found)
    return found._replace(words=tuple(rest))


def _long(word: str, queue: list[str], known: Flags, found: Arguments) -> None:
    name, equals, value = word[2:].partition("=")
    if name in known.switches and len(name) > 1:
        if equals and value not in _TRUTH:
            raise Said(f'Error: invalid argument "{value}" for "--{name}": invalid syntax')
        found.on[known.switches[name]] = _TRUTH[value] if equals else True
    elif name in known.valued and len(name) > 1:
        if not equals and not queue:
            raise Said(f"Error: flag needs an argument: --{name}")
        _put(found, known.valued[name], value if equals else queue.pop(0))
    else:
        raise Said(f"Error: unknown flag: --{name}")


def _short(word: str, queue: list[str], known: Flags, found: Arguments) -> None:
    letters = word[1:]
    for index, letter in enumerate(letters):
        if letter in known.switches:
            found.on[known.switches[letter]] = True
            continue
        if letter not in known.valued:
            raise Said(f"Error: unknown shorthand flag: '{letter}' in {word}")
        value = letters[index + 1 :].removeprefix("=")
        if not value and not queue:
            raise Said(f"Error: flag needs an argument: '{letter}' in {word}")
        _put(found, known.valued[letter], value or queue.pop(0))
        return


def _put(found: Arguments, name: str, value: str) -> None:
    before = found.values.get(name)
    found.values[name] = value if before is None else f"{before},{value}"
