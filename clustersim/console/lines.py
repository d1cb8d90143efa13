"""A command line as a shell reads it: commands joined by ; && || and |, quotes, $(...), what is pasted below.

There are no variables and no loops; what of a shell is not here is said, not guessed. What is written to and
read from files is told by `redirections`.
"""

from collections.abc import Callable
from itertools import islice
from typing import Final, NamedTuple

from clustersim.bounds import LONGEST_LINE
from clustersim.console.answer import Said
from clustersim.i18n import _
from clustersim.shell.braces import MOST_BRACES, MOST_SPREAD, is_list, items

LONGEST_COMMAND: Final = 8 * 1024
"""Characters of the line itself."""

MOST_COMMANDS: Final = 20
"""Commands of one line."""

EDITORS: Final = ("vi", "vim", "nano", "emacs")
"""Programs that show a file to people, who change it."""


class Stage(NamedTuple):
    """One command of a pipe: its text, not yet divided into words, and what is pasted for it to read."""

    text: str
    pasted: str | None = None


class Step(NamedTuple):
    """A pipe, and how it hangs on the one before: "" (always), "&&" or "||"."""

    join: str
    stages: tuple[Stage, ...]


def read(text: str) -> tuple[Step, ...]:
    """The pipes of a text. Raises Said."""
    if len(text) > LONGEST_LINE:
        raise Said(note=_("This is longer than {most} characters."), most=LONGEST_LINE)
    steps: list[Step] = []
    rest = text.strip().replace("\r\n", "\n").removeprefix("\ufeff")
    while rest:
        first, pasted, rest, before = _here(rest)
        steps += _steps(first, pasted, before)
        if sum(len(step.stages) for step in steps) > MOST_COMMANDS:
            raise Said(note=_("This line has more than {most} commands."), most=MOST_COMMANDS)
    return tuple(steps)


def _steps(first: str, pasted: str | None = None, before: str = "") -> list[Step]:
    """The pipes of one line; what is pasted below it is for the last of the commands that stand before its
    here-document, or for the first that reads it. Raises Said."""
    if len(first) > LONGEST_COMMAND:
        raise Said(note=_("The command itself is longer than {most} characters."), most=LONGEST_COMMAND)
    steps: list[Step] = []
    join, stages = "", list[Stage]()
    for part, operator in parts(first):
        if part.strip():
            stages.append(Stage(part.strip()))
        elif operator in ("|", "&&", "||") or stages:
            raise Said(f"-bash: syntax error near unexpected token `{operator or 'newline'}'")
        if operator != "|":
            if stages:
                steps.append(Step(join, tuple(stages)))
            join, stages = (operator if operator in ("&&", "||") else ""), []
    if pasted is not None and steps:
        step, stage = _reader(steps, before)
        found = list(steps[step].stages)
        found[stage] = Stage(found[stage].text, pasted)
        steps[step] = steps[step]._replace(stages=tuple(found))
    return steps


def _reader(steps: list[Step], before: str) -> tuple[int, int]:
    """Which command reads what is pasted: its pipe, and its place there."""
    if before.strip():
        earlier = _steps(before)
        return len(earlier) - 1, len(earlier[-1].stages) - 1
    places = ((step, stage) for step, one in enumerate(steps) for stage in range(len(one.stages)))
    return next((at for at in places if _reads(steps[at[0]].stages[at[1]].text)), (0, 0))


def _here(text: str) -> tuple[str, str | None, str, str]:
    """The command, and what stands below it: a here-document, a manifest for "-f -", or nothing, where the
    lines below are commands, too; the lines after a here-document, and what stands before it."""
    lines = text.split("\n")
    command = lines.pop(0)
    while command.endswith("\\") and lines:
        command = command[:-1] + " " + lines.pop(0).strip()
    place = command.find("<<")
    if place >= 0 and not command.startswith("<<<", place):
        if command.startswith("-", place + 2):
            lines = [line.lstrip("\t") for line in lines]
        word = command[place + 2 :].lstrip("- ").split(maxsplit=1) or [""]
        end = word[0].strip("'\"")
        before = command[:place]
        command, after = f"{command[:place]} {word[1] if len(word) > 1 else ''}", list[str]()
        if end in (ends := [line.strip() for line in lines]):
            lines, after = lines[: ends.index(end)], lines[ends.index(end) + 1 :]
        return command, "\n".join(lines), "\n".join(after).strip(), before
    rest = "\n".join(lines)
    if rest.strip() and _reads(command):
        return command, rest, "", ""
    return (f"{command}\n{rest}" if rest.strip() else command), None, "", ""


def _reads(command: str) -> bool:
    """The command reads its standard input, or gets the text of an editor."""
    words = command.split()
    if words[:1] and (words[0] in EDITORS or {"edit", "edit-last-applied"} & set(words)):
        return True
    return "-" in words or any(word in ("-f-", "-f=-", "--filename=-") for word in words)


def parts(text: str) -> list[tuple[str, str]]:
    """Pieces between operators, each with the operator that ends it ("" at the end). Raises Said."""
    found: list[tuple[str, str]] = []
    start, index = 0, 0
    while index < len(text):
        after = skip(text, index)
        if after != index:
            index = after
            continue
        if text[index] == "#" and (index == 0 or text[index - 1].isspace()):
            end = text.find("\n", index)
            text = text[:index] + (text[end:] if end >= 0 else "")
            continue
        for operator in ("&&", "||", "|", ";", "\n"):
            if text.startswith(operator, index):
                found.append((text[start:index], operator))
                index += len(operator)
                start = index
                break
        else:
            index += 1
    return [*found, (text[start:], "")]


def skip(text: str, index: int, depth: int = 0) -> int:
    """Behind what stands here quoted, escaped or in $(...); the same place where nothing does. Raises
    Said."""
    char = text[index]
    if char == "\\":
        return min(index + 2, len(text))
    ansi = char == "'" and text[index - 1 : index] == "$"
    if char in "'\"":
        end = index + 1
        while end < len(text) and text[end] != char:
            if char == '"' and text.startswith("$(", end):
                end = skip(text, end, depth)
            else:
                end += 2 if text[end] == "\\" and (char == '"' or ansi) else 1
        if end >= len(text):
            raise Said(note=_("A quote is not closed."))
        return end + 1
    if text.startswith("$(", index):
        if depth == DEEPEST:
            raise Said(note=_("$(...) stand in one another at most {most} deep here."), most=DEEPEST)
        return _closing(text, index + 2, depth + 1) + 1
    return index


def _closing(text: str, index: int, depth: int = 0) -> int:
    while index < len(text) and text[index] != ")":
        after = skip(text, index, depth)
        index = after if after != index else index + 1
    if index >= len(text):
        raise Said(note=_("A parenthesis is not closed."))
    return index


def words_of(text: str, substitute: Callable[[str], str], *, status: int = 0) -> tuple[str, ...]:
    """The words of one command; `substitute` runs what stands in $(...); status: what $? is. Raises Said for
    what only a real shell can do."""
    return tuple(_Words(substitute, status).read(text))


DEEPEST: Final = 20
LONGEST_LIST: Final = 4_096
"""Letters of a list in braces."""
_LITERAL: Final = "{ \t\n'\"$\\:=[]()"
"""What no list in braces has here: JSON and templates stay as they are."""
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}


def _unescaped(text: str) -> str:
    """What stands in $'...'."""
    told, index = "", 0
    while index < len(text):
        if text[index] == "\\" and text[index + 1 : index + 2] in _ESCAPED:
            told += _ESCAPED[text[index + 1]]
            index += 2
        else:
            told += text[index]
            index += 1
    return told


def _braced(text: str, index: int) -> tuple[list[str], int] | None:
    """What stands in {a,b} from here, and where that ends; None where it is no such list."""
    end = text.find("}", index, index + LONGEST_LIST)
    inside = text[index + 1 : end] if end > 0 else ""
    plain = not any(char in inside for char in _LITERAL) and text[end + 1 : end + 2] != "}"
    return (items(inside), end + 1) if plain and is_list(inside) else None


class _Words:
    """Words as they come together: `word` is None between two of them."""

    def __init__(self, substitute: Callable[[str], str], status: int) -> None:
        self._substitute = substitute
        self._status = status
        self._words: list[str] = []
        self._word: str | None = None
        self._more: list[str] | None = None
        """What the words of a brace begin with, while it goes on."""
        self._braces = 0
        """Of the present word."""

    def read(self, text: str) -> list[str]:
        """All of them."""
        quote, index = "", 0
        while index < len(text):
            char = text[index]
            if quote != "'" and text.startswith("$(", index):
                end = _closing(text, index + 2)
                self._told(self._substitute(text[index + 2 : end]).rstrip("\n"), whole=bool(quote))
                index = end
            elif quote != "'" and text.startswith("$?", index):
                self._add(str(self._status))
                index += 1
            elif quote and char == quote:
                quote = ""
            elif quote == "'":
                self._add(char)
            elif char == "\\" and index + 1 < len(text) and (not quote or text[index + 1] in '"\\$`'):
                index += 1
                self._add(text[index])
            elif not quote and text.startswith("$'", index):
                end = skip(text, index + 1)
                self._add(_unescaped(text[index + 2 : end - 1]))
                index = end - 1
            elif not quote and char == "{" and (braced := self._braced(text, index)) is not None:
                self._spread(braced[0])
                index = braced[1] - 1
            elif not quote and char in "'\"":
                quote = char
                self._add("")
            elif not quote and char.isspace():
                self._end()
            else:
                self._plain(char, quoted=bool(quote))
            index += 1
        if quote:
            raise Said(note=_("A quote is not closed."))
        self._end()
        return self._words

    def _plain(self, char: str, *, quoted: bool) -> None:
        if char in "&`" and not quoted:
            raise Said(note=_("This console is no shell: {char} means nothing to it."), char=char)
        self._add(char)

    def _add(self, text: str) -> None:
        self._word = (self._word or "") + text

    def _end(self) -> None:
        if self._word is not None:
            self._words += [self._word] if self._more is None else self._spread_out(self._word)
        self._word, self._more, self._braces = None, None, 0

    def _braced(self, text: str, index: int) -> tuple[list[str], int] | None:
        return _braced(text, index) if self._braces < MOST_BRACES else None

    def _spread(self, pieces: list[str]) -> None:
        """What stands in braces makes several words of one. Raises Said where they are too long together."""
        begun = self._spread_out(self._word or "")
        self._more = list(islice((f"{word}{piece}" for word in begun for piece in pieces), MOST_SPREAD))
        if sum(map(len, self._more)) > LONGEST_LINE:
            raise Said(note=_("This is longer than {most} characters."), most=LONGEST_LINE)
        self._word = ""
        self._braces += 1

    def _spread_out(self, rest: str) -> list[str]:
        return [f"{word}{rest}" for word in self._more] if self._more is not None else [rest]

    def _told(self, text: str, *, whole: bool) -> None:
        """What a substitution printed: one piece within quotes, else words."""
        pieces = [text] if whole else text.split()
        for index, piece in enumerate(pieces):
            if index:
                self._end()
            self._add(piece)
