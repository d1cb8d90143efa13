"""The steps of a lesson file."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from clustersim.engine.time import HOUR
from clustersim.faults import ACTIONS
from clustersim.i18n import _
from clustersim.lesson.expressions.expression import Expression, is_constant
from clustersim.lesson.file.asks import AskReader
from clustersim.lesson.file.diagnoses import DiagnosisReader
from clustersim.lesson.file.schema import Ask, AskKind, Check, Run, Step
from clustersim.lesson.file.tasks import TaskReader
from clustersim.lesson.file.texts import Texts
from clustersim.lesson.judging import choices
from clustersim.scenario.actions import read_actions
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.objects import read_name
from clustersim.scenario_schema import ActionSpec, Scenario

POWERS: Final = ("inspect", "why", "play", "speed", "step", "rewind", "fork", "console")
"""What students may do besides acting: look into parts, ask why, and move time."""

MOST_STEPS: Final = 60
MOST_CHECKS: Final = 20
MOST_NAMES: Final = 10
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}")
LONGEST_RUN: Final = 2 * HOUR


def read_do(value: Value, scenario: Scenario) -> tuple[ActionSpec, ...]:
    """Actions with their times after the beginning of the step."""
    return read_actions(value, [node.name for node in scenario.nodes], scenario.objects)


def read_powers(value: Value) -> tuple[str, ...]:
    """Powers and verbs."""
    return value.each(lambda power: power.one_of((*POWERS, *ACTIONS), _("unknown power {name}")), 50)


class StepReader:
    """Reads steps of a lesson with these names; `allow`: the powers of every step; `confidence`: whether
    questions ask for it where they say nothing of it.
    """

    def __init__(
        self, texts: Texts, scenario: Scenario, allow: Sequence[str] = (), *, confidence: bool = False
    ) -> None:
        self.texts = texts
        self.scenario = scenario
        self.allow = tuple(allow)
        self.asks = AskReader(texts, confidence=confidence)
        self.diagnoses = DiagnosisReader(texts, scenario)
        self.tasks = TaskReader(texts, scenario)

    def read(self, value: Value) -> Step:
        """One step. What it gives a name may be used anywhere in it but in its `when`."""
        complaints = self.texts.complaints
        before = len(complaints.errors)
        fields = complaints.fields(value, self._keys(value))
        fields["checks"] = fields.pop("check", ())
        fields["allow"] = tuple(dict.fromkeys((*self.allow, *fields.get("allow", ()))))
        if "id" not in fields:
            if len(complaints.errors) == before:
                complaints.errors.append(value.error(_("{name} is missing"), name="id"))
            fields["id"] = ""
        if "diagnose" in fields:
            fields["diagnosis"] = fields.pop("diagnose")
        step = Step(**fields)
        complaints.errors += _not_alone(value)
        if step.ask is not None:
            known_asks = {**self.texts.names.asks, step.ask.id: choices(step.ask)}
            self.texts.names = msgspec.structs.replace(self.texts.names, asks=known_asks)
        return step

    def _keys(self, value: Value) -> Fields:
        """How what stands under each key is read; `when` before all else, and then `let`."""
        complaints = self.texts.complaints
        when, let = value.at("when"), value.at("let")
        comes: Expression | None = None
        if when is not None:
            comes = complaints.attempt(self.texts.condition, when, None)
        remembered: dict[str, Expression] = {}
        if let is not None:
            remembered = complaints.attempt(self._let, let, remembered)
        return {
            "id": read_name,
            "when": lambda _when: comes,
            "say": self.texts.read,
            "notes": self.texts.read,
            "focus": lambda parts: parts.each(self.texts.part, 12),
            "ask": self.asks.read,
            "do": lambda do: read_do(do, self.scenario),
            "draw": self.tasks.draws,
            "hidden": Value.boolean,
            "run": self._run,
            "check": lambda checks: checks.each(self._check, MOST_CHECKS),
            "task": lambda task: self.tasks.read(task, solved=_is_solved(value)),
            "diagnose": self.diagnoses.read,
            "challenge": self.texts.read,
            "reflect": self.texts.read,
            "why": self.texts.moment,
            "why_not": self.texts.part,
            "let": lambda _let: remembered,
            "allow": read_powers,
            "core": Value.boolean,
        }

    def _let(self, value: Value) -> dict[str, Expression]:
        """Names for values, which this step and those after it may use."""
        found: dict[str, Expression] = {}
        for key, inner in value.items(MOST_NAMES):
            name = key.text()
            if not NAME.fullmatch(name) or self.texts.names.is_taken(name):
                raise key.error(_("{name} cannot be a name here: it means something else"), name=name)
            found[name] = self.texts.expression(inner)
            self.texts.remember(name, found[name].type)
        return found

    def _run(self, value: Value) -> Run:
        known: Fields = {
            "for": _span,
            "until": self._condition,
            "limit": _span,
            "speed": _speed,
            "slow_near_deadline": Value.boolean,
        }
        fields = self.texts.complaints.whole(value, known)
        if (value.at("for") is None) == (value.at("until") is None):
            raise value.error(_("a run lasts `for` a time or `until` something holds"))
        if value.at("until") is not None and value.at("limit") is None:
            raise value.error(_("{name} is missing"), name="limit")
        if "until" in fields:
            fields["until"], fields["source"] = fields["until"]
        elif "for" in fields:
            fields["duration"] = fields.pop("for")
        return Run(**fields)

    def _condition(self, value: Value) -> tuple[Expression, str]:
        return self.texts.condition(value), value.text()

    def _check(self, value: Value) -> Check:
        known: Fields = {"that": self._condition, "within": _span, "say": self.texts.read}
        fields = self.texts.complaints.whole(value, known, "that")
        fields["that"], fields["source"] = fields["that"]
        return Check(**fields)


def _not_alone(step: Value) -> Iterator[ScenarioError]:
    """What learners do themselves, beside something else in the same step; and draws without a task."""
    given = {name: step.key(name) for name in (*_ALONE, "do", "run", "draw") if step.at(name) is not None}
    first = next((name for name in _ALONE if name in given), None)
    if first is not None:
        drawn = first == "task" and "draw" in given
        others = [name for name in (*_ALONE, "do", *(() if drawn else ("run",))) if name in given]
        if others != [first]:
            yield given[first].error(_("a {what} has a step of its own"), what=first)
    if "draw" in given and "task" not in given:
        yield given["draw"].error(_("what is drawn is for a task in the same step"))


_ALONE: Final = ("task", "diagnose", "challenge")


def _is_solved(step: Value) -> bool:
    """Everything that may be drawn in it says how its task is done."""
    draws = step.at("draw")
    if draws is None or not draws.is_list:
        return False
    return all(draw.is_mapping and draw.at("solution") is not None for draw in draws.each(lambda draw: draw))


def _span(value: Value) -> int:
    time = value.duration()
    if time > LONGEST_RUN:
        raise value.error(_("{time} is too long"), time=value.text())
    return time


def _speed(value: Value) -> float:
    speed = value.number()
    if not 0.1 <= speed <= 600:
        raise value.error(_("{number} is not between {low} and {high}"), number=speed, low=0.1, high=600)
    return speed


def judged(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps, with every question knowing after which of them it is judged: the next one in which time
    passes, unless it says so itself."""
    return tuple(_judged(step, index, steps) for index, step in enumerate(steps))


def _judged(step: Step, index: int, steps: Sequence[Step]) -> Step:
    ask = step.ask
    if ask is None or ask.judge_after:
        return step
    sure = (other for other in steps[index:] if other.when is None or other is step)
    later = next((other.id for other in sure if other.moves), step.id)
    after = step.id if needs_no_run(ask) else later
    return msgspec.structs.replace(step, ask=msgspec.structs.replace(ask, judge_after=after))


def needs_no_run(ask: Ask) -> bool:
    """Its answer is the same whatever happens: it can be judged at once."""
    if ask.kind is AskKind.POINT or ask.chain is not None:
        return True
    conditions = [option.when for option in ask.options if option.when is not None]
    return ask.kind in (AskKind.CHOICE, AskKind.SELECT) and all(
        is_constant(condition) for condition in conditions
    )
