"""`kubectl describe` of kinds that it has no words for: all fields (v1.7.5, v1.8.0 describe.go
genericDescriber; v1.36 k8s.io/kubectl pkg/describe)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.kubectl.describe.parts import head


def plain_lines(plain: Any, indent: str = "") -> Iterable[str]:
    """Any object, field by field, as kinds without a description of their own are described
    (genericDescriber, printUnstructuredContent)."""
    for key in sorted(plain):
        title, value = _label(key), plain[key]
        if isinstance(value, dict):
            yield f"{indent}{title}:"
            yield from plain_lines(value, f"{indent}  ")
        elif isinstance(value, list | tuple):
            yield f"{indent}{title}:"
            for item in value:
                if isinstance(item, dict):
                    yield from plain_lines(item, f"{indent}  ")
                else:
                    yield f"{indent}  {_plain(item)}"
        else:
            yield f"{indent}{title}:\t{_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else str(value)


_ACRONYMS: Final = ("API", "GUID", "UID", "URL")
_RUNS: Final = re.compile(r"[a-z]+|[A-Z]+|-")


def _label(key: str) -> str:
    """ "holderIdentity" as "Holder Identity" (smartLabelFor)."""
    if not key.replace("-", "").isalpha():
        return key
    words: list[str] = []
    for run in _RUNS.findall(key):
        if run.islower() and words and words[-1].isupper():
            last = words.pop()
            words += [last[:-1], last[-1] + run] if len(last) > 1 else [last + run]
        else:
            words.append(run)
    merged: list[str] = []
    for word in words:
        before = merged[-1] if merged else ""
        if len(before) > 1 and before.isupper() and word[0].isupper():
            merged[-1] += word
        else:
            merged.append(word)
    return " ".join(_word(word) for word in merged)


def _word(word: str) -> str:
    if word.upper() in _ACRONYMS:
        return word.upper()
    return word.title() if word.islower() else word


def generic_lines(obj: Any, plain: Mapping[str, Any], release: str) -> Iterable[str]:
    """The head, then all fields."""
    yield from head(obj, release)
    rest = {key: value for key, value in plain.items() if key not in ("metadata",)}
    metadata = {k: v for k, v in plain["metadata"].items() if k not in _SHOWN}
    yield from plain_lines({**rest, "metadata": metadata})


_SHOWN: Sequence[str] = ("name", "namespace", "labels", "annotations", "managedFields", "selfLink")
