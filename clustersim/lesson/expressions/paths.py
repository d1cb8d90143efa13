"""Paths of expressions resolved: `n1.containers.running` means this field of that node, or nothing does."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from clustersim.flags import COMPONENTS, FlagError, find, parse_duration
from clustersim.i18n import Message, _
from clustersim.lesson.expressions.expression import Field, Filter, Source
from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TEXT, TIME, Kind, Type
from clustersim.lesson.expressions.names import CONTROL_PLANE, Names
from clustersim.lesson.expressions.tokens import ExpressionError
from clustersim.lesson.expressions.vocabulary import (
    HAS,
    LAST,
    NODE,
    OUTCOMES,
    POD,
    POD_FILTERS,
    PROCESS,
    SERVICE,
    SERVICE_ON,
    WORKLOAD,
    Attribute,
)
from clustersim.scenario.document import nearest_of


class Segment(msgspec.Struct, frozen=True):
    """A name between dots, and what stands in parentheses behind it."""

    name: str
    at: int
    argument: str = ""


Path = tuple[Segment, ...]

FUNCTIONS: Final = (
    *("count", "all", "any", "min", "max", "distinct", "elapsed", "happened", "did", "typed"),
    *("answered", "right"),
)
"""What stands before parentheses and is no path."""

_FLAG_TYPES: Final = {
    "duration": TIME,
    "int": NUMBER,
    "float": NUMBER,
    "bool": BOOLEAN,
    "text": TEXT,
    "list": TEXT,
}


def unknown(at: int, name: str, known: Iterable[str], msgid: str) -> ExpressionError:
    """A complaint about a {name}, with the nearest of the known ones."""
    return ExpressionError(at, msgid, nearest_of(name, known), name=name)


def resolve(path: Path, names: Names) -> Field:
    """The field a path means. Raises ExpressionError."""
    first, rest = path[0], path[1:]
    match first.name:
        case "pods":
            return _pods(rest, names)
        case "nodes":
            name, attribute = _attribute(first, rest, NODE)
            return Field(Source.NODES, "", name, attribute.type.for_each("nodes"))
        case "services":
            return _service(first, rest, names)
        case "flags":
            return _flag(first, rest)
        case "now":
            _nothing_after(rest)
            return Field(Source.CLOCK, "", "now", TIME)
    if first.name in names.remembered:
        _nothing_after(rest)
        return Field(Source.REMEMBERED, first.name, "", names.remembered[first.name])
    if first.name in names.nodes:
        if len(rest) == 1 and rest[0].name == HAS and rest[0].argument:
            return Field(Source.NODES, first.name, "", BOOLEAN, (Filter(HAS, rest[0].argument),))
        name, attribute = _attribute(first, rest, NODE)
        return Field(Source.NODES, first.name, name, attribute.type)
    if first.name in names.workloads:
        name, attribute = _attribute(first, rest, WORKLOAD)
        return Field(Source.WORKLOAD, first.name, name, attribute.type)
    if first.name in CONTROL_PLANE:
        _nothing_after(rest)
        return Field(Source.COMPONENT, first.name, "state", PROCESS)
    known = (
        *names.remembered,
        *FUNCTIONS,
        "pods",
        "nodes",
        "services",
        "flags",
        "now",
        *names.nodes,
        *names.workloads,
        *CONTROL_PLANE,
    )
    raise unknown(first.at, first.name, known, _("there is no {name}"))


def _attribute(owner: Segment, rest: Path, known: Mapping[str, Attribute]) -> tuple[str, Attribute]:
    if not rest:
        raise ExpressionError(
            owner.at, _("{name} needs one of: {names}"), name=owner.name, names=", ".join(known)
        )
    name = ".".join(segment.name for segment in rest)
    if name not in known:
        raise unknown(rest[0].at, name, known, _("unknown attribute {name}"))
    return name, known[name]


def _nothing_after(rest: Path) -> None:
    if rest:
        raise ExpressionError(rest[0].at, _("unknown attribute {name}"), name=rest[0].name)


def _pods(rest: Path, names: Names) -> Field:
    """pods, their filters, and at most one attribute; without one it holds for every such pod."""
    filters: list[Filter] = []
    while rest and rest[0].name in POD_FILTERS:
        filters.append(_filter(rest[0], names))
        rest = rest[1:]
    things = ".".join(["pods", *(f"{f.name}({f.argument})" if f.argument else f.name for f in filters)])
    if not rest:
        return Field(Source.PODS, "", "", BOOLEAN.for_each(things), tuple(filters))
    name = ".".join(segment.name for segment in rest)
    if name not in POD:
        raise unknown(rest[0].at, name, (*POD, *POD_FILTERS), _("unknown attribute {name}"))
    return Field(Source.PODS, "", name, POD[name].type.for_each(things), tuple(filters))


def _filter(segment: Segment, names: Names) -> Filter:
    needs = POD_FILTERS[segment.name]
    if bool(needs) != bool(segment.argument):
        raise ExpressionError(
            segment.at,
            _("{name} needs {what} in parentheses") if needs else _("{name} takes nothing in parentheses"),
            name=segment.name,
            what=needs,
        )
    known = {"owner": names.owners, "node": names.nodes}.get(needs)
    if known is not None and segment.argument not in known:
        raise unknown(segment.at, segment.argument, known, _("there is no {name}"))
    return Filter(segment.name, segment.argument)


def _service(first: Segment, rest: Path, names: Names) -> Field:
    if not rest or rest[0].name not in names.services:
        at, name = (rest[0].at, rest[0].name) if rest else (first.at, "")
        raise unknown(at, name, names.services, _("no service {name}"))
    service, rest = rest[0], rest[1:]
    if len(rest) == 2 and rest[0].name in OUTCOMES and rest[1].name == LAST:
        return Field(Source.SERVICE, service.name, rest[0].name, NUMBER, (_span(rest[1]),))
    if not rest or rest[0].name != "on":
        name, attribute = _attribute(service, rest, SERVICE)
        return Field(Source.SERVICE, service.name, name, attribute.type)
    if rest[0].argument not in names.nodes:
        raise unknown(rest[0].at, rest[0].argument, names.nodes, _("no node {name}"))
    name, attribute = _attribute(rest[0], rest[1:], SERVICE_ON)
    return Field(Source.SERVICE, service.name, name, attribute.type, (Filter("on", rest[0].argument),))


def _span(segment: Segment) -> Filter:
    try:
        parse_duration(segment.argument)
    except ValueError:
        raise ExpressionError(
            segment.at, _("{name} needs {what} in parentheses"), name=segment.name, what=Message(Kind.TIME)
        ) from None
    return Filter(LAST, segment.argument)


def _flag(first: Segment, rest: Path) -> Field:
    if len(rest) != 2:
        raise ExpressionError(first.at, _("write flags.component.flag"))
    component, flag = rest
    if component.name not in COMPONENTS:
        raise unknown(component.at, component.name, COMPONENTS, _("no component {name}"))
    try:
        info = find(component.name, flag.name)
    except FlagError as error:
        raise unknown(flag.at, flag.name, (error.nearest,), _("no flag {name}")) from None
    kind: Type = _FLAG_TYPES[info.kind]
    return Field(Source.FLAG, component.name, flag.name, kind)
