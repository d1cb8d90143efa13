"""What a form begins new parts of a lesson with: each can be read, and is to be written over."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

KINDS: Final = ("say", "ask", "do", "task", "reflect")
"""The kinds of steps that can be added."""

_SAID: Final = {"en": "…", "zh": "…"}
_ASKED: Final = {"en": "…?", "zh": "…？"}
_STOP: Final = {"at": "1s", "action": "stop-kubelet", "target": "n1"}
_START: Final = {"at": "1s", "action": "start-kubelet", "target": "n1"}
_RIGHT: Final = {"id": "a", **_SAID, "when": "n1.ready", "reply": _SAID}
_WRONG: Final = {"id": "b", **_SAID, "when": "not n1.ready", "reply": _SAID}
_ITEM: Final = {"id": "a", **_SAID, "moment": "node-not-ready[n1]"}
_CAUSE: Final = {
    "id": "a",
    **_SAID,
    "do": [_STOP],
    "evidence": {"command": "kubectl get nodes", "shows": "NotReady"},
    "reply": _SAID,
    "explain": _SAID,
}
_CORDONED: Final = {
    **_CAUSE,
    "id": "b",
    "do": [{"at": "1s", "action": "cordon", "target": "n2"}],
    "evidence": {"command": "kubectl get nodes", "shows": "SchedulingDisabled"},
}

_DRAW: Final = {"id": "a", "do": [_STOP], "solution": [{**_START, "at": "5s"}]}

_PARTS: Final[Mapping[str, Any]] = {
    "say": _SAID,
    "reflect": _ASKED,
    "notes": _SAID,
    "challenge": _SAID,
    "ask": {
        "id": "q",
        "kind": "choice",
        "text": _ASKED,
        "options": [_RIGHT, _WRONG],
        "explain": _SAID,
    },
    "run": {"for": "60s"},
    "task": {"text": _SAID, "done": "n1.ready", "solution": [_START]},
    "draw": [_DRAW, {**_DRAW, "id": "b"}],
    "diagnose": {"text": _ASKED, "for": "2m", "causes": [_CAUSE, _CORDONED]},
    "why": "node-not-ready[n1]",
    "why-not": "n1",
    "when": "n1.ready",
    "focus": ["n1"],
    "allow": ["inspect"],
    "core": True,
    "hidden": True,
    "let": {"before": "count(nodes.ready)"},
    "options": [_RIGHT, _WRONG],
    "items": [_ITEM, {**_ITEM, "id": "b", "moment": "node-ready-again[n1]"}],
    "answer": {"from": "elapsed(act:stop-kubelet, node-not-ready[n1])", "tolerance": "10s"},
    "parts": ["n1.kubelet"],
}
_ROWS: Final[Mapping[str, Any]] = {
    "do": _STOP,
    "solution": _START,
    "check": {"that": "n1.ready"},
    "hints": {"when": "n1.kubelet == 'stopped'", **_SAID},
    "options": {"id": "a", **_SAID, "reply": _SAID},
    "items": _ITEM,
    "traps": {"near": "10s", "within": "5s", "reply": _SAID},
    "draw": _DRAW,
    "causes": _CAUSE,
}
_WITH: Final[Mapping[str, Sequence[str]]] = {"do": ("run",)}
"""Parts that a new step of a kind has, too."""

OF_A_KIND: Final[Mapping[str, Mapping[str, str | None]]] = {
    "choice": {"options": "options"},
    "select": {"options": "options"},
    "number": {"answer": "answer", "unit": None, "traps": None},
    "order": {"items": "items", "chain": None},
    "point": {"parts": "parts", "traps": None},
}
"""The keys of a kind of question, and with what those begin that must be there."""


def part(key: str) -> Any:
    """A new part of a step or a question; None where there is none."""
    if key in _ROWS and key not in _PARTS:
        return CommentedSeq([_styled(_ROWS[key])])
    return _styled(_PARTS[key]) if key in _PARTS else None


def of_a_row(key: str, ids: Sequence[str]) -> CommentedMap:
    """One entry more of a list whose others are called so."""
    row: CommentedMap = _styled(_ROWS[key])
    if "id" in row:
        row["id"] = next(name for name in _names(key) if name not in ids)
    return row


def _names(key: str) -> list[str]:
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    return [*letters, *(f"{key}-{number}" for number in range(1, 200))]


def step(kind: str, names: Sequence[str]) -> CommentedMap:
    """A new step among steps of these names."""
    name = next(f"{kind}-{number}" for number in range(1, 1000) if f"{kind}-{number}" not in names)
    made = CommentedMap({"id": name})
    if kind == "task":
        made["allow"] = _styled(["start-kubelet"])
    for key in (kind, *_WITH.get(kind, ())):
        made[key] = part(key)
    if kind == "ask":
        made["ask"]["id"] = f"q-{name}"
    return made


def _styled(value: Any) -> Any:
    """Small mappings on one line each, texts in quotes."""
    if isinstance(value, list):
        made: Any = CommentedSeq(_styled(one) for one in value)
        if all(isinstance(one, str) for one in value):
            made.fa.set_flow_style()
        return made
    if isinstance(value, Mapping):
        made = CommentedMap((name, _styled(inner)) for name, inner in value.items())
        if not any(isinstance(inner, list | Mapping) for inner in value.values()):
            made.fa.set_flow_style()
        return made
    if isinstance(value, str) and re.search(r"[ …?\[(]", value):
        return DoubleQuotedScalarString(value)
    return value
