"""Words of the Common Expression Language, for those who need not know more of it (cel-spec langdef.md)."""

from typing import Final

RESERVED: Final = frozenset(
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if",
        "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
"""Words that are no names. A field of an object may be called so, and is `__namespace__` inside."""
