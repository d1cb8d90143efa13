"""The actions of a scenario file, checked against the catalogue of faults and what the scenario has."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from clustersim.bounds import MOST_ACTIONS
from clustersim.faults import ACTIONS, Action, Target
from clustersim.flags import COMPONENTS, FlagError, find, parse_value
from clustersim.i18n import _
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name
from clustersim.scenario.parts import flag_text, read_node_name
from clustersim.scenario_schema import ActionSpec, Argument, ObjectSpec

_ALIASES: Final = {"t": "at", "action": "do", "as": "label"}
"""Recordings say `t`, lessons say `action`."""

_READERS: Final[dict[type, Callable[[Value], Any]]] = {
    int: lambda value: value.integer(-86_400, 10**9),
    float: Value.number,
    bool: Value.boolean,
    str: Value.text,
}

_IMPLIED: Final[dict[str, Fields]] = {"power-off": {"containers": lambda value: value.one_of(("exited",))}}
"""Arguments that recordings spell out although the action has no other way."""


def _verb(value: Value) -> str:
    return value.one_of(ACTIONS, _("unknown action {name}"))


_FRAME: Final[Fields] = {
    "at": Value.moment,
    "t": Value.moment,
    "seen_t": Value.moment,
    "do": _verb,
    "action": _verb,
    "as": read_name,
    "every": Value.duration,
    "times": lambda value: value.integer(1, 1000),
    "target": lambda value: value,
}


def read_actions(
    value: Value, nodes: Sequence[str], objects: Sequence[ObjectSpec], owners: Sequence[str] = ()
) -> tuple[ActionSpec, ...]:
    """All actions, in the order they happen; of the same time in the order of the file. owners:
    workloads that manifests describe, as actions name them."""
    several = value.each(lambda item: read_action(item, nodes, objects, owners), MOST_ACTIONS)
    actions = [action for repeated in several for action in repeated]
    if len(actions) > MOST_ACTIONS:
        raise value.error(_("more than {most} entries"), most=MOST_ACTIONS)
    return tuple(sorted(actions, key=lambda action: action.at))


def read_action(
    value: Value, nodes: Sequence[str], objects: Sequence[ObjectSpec], owners: Sequence[str] = ()
) -> tuple[ActionSpec, ...]:
    """An action; with `every` and `times` as often as it says."""
    do = next((_verb(inner) for key, inner in value.items() if key.text() in ("do", "action")), None)
    if do is None:
        raise value.error(_("{name} is missing"), name="do")
    action = ACTIONS[do]
    own: Fields = {parameter.name: _READERS[parameter.type] for parameter in action.parameters}
    flags: Fields = {"flags": lambda inner: inner} if action.open_arguments else {}
    known: Fields = {**_FRAME, **own, **flags, **_IMPLIED.get(do, {})}
    fields = {_ALIASES.get(name, name): found for name, found in value.fields(known).items()}
    required = [parameter.name for parameter in action.parameters if parameter.default is None]
    for name in ("at", *required, *flags):
        if name not in fields:
            raise value.error(_("{name} is missing"), name=name)
    target = _read_target(value, fields.get("target"), action, nodes, objects, owners)
    args: dict[str, Argument] = {name: fields[name] for name in own if name in fields}
    if flags:
        args = _read_flags(fields["flags"], str(target))
    at = fields.get("seen_t", fields["at"])
    times, every = fields.get("times", 1), fields.get("every", 0)
    if times > 1 and every <= 0:
        raise value.error(_("an action that is done several times needs every: the time between two of them"))
    label = fields.get("label", "")
    return tuple(
        ActionSpec(at=at + number * every, do=do, target=target, args=args, label="" if number else label)
        for number in range(times)
    )


def _read_target(
    action: Value,
    value: Value | None,
    kind: type[Action],
    nodes: Sequence[str],
    objects: Sequence[ObjectSpec],
    others: Sequence[str] = (),
) -> str | None:
    component = getattr(kind, "process_kind", None)
    if kind.target is Target.NOTHING:
        return None
    if kind.target is Target.COMPONENT and component is not None:
        return value.one_of((component,)) if value is not None else str(component)
    if value is None:
        raise action.error(_("{name} is missing"), name="target")
    match kind.target:
        case Target.NODE:
            return read_node_name(value, nodes)
        case Target.COMPONENT:
            return value.one_of(COMPONENTS)
        case Target.OWNER:
            owners = [spec for spec in objects if spec.replicas is not None]
            if kind.do in ("set-image", "rollout-undo"):
                owners = [spec for spec in owners if spec.kind == "Deployment"]
            return value.one_of([*(spec.target for spec in owners), *others])
        case Target.OBJECT if kind is ACTIONS["create"]:
            return value.one_of([spec.target for spec in objects])
    return value.text()


def _read_flags(value: Value, component: str) -> dict[str, Argument]:
    args: dict[str, Argument] = {}
    for flag, inner in value.items():
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
