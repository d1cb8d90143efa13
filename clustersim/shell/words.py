"""Words and operators of what people type at a shell (POSIX, Shell Command Language 2.2, 2.3 and 2.10)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

_OPERATORS: Final = (
    "&&",
    "||",
    ";;",
    "2>&1",
    "1>&2",
    ">&2",
    "&>",
    "2>>",
    "2>",
    ">>",
    ">",
    "<",
    ";",
    "|",
    "&",
    "(",
    ")",
)


class ShellError(Exception):
    """A script that no shell would run. `unfinished`: more lines might end it."""

    def __init__(self, text: str, *, unfinished: bool = False) -> None:
        super().__init__(text)
        self.unfinished = unfinished


class Piece(NamedTuple):
    """A part of a word. quote: "'" (as it stands), '"' (expanded, one piece), "" (expanded and divided)."""

    text: str
    quote: str = ""


Word = tuple[Piece, ...]


def tokens_of(text: str) -> Iterator[str | Word]:
    """Operators, and words; a line ends with ";". Raises ShellError."""
    index = 0
    while index < len(text):
        char = text[index]
        if char in " \t\r":
            index += 1
        elif char == "\n":
            yield ";"
            index += 1
        elif char == "#":
            index = (text.find("\n", index) + 1 or len(text) + 1) - 1
        elif (operator := next((one for one in _OPERATORS if text.startswith(one, index)), None)) is not None:
            yield operator
            index += len(operator)
        else:
            word, index = _word(text, index)
            yield word


def _word(text: str, index: int) -> tuple[Word, int]:
    pieces: list[Piece] = []
    plain = ""
    while index < len(text) and text[index] not in " \t\r\n;|&<>()":
        char = text[index]
        if char == "\\":
            pieces += [Piece(plain), Piece(text[index + 1 : index + 2], "'")]
            plain, index = "", index + 2
        elif char in "'\"":
            end = _quoted(text, index)
            pieces += [Piece(plain), Piece(text[index + 1 : end], char)]
            plain, index = "", end + 1
        elif text.startswith("$(", index) or char == "`":
            end = substitution_end(text, index)
            plain, index = plain + text[index:end], end
        else:
            plain, index = plain + char, index + 1
    kept = tuple(piece for piece in (*pieces, Piece(plain)) if piece.text or piece.quote)
    return kept, index


def _quoted(text: str, index: int) -> int:
    """Where a quote ends that begins here; what is run within double quotes has quotes of its own."""
    quote, end = text[index], index + 1
    while end < len(text) and text[end] != quote:
        if quote == '"' and text.startswith("$(", end):
            end = substitution_end(text, end)
        else:
            end += 2 if quote == '"' and text[end] == "\\" else 1
    if end >= len(text):
        raise ShellError("sh: syntax error: unterminated quoted string", unfinished=True)
    return end


def substitution_end(text: str, index: int) -> int:
    """Behind the $(...), $((...)) or `...` that begins here."""
    if text[index] == "`":
        end = text.find("`", index + 1)
        if end < 0:
            raise ShellError("sh: syntax error: EOF in backquote substitution", unfinished=True)
        return end + 1
    depth, end = 0, index + 1
    while end < len(text):
        if text[end] in "'\"":
            end = _quoted(text, end)
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
        if not depth:
            return end
    raise ShellError("sh: syntax error: missing ')'", unfinished=True)


def shown(token: str | Word) -> str:
    """As it is told in a complaint."""
    return token if isinstance(token, str) else "".join(piece.text for piece in token)
