"""Expressions read against a look at a cluster. Nothing is changed; what is not known is None, and nothing
holds of it."""

import operator
from collections.abc import Callable
from typing import Any, Final

from clustersim.api import core_v1 as v1
from clustersim.conformance.observe import owner_name
from clustersim.engine.time import Micros
from clustersim.flags import find, parse_duration
from clustersim.images import familiar
from clustersim.lesson.expressions.expression import (
    Answered,
    Arithmetic,
    Comparison,
    Elapsed,
    Expression,
    Field,
    Filter,
    Happened,
    Literal,
    Logic,
    Moment,
    MomentKind,
    Negation,
    Occurrences,
    Reduction,
    Right,
    Source,
    Typed,
)
from clustersim.lesson.expressions.kinds import Single, Value
from clustersim.lesson.expressions.typed_lines import is_such
from clustersim.lesson.expressions.vocabulary import LAST, NODE, POD, SERVICE, SERVICE_ON, WORKLOAD
from clustersim.lesson.look import Look

_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPUTE: Final[dict[str, Callable[[Any, Any], Single]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def holds(expression: Expression, look: Look) -> bool:
    """Whether a condition is true now."""
    return evaluate(expression, look) is True


def evaluate(expression: Expression, look: Look) -> Value:
    """The value of an expression now; a tuple where it has one for each of several things."""
    match expression:
        case Literal(value=value):
            return value
        case Field():
            return _field(expression, look)
        case Negation(operand=operand):
            return _each(lambda x: x is not True, evaluate(operand, look))
        case Logic(operator=word, left=left, right=right):
            combine = _either if word == "or" else _both
            return _pairs(combine, evaluate(left, look), evaluate(right, look))
        case Comparison(operator=sign, left=left, right=right):
            return _pairs(_comparing(sign), evaluate(left, look), evaluate(right, look))
        case Arithmetic(operator=sign, left=left, right=right):
            return _pairs(_computing(sign), evaluate(left, look), evaluate(right, look))
        case Reduction(name=name, operand=operand):
            return _reduce(name, evaluate(operand, look))
        case Elapsed(since=since, until=until):
            return elapsed(since, until, look)
        case Happened(moment=moment, in_step=in_step):
            return any(t >= look.began for t in times(moment, look)) if in_step else bool(times(moment, look))
        case Occurrences(moment=moment):
            return len(times(moment, look))
        case _:
            return _of_learners(expression, look)


def _of_learners(expression: Typed | Answered | Right, look: Look) -> Single:
    """What learners did and said."""
    if isinstance(expression, Typed):
        return any(is_such(line, expression.command, expression.on) for line in look.typed)
    given = look.given.get(expression.ask)
    if isinstance(expression, Right):
        return None if given is None else given.right
    return given is not None and expression.option in given.chosen


# --- many or one -----------------------------------------------------------------------------------


def _each(change: Callable[[Single], Single], value: Value) -> Value:
    return tuple(change(one) for one in value) if isinstance(value, tuple) else change(value)


def _pairs(combine: Callable[[Single, Single], Single], left: Value, right: Value) -> Value:
    if isinstance(left, tuple) and isinstance(right, tuple):
        return tuple(combine(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, tuple):
        return tuple(combine(one, right) for one in left)  # type: ignore[arg-type]
    if isinstance(right, tuple):
        return tuple(combine(left, other) for other in right)
    return combine(left, right)


def _both(left: Single, right: Single) -> bool:
    return left is True and right is True


def _either(left: Single, right: Single) -> bool:
    return left is True or right is True


def _comparing(sign: str) -> Callable[[Single, Single], bool]:
    compare = _COMPARE[sign]
    return lambda left, right: left is not None and right is not None and compare(left, right)


def _computing(sign: str) -> Callable[[Any, Any], Single]:
    compute = _COMPUTE[sign]

    def result(left: Any, right: Any) -> Single:
        if left is None or right is None or (sign == "/" and not right):
            return None
        return compute(left, right)

    return result


def _reduce(name: str, value: Value) -> Single:
    values = value if isinstance(value, tuple) else (value,)
    known = [one for one in values if one is not None]
    match name:
        case "min" | "max":
            found: list[Any] = list(known)
            return (min(found) if name == "min" else max(found)) if found else None
        case "distinct":
            return len(dict.fromkeys(known))
    true = sum(1 for one in values if one is True)
    if name == "count":
        return true
    return true > 0 if name == "any" else 0 < true == len(values)


# --- fields ----------------------------------------------------------------------------------------


def _field(field: Field, look: Look) -> Value:
    match field.source:
        case Source.NODES if field.filters:
            return familiar(field.filters[0].argument) in look.images(field.name)
        case Source.NODES:
            read = NODE[field.attribute].read
            if field.name:
                return read(look, field.name)
            return tuple(read(look, node) for node in look.cluster.machines)
        case Source.PODS:
            return _pods(field, look)
        case Source.SERVICE:
            return _service(field, look)
        case Source.WORKLOAD:
            return WORKLOAD[field.attribute].read(look, field.name)
        case Source.COMPONENT:
            return look.process_state(field.name)
        case Source.FLAG:
            return _flag(field, look)
        case Source.CLOCK:
            return look.cluster.now
        case Source.REMEMBERED:
            return look.remembered.get(field.name)


def _service(field: Field, look: Look) -> Single:
    if not field.filters:
        return SERVICE[field.attribute].read(look, field.name)
    which = field.filters[0]
    if which.name == LAST:
        return look.requests_within(field.name, field.attribute, parse_duration(which.argument))
    return SERVICE_ON[field.attribute].read(look, (field.name, which.argument))


def _flag(field: Field, look: Look) -> Single:
    value = look.cluster.world.state.flags.value(find(field.name, field.attribute))
    return ",".join(value) if isinstance(value, tuple) else value


def _pods(field: Field, look: Look) -> Value:
    pods = list(look.pods())
    for which in field.filters:
        passes = _passing(which, look)
        pods = [pod for pod in pods if passes(pod)]
    if not field.attribute:
        return tuple(True for _pod in pods)
    read = POD[field.attribute].read
    return tuple(read(look, pod) for pod in pods)


def _passing(which: Filter, look: Look) -> Callable[[v1.Pod], bool]:
    """Whether a pod passes a filter."""
    wanted, at_start = which.argument, look.watch.start.pods
    match which.name:
        case "of":
            return lambda pod: owner_name(pod) == wanted
        case "on":
            return lambda pod: pod.spec.node_name == wanted
        case "labelled":
            key, _equals, value = wanted.partition("=")
            return lambda pod: pod.metadata.labels.get(key) == value
        case "old":
            return lambda pod: pod.metadata.uid in at_start
    return lambda pod: pod.metadata.uid not in at_start


# --- moments ---------------------------------------------------------------------------------------


def times(moment: Moment, look: Look) -> list[Micros]:
    """When a moment was, oldest first."""
    if moment.kind is not MomentKind.POINT:
        return look.watch.times(moment)
    return [{"start": look.watch.start.t, "step": look.began, "now": look.cluster.now}[moment.name]]


def elapsed(since: Moment, until: Moment, look: Look) -> Micros | None:
    """From the first of the one to the first of the other after it."""
    begun = times(since, look)
    if not begun:
        return None
    ended = next((t for t in times(until, look) if t >= begun[0]), None)
    return None if ended is None else ended - begun[0]
