"""The actions of a scenario file, checked against the verbs and against what the scenario has."""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.flags import COMPONENTS, FlagError, find, parse_value
from clustersim.i18n import _
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name
from clustersim.scenario.parts import ON_A_NODE, flag_text, read_node_name
from clustersim.scenario.schema import ActionSpec, Argument, ObjectSpec
from clustersim.scenario.verbs import VERBS, Target, Verb

MOST_ACTIONS: Final = 10_000

_ALIASES: Final = {"t": "at", "action": "do", "as": "label"}
"""Recordings say `t`, lessons say `action` and `as`."""


def _verb(value: Value) -> str:
    return value.one_of(VERBS, _("unknown action {name}"))


_FRAME: Final[Fields] = {
    "at": Value.moment,
    "t": Value.moment,
    "seen_t": Value.moment,
    "do": _verb,
    "action": _verb,
    "as": read_name,
    "label": read_name,
    "target": lambda value: value,
}


def read_actions(value: Value, nodes: Sequence[str], objects: Sequence[ObjectSpec]) -> tuple[ActionSpec, ...]:
    """All actions, in the order they happen; of the same time in the order of the file."""
    actions = value.each(lambda item: _read_action(item, nodes, objects), MOST_ACTIONS)
    return tuple(sorted(actions, key=lambda action: action.at))


def _read_action(value: Value, nodes: Sequence[str], objects: Sequence[ObjectSpec]) -> ActionSpec:
    do = next((_verb(inner) for key, inner in value.items() if key.text() in ("do", "action")), None)
    if do is None:
        raise value.error(_("{name} is missing"), name="do")
    verb = VERBS[do]
    known: Fields = {**_FRAME, **verb.args}
    if verb.target is Target.PART:
        known = {**known, "flags": lambda inner: inner}
    fields = {_ALIASES.get(name, name): found for name, found in value.fields(known).items()}
    for name in ("at", *verb.required):
        if name not in fields:
            raise value.error(_("{name} is missing"), name=name)
    target = _read_target(value, fields.get("target"), verb, nodes, objects)
    args: dict[str, Argument] = {name: fields[name] for name in verb.args if name in fields}
    if verb.target is Target.PART:
        args = _read_flags(value, fields, str(target))
    at = fields.get("seen_t", fields["at"])
    return ActionSpec(at=at, do=do, target=target, args=args, label=fields.get("label", ""))


def _read_target(
    action: Value, value: Value | None, verb: Verb, nodes: Sequence[str], objects: Sequence[ObjectSpec]
) -> str | None:
    if verb.target is Target.NOTHING:
        return None
    if verb.target is Target.COMPONENT:
        return value.one_of((verb.component,)) if value is not None else verb.component
    if value is None:
        raise action.error(_("{name} is missing"), name="target")
    match verb.target:
        case Target.NODE:
            return read_node_name(value, nodes)
        case Target.OBJECT:
            return value.one_of([spec.target for spec in objects])
        case Target.CONTROLLER:
            return value.one_of([spec.target for spec in objects if spec.replicas is not None])
        case Target.PART:
            return value.one_of(_parts(nodes))
    return value.text()


def _parts(nodes: Sequence[str]) -> list[str]:
    own = [component for component in COMPONENTS if component not in ON_A_NODE]
    return own + [f"{node}.{component}" for component in ON_A_NODE for node in nodes]


def _read_flags(action: Value, fields: dict[str, Any], target: str) -> dict[str, Argument]:
    if "flags" not in fields:
        raise action.error(_("{name} is missing"), name="flags")
    component = target.rpartition(".")[2]
    args: dict[str, Argument] = {}
    for flag, inner in fields["flags"].items():
        try:
            info = find(component, flag.text())
        except FlagError as error:
            raise flag.complaint(error.message, error.nearest) from None
        try:
            parse_value(info, flag_text(inner))
        except FlagError as error:
            raise inner.complaint(error.message) from None
        args[flag.text()] = flag_text(inner)
    return args
