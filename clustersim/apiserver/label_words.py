"""What is said of invalid label selectors (apimachinery pkg/labels, in older words in v1.7, v1.8)."""

import json
from typing import Final

from clustersim.api.label_text import BadLabel
from clustersim.apiserver.validation.names import label_value, qualified_name


def why(error: ValueError, release: str) -> str:
    """The reason as the API server of the release words it."""
    if not isinstance(error, BadLabel):
        return str(error)
    reasons = _of_today(error) if release == "v1.36" else _of_old(error, release)
    told = reasons[0] if len(reasons) == 1 else f"[{', '.join(reasons)}]"
    return f"unable to parse requirement: {told}"


_NO_NUMBER: Final = "for 'Gt', 'Lt' operators, the value must be an integer"


def _of_today(error: BadLabel) -> list[str]:
    """Each of its faults, with the place of the value."""
    if not error.values and not error.not_numbers:
        return [f"<nil>: Invalid value: {_shown(error.key)}: {'; '.join(qualified_name(error.key, 'v1.36'))}"]
    numbers = [
        f"values[{place}]: Invalid value: {_shown(text)}: {_NO_NUMBER}" for place, text in error.not_numbers
    ]
    return numbers + [
        f"values[{place}][{error.key}]: Invalid value: {_shown(text)}: "
        + "; ".join(label_value(text, "v1.36"))
        for place, text in error.values
    ]


def _of_old(error: BadLabel, release: str) -> list[str]:
    """The first of them."""
    if error.not_numbers:
        return [_NO_NUMBER]
    if not error.values:
        return [f"invalid label key {_shown(error.key)}: {'; '.join(qualified_name(error.key, release))}"]
    text = error.values[0][1]
    return [f"invalid label value {_shown(text)}: {'; '.join(label_value(text, release))}"]


def _shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
