"""How Go prints the values of a decoded JSON document (package fmt, verb %v)."""

from typing import Any, Final

_ESCAPED: Final = (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e"))


def html_escaped(text: str) -> str:
    """JSON as Go writes it, which does not write these signs as they are."""
    for sign, escaped in _ESCAPED:
        text = text.replace(sign, escaped)
    return text


def go_text(value: Any, *, missing: str = "<nil>") -> str:
    """ "map[a:1 b:[x y]]", "true", "<nil>"."""
    if value is None:
        return missing
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list | tuple):
        return f"[{' '.join(go_text(item) for item in value)}]"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return str(value)


def is_true(value: Any) -> bool:
    """What text/template takes for true: nothing empty, no zero, not nil."""
    return bool(value)
