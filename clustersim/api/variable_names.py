"""Names that a variable of the environment can have.

Source: apimachinery pkg/util/validation: v1.7.5 IsCIdentifier, v1.8.0 IsEnvVarName, v1.36
IsRelaxedEnvVarName.
"""

import re
from collections.abc import Mapping
from typing import Final

C_IDENTIFIER: Final = "[A-Za-z_][A-Za-z0-9_]*"
VARIABLE: Final = "[-._a-zA-Z][-._a-zA-Z0-9]*"


def is_variable_name(text: str, release: str) -> bool:
    """Whether it can; release: v1.7, v1.8 or v1.36."""
    if release == "v1.7":
        return re.fullmatch(C_IDENTIFIER, text) is not None
    if release == "v1.8":
        return re.fullmatch(VARIABLE, text) is not None
    return bool(text) and all(" " <= sign <= "~" and sign != "=" for sign in text)


_NAMED: Final = re.compile(r"\$(?:\$|\(([^)]*)\))")
"""A dollar that is written twice, or a name: whatever there is up to the next parenthesis that closes."""


def expanded(text: str, before: Mapping[str, str]) -> str:
    """$(NAME) of variables that come earlier; $$ is a plain $ (third_party/forked/golang/expansion)."""
    return _NAMED.sub(lambda found: "$" if found[1] is None else before.get(found[1], found[0]), text)


def variables_in(text: str) -> list[str]:
    """The variables that are named so."""
    return [name for name in _NAMED.findall(text) if name]
