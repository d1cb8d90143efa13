"""What was typed on the console: lines, the commands in them, and whether one of them is such a command."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

import msgspec

from clustersim.api.api_resources import RESOURCES
from clustersim.console.answer import Said
from clustersim.console.home import HERE
from clustersim.console.kubectl.verbs import VERBS
from clustersim.console.lines import read
from clustersim.console.nodes.names import ELSEWHERE, EVERYWHERE
from clustersim.console.shell.redirections import plain_words

MOST_LINES: Final = 100
"""Lines of a step that are remembered."""
LONGEST_REMEMBERED: Final = 300
"""Characters of a line that are remembered: what is pasted below it is no command."""

COMMANDS: Final = tuple(dict.fromkeys((*HERE, *EVERYWHERE, *ELSEWHERE)))
"""What a line of the console can begin with."""

_LONG: Final = {
    "--output": "-o",
    "--namespace": "-n",
    "--selector": "-l",
    "--watch": "-w",
    "--follow": "-f",
    "--filename": "-f",
    "--all-namespaces": "-A",
}
_TAKE_A_WORD: Final = ("-o", "-n", "-l")
_KINDS: Final = {
    name: plural
    for plural, resource in RESOURCES.items()
    for name in (plural, resource.kind.lower(), *resource.short_names)
}
"""Every name of a resource on the command line of kubectl, with the one that stands for all of them."""


class TypedLine(msgspec.Struct, frozen=True):
    """A line of the console. where: the node it was typed on, "" for the workstation."""

    line: str
    where: str = ""


def remembered(typed: TypedLine) -> TypedLine:
    """As much of a line as is kept."""
    return TypedLine(typed.line.strip().partition("\n")[0][:LONGEST_REMEMBERED], typed.where)


def is_such(typed: TypedLine, wanted: str, on: str = "") -> bool:
    """Whether a line has a command with all words of another, in their order; `on`: typed on that node. Short
    and long names of kubectl's resources and options are the same; other words may stand between.
    """
    words = tuple(_plain(wanted.split()))
    return any(on in ("", where) and _within(words, found) for where, found in _commands(typed))


def unknown_word(wanted: str) -> tuple[str, str] | None:
    """The word of a command that the console does not know, with the nearest it knows ("": none)."""
    words = wanted.split()
    if not words or words[0] not in (*COMMANDS, "k"):
        return (words[0] if words else wanted), _nearest(words[:1], COMMANDS)
    if words[0] == "kubectl" and len(words) > 1 and words[1] not in VERBS:
        return words[1], _nearest(words[1:2], tuple(VERBS))
    return None


def _nearest(words: Sequence[str], known: Sequence[str]) -> str:
    return next(iter(get_close_matches(words[0], known, 1)), "") if words else ""


def _commands(typed: TypedLine) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each command of a line: the node it runs on, and its words."""
    try:
        stages = [stage for step in read(typed.line) for stage in step.stages]
        divided = [plain_words(stage.text) for stage in stages]
    except Said:
        return
    for words in divided:
        elsewhere = len(words) > 2 and words[0] in ("on", "ssh")
        where = words[1].removesuffix(":").rpartition("@")[2] if elsewhere else typed.where
        yield where, tuple(_plain(words[2:] if elsewhere else words))


def _plain(words: Sequence[str]) -> Iterator[str]:
    """The words of a command, each written in the one way."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        kind, slash, object_ = word.partition("/")
        if word == "k" and place == 0:
            yield "kubectl"
        elif name in _LONG:
            yield from (_LONG[name], value) if equals else (_LONG[name],)
        elif word[:2] in _TAKE_A_WORD and not word.startswith("--"):
            yield from (word[:2], word[2:].removeprefix("=")) if word[2:] else (word,)
        elif slash and kind.lower() in _KINDS:
            yield from (_KINDS[kind.lower()], object_)
        else:
            yield _KINDS.get(word.lower(), word)


def _within(words: Sequence[str], found: Sequence[str]) -> bool:
    left = iter(found)
    return bool(words) and all(word in left for word in words)
