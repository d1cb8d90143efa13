"""Flags and arguments as spf13/pflag and getopt read them: --flag=value, --flag value, -owide, -w."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from clustersim.console.answer import Said


class Flags(NamedTuple):
    """What a command knows: flags with a value and switches, by every name; short names are one letter.

    optional: flags whose value may be left out, and what it is then; a value comes behind "=" only.
    """

    valued: Mapping[str, str]
    switches: Mapping[str, str]
    optional: Mapping[str, tuple[str, str]] = {}


class Arguments(NamedTuple):
    """What stands on the line; flags under their long names. after: what stands behind "--"; written: the
    flags in their order."""

    words: tuple[str, ...]
    values: dict[str, list[str]]
    on: dict[str, bool]
    after: tuple[str, ...] | None = None
    written: tuple[tuple[str, str], ...] = ()

    def value(self, name: str, default: str = "") -> str:
        """The value of a flag; the last one counts."""
        return self.values[name][-1] if name in self.values else default

    def several(self, name: str) -> list[str]:
        """All values of a flag that may be repeated, or hold several behind commas."""
        return [part for value in self.values.get(name, ()) for part in value.split(",")]

    def each(self, name: str) -> list[str]:
        """All values of a flag that may be repeated, commas left alone."""
        return list(self.values.get(name, ()))

    def given(self, name: str) -> bool:
        """The flag stands on the line."""
        return name in self.values or name in self.on

    @property
    def of_files(self) -> bool:
        """Objects are named by -f or -k."""
        return self.given("filename") or self.given("kustomize")

    def has(self, name: str, default: bool = False) -> bool:
        """A switch is on."""
        return self.on.get(name, default)


TRUTH: Final = {
    "true": True,
    "t": True,
    "1": True,
    "True": True,
    "TRUE": True,
    "T": True,
    "false": False,
    "f": False,
    "0": False,
    "False": False,
    "FALSE": False,
    "F": False,
}
"""What strconv.ParseBool takes."""


class UnknownFlag(Said):
    """A flag that the command does not have."""


def parse(words: Sequence[str], known: Flags) -> Arguments:
    """Raises UnknownFlag, or Said for a value that does not fit, in the words of spf13/pflag."""
    values: dict[str, list[str]] = {}
    found = Arguments((), values, {})
    rest: list[str] = []
    after: tuple[str, ...] | None = None
    queue = list(words)
    written: list[tuple[str, str]] = []
    while queue:
        word = queue.pop(0)
        if word == "--":
            after = tuple(queue)
            break
        if word == "-" or not word.startswith("-"):
            rest.append(word)
        elif word.startswith("--"):
            written.append(_long(word, queue, known, found))
        else:
            written += _short(word, queue, known, found)
    return found._replace(words=tuple(rest), after=after, written=tuple(written))


def _long(word: str, queue: list[str], known: Flags, found: Arguments) -> tuple[str, str]:
    name, equals, value = word[2:].partition("=")
    if len(name) > 1 and name in known.switches:
        if equals and value not in TRUTH:
            short = next((one for one, long in known.switches.items() if long == name and len(one) == 1), "")
            flag = f"-{short}, --{name}" if short else f"--{name}"
            raise Said(
                f'Error: invalid argument "{value}" for "{flag}" flag: strconv.ParseBool: '
                f'parsing "{value}": '
                "invalid syntax"
            )
        found.on[known.switches[name]] = TRUTH[value] if equals else True
        return known.switches[name], value if equals else "true"
    if len(name) > 1 and name in known.optional:
        long, implied = known.optional[name]
        value = value if equals else implied
    elif len(name) > 1 and name in known.valued:
        if not equals and not queue:
            raise Said(f"Error: flag needs an argument: --{name}")
        long, value = known.valued[name], value if equals else queue.pop(0)
    else:
        raise UnknownFlag(f"Error: unknown flag: --{name}")
    found.values.setdefault(long, []).append(value)
    return long, value


def _short(word: str, queue: list[str], known: Flags, found: Arguments) -> list[tuple[str, str]]:
    letters, written = word[1:], list[tuple[str, str]]()
    for index, letter in enumerate(letters):
        if letter in known.switches:
            found.on[known.switches[letter]] = True
            written.append((known.switches[letter], "true"))
            continue
        if letter not in known.valued:
            raise UnknownFlag(f"Error: unknown shorthand flag: '{letter}' in {word}")
        value = letters[index + 1 :].removeprefix("=")
        if not value and not queue:
            raise Said(f"Error: flag needs an argument: '{letter}' in {word}")
        value = value or queue.pop(0)
        found.values.setdefault(known.valued[letter], []).append(value)
        return [*written, (known.valued[letter], value)]
    return written
