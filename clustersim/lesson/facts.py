"""What can be said of a cluster in short: facts whose change makes a check, or a question."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import msgspec

from clustersim.i18n import Message, _
from clustersim.lesson.expressions.evaluate import evaluate
from clustersim.lesson.expressions.expression import Expression
from clustersim.lesson.expressions.kinds import Kind, Single
from clustersim.lesson.expressions.names import CONTROL_PLANE, Names
from clustersim.lesson.expressions.parser import parse_expression
from clustersim.lesson.expressions.terms import source
from clustersim.lesson.expressions.tokens import ExpressionError
from clustersim.lesson.look import Look


class Fact(msgspec.Struct, frozen=True):
    """An expression with one value, as text. question: what asks for it; none where it says what was done
    rather than what follows.
    """

    text: str
    expression: Expression
    question: Message | None

    def equals(self, value: Single) -> str:
        """The condition that it has this value."""
        if self.expression.type.kind is Kind.TEXT:
            return f"{self.text} == '{value}'"
        if self.expression.type.kind is Kind.BOOLEAN:
            return self.text if value else f"not {self.text}"
        return f"{self.text} == {value}"


def facts_of(names: Names) -> tuple[Fact, ...]:
    """The facts of a cluster with these names, the most telling first."""
    found: list[Fact] = []
    for text, question in _texts(names):
        with suppress(ExpressionError):
            expression = parse_expression(text, names)
            found.append(Fact(source(expression), expression, question))
    return tuple(found)


def _texts(names: Names) -> Iterator[tuple[str, Message | None]]:
    things = {"node": names.nodes, "service": names.services, "owner": names.owners}
    for kind, text, question in _TELLING:
        yield from ((text.format(x=name), Message(question, {"name": name})) for name in things[kind])
    yield from ((f"{name}.replicas", None) for name in names.workloads)
    for what in ("kubelet", "docker", "kube-proxy", "power", "network", "cordoned", "registered"):
        yield from ((f"{node}.{what}", None) for node in names.nodes)
    yield from ((part, None) for part in CONTROL_PLANE)


_TELLING: Final = (
    ("node", "{x}.status", _("What STATUS will {name} have at the end?")),
    ("service", "services.{x}.endpoints", _("How many endpoints will the Service {name} have at the end?")),
    ("owner", "count(pods.of({x}).ready)", _("How many pods of {name} will be ready at the end?")),
    ("owner", "count(pods.of({x}).new)", _("How many new pods of {name} will there be at the end?")),
    ("node", "count(pods.on({x}).deleting)", _("How many pods on {name} will be marked for deletion?")),
    ("node", "{x}.containers.running", _("How many containers will run on {name} at the end?")),
)


def values(facts: tuple[Fact, ...], look: Look) -> dict[str, Single]:
    """What they are now. Of several things there is no one value; those are left out."""
    found: dict[str, Single] = {}
    for fact in facts:
        value = evaluate(fact.expression, look)
        if value is not None and not isinstance(value, tuple):
            found[fact.text] = value
    return found
