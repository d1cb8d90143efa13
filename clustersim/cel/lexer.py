"""The words of an expression (cel-go parser/gen/CEL.g4)."""

import re
from typing import Any, Final

import msgspec

from clustersim.cel.syntax import CompileError, Issue
from clustersim.cel.values import UInt

LONGEST: Final = 100_000
"""Characters of an expression (cel-go parser ExpressionSizeCodePointLimit)."""

_WORD: Final = re.compile(
    r"""(?P<space>[\t\n\f\r ]+|//[^\n]*)
    |(?P<float>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<uint>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)
    |(?P<text>(?:[bB][rR]?|[rR][bB]?)?(?:\"\"\"|'''|\"|'))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<escaped>`[A-Za-z0-9_.\-/ ]+`)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[<>\[\]{}().,\-!?:+*/%])""",
    re.VERBOSE,
)
_PLAIN: Final = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    '"': '"', "'": "'", "\\": "\\", "?": "?", "`": "`",
}  # fmt: skip
_DIGITS: Final = {"x": 2, "X": 2, "u": 4, "U": 8}
_OCTAL: Final = re.compile(r"[0-3][0-7][0-7]")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_MOST: Final = 2**63


class Token(msgspec.Struct, frozen=True):
    """kind: value, name, escaped, sign or end; text: as it stands there."""

    kind: str
    text: str
    at: int
    value: Any = None


def tokens(source: str) -> list[Token]:
    """The words, and the end. Raises CompileError."""
    if len(source) > LONGEST:
        why = f"expression code point size exceeds limit: size: {len(source)}, limit {LONGEST}"
        raise CompileError(source, [Issue(0, why)])
    found: list[Token] = []
    index = 0
    while index < len(source):
        match = _WORD.match(source, index)
        if match is None:
            why = f"Syntax error: token recognition error at: {_quoted(source[index])}"
            raise CompileError(source, [Issue(index, why)])
        kind, text = str(match.lastgroup), match[0]
        if kind == "text":
            token = _text(source, index, text)
            found.append(token)
            index += len(token.text)
            continue
        index = match.end()
        if kind in ("int", "uint", "float"):
            found.append(Token("value", text, match.start(), _number(source, match.start(), kind, text)))
        elif kind != "space":
            found.append(Token(kind, text, match.start()))
    found.append(Token("end", "<EOF>", len(source)))
    return found


def _quoted(text: str) -> str:
    return "'" + text.replace("\n", "\\n") + "'"


def _number(source: str, at: int, kind: str, text: str) -> Any:
    if kind == "float":
        return float(text)
    digits = text.rstrip("uU")
    value = int(digits, 16 if digits.startswith("0x") else 10) if len(digits) < 40 else 2**64
    if kind == "uint" and value < 2 * _MOST:
        return UInt(value)
    if kind == "int" and value <= _MOST:  # The least number is written with a sign before it.
        return value
    raise CompileError(source, [Issue(at, f"invalid {kind} literal")])


def _text(source: str, at: int, opening: str) -> Token:
    """A text or bytes, from its prefix on."""
    prefix = opening.rstrip("\"'").lower()
    quotes = opening[len(prefix) :]
    raw, wide = "r" in prefix, "b" in prefix
    parts: list[str] = []
    octets = bytearray()
    index = at + len(opening)
    while not source.startswith(quotes, index):
        char = source[index : index + 1]
        if not char or (len(quotes) == 1 and char in "\n\r"):
            why = f"Syntax error: token recognition error at: {_quoted(source[at:index])}"
            raise CompileError(source, [Issue(at, why)])
        octet = None
        if char == "\\" and not raw:
            char, index, octet = _escape(source, index, wide=wide)
        else:
            index += 1
        parts.append(char)
        octets += bytes([octet]) if octet is not None else char.encode("utf-8", "surrogatepass")
    index += len(quotes)
    return Token("value", source[at:index], at, bytes(octets) if wide else "".join(parts))


def _escape(source: str, at: int, *, wide: bool) -> tuple[str, int, int | None]:
    """What a backslash begins, where it ends, and the byte that it is in bytes."""
    letter = source[at + 1 : at + 2]
    if letter in _PLAIN and letter:
        return _PLAIN[letter], at + 2, None
    digits = source[at + 2 : at + 2 + _DIGITS.get(letter, 0)]
    octal = source[at + 1 : at + 4]
    if letter in _DIGITS and len(digits) == _DIGITS[letter] and _HEX.fullmatch(digits):
        number, end = int(digits, 16), at + 2 + len(digits)
    elif _OCTAL.fullmatch(octal):
        number, end = int(octal, 8), at + 4
    else:
        why = f"Syntax error: token recognition error at: {_quoted(source[at : at + 2])}"
        raise CompileError(source, [Issue(at, why)])
    if wide and letter not in ("u", "U"):
        return chr(number), end, number
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise CompileError(source, [Issue(at, "invalid unicode code point")])
    return chr(number), end, None
