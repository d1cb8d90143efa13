"""KYAML, which kubectl prints with -o kyaml since v1.34: YAML in braces, every text in quotes.

Source: sigs.k8s.io/yaml/kyaml; what kubectl v1.36.3 prints.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_][-A-Za-z0-9_./]*\Z", re.ASCII)
_AMBIGUOUS: Final = re.compile(
    r"(?:true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan|nan|inf|infinity|[-+]?[\d_]+(?:\.[\d_]*)?(?:e[-+]?\d+)?"
    r"|0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|\d+(?::[0-5]?\d)+|\d{4}-\d\d?-\d\d?.*)\Z",
    re.IGNORECASE,
)
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\r": "\\r", "\0": "\\0"}


def to_kyaml(plain: Any) -> str:
    """One document, its keys sorted, with the line that begins it and without a last newline."""
    return f"---\n{_value(plain, 0)}"


def _value(value: Any, indent: int) -> str:
    if isinstance(value, Mapping):
        return _map(value, indent) if value else "{}"
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, Sequence):
        return _list(value, indent) if value else "[]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _map(value: Mapping[str, Any], indent: int) -> str:
    inner = indent + 2
    lines = [f"{' ' * inner}{_key(key)}: {_value(value[key], inner)},\n" for key in sorted(value)]
    return f"{{\n{''.join(lines)}{' ' * indent}}}"


def _list(value: Sequence[Any], indent: int) -> str:
    """What is a map or a list itself begins where its list does."""
    if all(isinstance(item, Mapping | list | tuple) and item for item in value):
        return f"[{', '.join(_value(item, indent) for item in value)}]"
    inner = indent + 2
    lines = [f"{' ' * inner}{_value(item, inner)},\n" for item in value]
    return f"[\n{''.join(lines)}{' ' * indent}]"


def _key(key: str) -> str:
    return key if _PLAIN_KEY.match(key) and not _AMBIGUOUS.match(key) else _text(key.replace("\n", " "), 0)


def _text(text: str, indent: int) -> str:
    """In quotes; several lines as several, each of which ends where the next is to go on."""
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    head = " " * (indent + 2)
    *lines, last = text.split("\n")
    told = [f"{_line(line, head)}\\n\\\n" for line in lines]
    if last:
        told.append(f"{_line(last, head)}\\\n")
    return f'"\\\n{"".join(told)}{head}"'


def _line(line: str, head: str) -> str:
    return f"{head}\\{_escaped(line)}" if line[:1] in (" ", "\t") else f"{head} {_escaped(line)}"


def _escaped(text: str) -> str:
    return "".join(
        _ESCAPES.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 32 and char != "\t" else char)
        for char in text
    )
