"""Frames as a hostile page would send them: made from the schemas, then mutated."""

import json
from random import Random
from typing import Any

import msgspec
from msgspec import inspect

from clustersim.faults import ACTIONS
from tests.hostile.corpus import EXTREMES, LINES, MANIFESTS, PASTED
from visualizer.lessons.all_frames import Frame

_KNOWN: dict[str, tuple[Any, ...]] = {
    "part": ("n1", "n1.kubelet", "scheduler", "pod:x", "master", "n1.docker"),
    "object": ("nodes/n1", "n1.kubelet", "grace/n1", "rc/tomcat", "pods/x"),
    "do": tuple(ACTIONS),
    "target": ("n1", "n2", "kubelet", "rc/tomcat", "tomcat@n1", "nodes/n1", "x"),
    "line": LINES,
    "where": ("", "n1", "master"),
    "branch": (None, None, 1, 2, 99),
    "t": (None, 0, 10**6, 60 * 10**6, 2**53, -(2**53)),
    "at": (None, None, None, 0, 10**6),
}
_TYPES = {
    variant.tag: variant
    for variant in inspect.type_info(Frame).types  # type: ignore[union-attr]
    if isinstance(variant, inspect.StructType)
}


def frame(random: Random, kind: str = "") -> dict[str, Any]:
    """One frame of this kind, or of any: valid as far as the schema says."""
    chosen = _TYPES[kind or random.choice(sorted(map(str, _TYPES)))]
    made = _struct(random, chosen)
    if chosen.tag == "command" and random.random() < 0.5:
        made["args"] = _arguments(random, str(made["do"]))
    return made


def hostile(random: Random) -> str:
    """A frame as text: most valid, some mutated, some no frame at all."""
    made: Any = frame(random)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3))):
        made[random.choice(sorted(made))] = random.choice(EXTREMES)
    text = json.dumps(made)
    match random.randrange(40):
        case 0:
            return text[: random.randrange(len(text))]
        case 1:
            return text.replace('"', "'", 1)
        case 2:
            return random.choice((" ", "null", "[]", "{}", '{"type":"no"}', "[" * 3000, "\u202e", "9" * 4000))
    return text


def _struct(random: Random, info: inspect.StructType) -> dict[str, Any]:
    made = {info.tag_field: info.tag} if info.tag_field else {}
    for field in info.fields:
        if field.required or random.random() < 0.6:
            made[field.encode_name] = _value(random, field.encode_name, field.type)
    return made


def _value(random: Random, name: str, info: inspect.Type) -> Any:
    if name == "line" and random.random() < 0.03:
        return f"kubectl {random.choice(('apply', 'create', 'delete'))} -f -\n{random.choice(PASTED)}"
    if name == "line" and random.random() < 0.4:
        return _bent(random, random.choice(LINES))
    if name in _KNOWN and random.random() < 0.9:
        return random.choice(_KNOWN[name])
    match info:
        case inspect.UnionType():
            return _value(random, name, random.choice(info.types))
        case inspect.LiteralType():
            return random.choice(info.values)
        case inspect.StructType():
            return _struct(random, info)
        case inspect.BoolType():
            return random.random() < 0.5
        case inspect.IntType() | inspect.FloatType():
            low = info.ge if info.ge is not None else -5
            high = info.le if info.le is not None else 5
            return random.choice((low, high, low + 1, (low + high) // 2, random.randrange(10)))
        case inspect.VarTupleType():
            return [_value(random, "", info.item_type) for _ in range(random.randrange(3))]
        case inspect.DictType():
            return {}
        case inspect.NoneType():
            return None
    return random.choice(("x", "n1", "", "a" * 60, "=1+1", "<img src=x onerror=alert(1)>"))


def _bent(random: Random, line: str) -> str:
    """A line in which one word, or what a flag says, is another."""
    words = line.split()
    at = random.randrange(len(words))
    flag, equals, _value_of_flag = words[at].partition("=")
    words[at] = f"{flag}{equals}{random.choice(EXTREMES)}" if equals else f"{random.choice(EXTREMES)}"
    return " ".join(words)


def _arguments(random: Random, do: str) -> dict[str, Any]:
    action = ACTIONS.get(do)
    if action is None:
        return {}
    made: dict[str, Any] = {}
    for parameter in action.parameters:
        simple = [value for value in EXTREMES if type(value) is parameter.type] or [""]
        made[parameter.name] = random.choice(simple)
        if parameter.name == "manifest":
            made[parameter.name] = json.dumps(random.choice(MANIFESTS))
    return made


def is_valid(text: str) -> bool:
    """Whether the schema takes it."""
    try:
        msgspec.json.decode(text, type=Frame)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
