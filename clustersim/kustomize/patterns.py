"""Patterns that people write in a kustomization: names of targets, names of images.

Python tries all ways to match, Go does not: a pattern that could take it long is not followed.
"""

import re
from typing import Final

from clustersim.kustomize.errors import KustomizeError, NotHere

_MOST: Final = 200
_MOST_REPEATED: Final = 2
_REPEATED: Final = re.compile(r"(?<!\\\\)[*+{]")
LONGEST_NAME: Final = 253
"""Characters of what is compared with a pattern."""


def pattern_of(text: str, ending: str = "") -> re.Pattern[str]:
    """A pattern for a whole text. Raises KustomizeError."""
    if len(text) > _MOST or re.search(r"\)[*+?{]", text) or len(_REPEATED.findall(text)) > _MOST_REPEATED:
        raise NotHere("patterns of several repetitions")
    try:
        return re.compile(f"(?:{text}){ending}\\Z")
    except re.error as error:
        raise KustomizeError(f"error parsing regexp: {error}: `^(?:{text})$`") from None
