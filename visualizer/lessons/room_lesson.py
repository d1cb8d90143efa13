"""The lesson that a room plays: its progress, and what of it has to be stored and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import msgspec

from clustersim import Command
from clustersim.engine.state import copy_state
from clustersim.engine.statemachine import StateMachine, Transition
from clustersim.lesson import (
    Answer,
    Ask,
    AskKind,
    Lesson,
    LessonRun,
    Progress,
    Step,
    Text,
    load_lesson,
    reach,
)
from clustersim.lesson.blind import Commitment
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.lesson.judging import explanations
from clustersim.run import Given, Inputs, Run
from visualizer.lessons.part_names import part_names
from visualizer.texts import Texts

LESSON = "lesson"
"""The actor of what the lesson itself does."""


BEFORE: Final = "before"
MOVING: Final = "moving"
HELD: Final = "held"
FREE: Final = "free"
STEP_OVER: Final = "step over"
LAST_STEP_OVER: Final = "last step over"

LESSON_STEP: Final = StateMachine(
    "lesson step",
    {
        BEFORE: "no step has begun; time stands",
        MOVING: "time passes as the step says",
        HELD: "all of the step has happened; time stands until somebody goes on",
        FREE: "the last step is over; time is the learner's",
    },
    Transition("begin", (BEFORE, MOVING, HELD, FREE), MOVING),
    Transition(STEP_OVER, (MOVING,), HELD),
    Transition(LAST_STEP_OVER, (MOVING,), FREE),
)


class Stand(msgspec.Struct, frozen=True):
    """A moment of a lesson to go on from: the commands given by then, and its progress (None: it begins)."""

    t: int
    commands: int
    progress: Any = None


@dataclass(slots=True)
class RoomLesson:
    """Owns a room's run while it teaches: time passes through `run_until`, and stops where the step ends.

    What the lesson does goes to the model at once and to `given`: whoever shows the cluster writes it down
    before.
    """

    lesson: Lesson
    run: Run
    progress: Progress | None = None
    given: list[Given] = field(default_factory=list)
    riddle: bool = False
    """Somebody else made the fault that is to be found here, and it has not been found yet."""
    lesson_run: LessonRun = field(init=False)
    _written: Any = None

    def __post_init__(self) -> None:
        self.lesson_run = LessonRun(self.lesson, self.run.head, act=self._act, progress=self.progress)
        self.progress = self.lesson_run.progress
        self._written = self.mark()

    @classmethod
    def at(cls, text: str, inputs: Inputs, stand: Stand) -> Self:
        """The lesson of this file as it stood then, on a run of its own."""
        run = Run(msgspec.structs.replace(inputs, commands=inputs.commands[: stand.commands]), stand.t)
        return cls(load_lesson(text), run, progress_of(stand.progress))

    def _act(self, command: Command) -> int:
        act = self.run.apply(command, LESSON)
        self.given.append(self.run.commands[-1])
        return act

    # --- time

    @property
    def now(self) -> int:
        return self.run.now

    def run_until(self, until: int) -> None:
        """Towards that time; not past the end of the step."""
        if self.free:
            self.lesson_run.run_to(until)
        elif not self.held:
            self.lesson_run.advance(until)
        self.run.run_until(self.run.now)

    @property
    def step(self) -> Step | None:
        """The present step; None before the first."""
        return self.lesson_run.step if self.index >= 0 else None

    @property
    def index(self) -> int:
        return self.lesson_run.progress.step

    @property
    def over(self) -> bool:
        """All of the present step has happened."""
        return self.lesson_run.progress.over

    @property
    def phase(self) -> str:
        """A state of `LESSON_STEP`."""
        if self.index < 0:
            return LESSON_STEP.initial
        if not self.over:
            return MOVING
        last = self.index == len(self.lesson.steps) - 1
        return LESSON_STEP.after(MOVING, LAST_STEP_OVER if last else STEP_OVER) or MOVING

    @property
    def free(self) -> bool:
        """The lesson is over: from now on time is the learner's."""
        return self.phase == FREE

    @property
    def held(self) -> bool:
        """Time stands until somebody goes on."""
        return self.phase in (BEFORE, HELD)

    @property
    def moves(self) -> bool:
        """Time is to pass in the step, and it is not over."""
        return self.phase == MOVING

    # --- steps

    def follows(self, index: int) -> bool:
        """This step is begun by going on, and not by going back or leaving out steps that come."""
        between = range(self.index + 1, index)
        return index > self.index and self.over and not any(map(self.comes, between))

    def comes(self, index: int) -> bool:
        """Whether a step comes, by what was answered so far."""
        return self.lesson_run.comes(index)

    def begin(self, index: int, lot: int) -> None:
        """Begin a step, or the first after it that comes; those between are played first. lot: decides what
        is drawn.
        """
        self.lesson_run.progress.lot = lot
        reach(self.lesson_run, index)

    # --- what is hidden

    @property
    def blind(self) -> bool:
        """What is wrong is to be found out here: nothing may tell it, by whatever door."""
        return self.riddle or (self.index >= 0 and self.lesson_run.blind)

    @property
    def ripe(self) -> bool:
        """Somebody may commit themselves to a cause now, or hand over what they made."""
        return self.riddle or (self.index >= 0 and self.lesson_run.ripe)

    @property
    def at_task(self) -> bool:
        """The learner's task is what the step waits for."""
        return self.index >= 0 and not self.over and self.lesson_run.at_task

    def commit(self, committed: Commitment) -> None:
        """Nothing is hidden any more. Only while it is `ripe`."""
        self.riddle = False
        if self.lesson_run.ripe:
            self.lesson_run.commit(committed)

    # --- what learners do and say

    def heard(self, typed: TypedLine) -> None:
        """Somebody typed this on the console of the room."""
        if self.index >= 0:
            self.lesson_run.heard(typed.line, typed.where)

    def answered(self, given: Mapping[str, Sequence[Answer | None]]) -> None:
        """All answers so far, by question: they decide which steps come."""
        self.lesson_run.progress.given.clear()
        for ask, answers in given.items():
            self.lesson_run.answered(ask, answers)

    # --- writing down

    def mark(self) -> tuple[Any, ...]:
        """Differs when something happened that must be kept."""
        progress = self.lesson_run.progress
        return (progress.step, progress.acted, progress.stage, progress.over, len(progress.typed))

    @property
    def changed(self) -> bool:
        """There is something to keep since the last `kept`."""
        return bool(self.given) or self.mark() != self._written

    def kept(self) -> None:
        """All of it is written down."""
        self.given.clear()
        self._written = self.mark()

    def builtins(self) -> Any:
        """The progress as plain data; of the transcript only the present step."""
        progress = copy_state(self.lesson_run.progress)
        here = self.step.id if self.step is not None else ""
        progress.transcript = [entry for entry in progress.transcript if entry.step == here]
        return msgspec.to_builtins(progress)

    # --- texts

    def texts(self, text: Text | None) -> Texts | None:
        """A text with the values of the run, in both languages."""
        return None if text is None else self.words(text)

    def words(self, text: Text) -> Texts:
        return {language: self.lesson_run.text(text, language) for language in ("en", "zh")}

    def shows(self) -> list[Texts]:
        """What the checks of this step have shown so far."""
        step = self.step
        if step is None:
            return []
        transcript = self.lesson_run.progress.transcript
        done = {e.text for e in transcript if e.step == step.id and e.what == "check" and e.ok}
        return [self.words(c.say) for c in step.checks if c.say is not None and c.source in done]

    def hints(self) -> list[Texts]:
        return (
            [] if self.step is None or self.over else [self.words(hint) for hint in self.lesson_run.hints()]
        )

    # --- questions

    def ask(self, name: str) -> Ask | None:
        found = next((ask for _index, ask in self.lesson.asks() if ask.id == name), None)
        return None if found is None else self.lesson_run.whole(found)

    def asked(self, name: str) -> bool:
        """The lesson has come to this question."""
        return name in self.lesson_run.progress.asked

    def judged(self, name: str) -> bool:
        """The run has come to its answer."""
        return name in self.lesson_run.progress.truths

    def right(self, ask: Ask, answer: Answer | None) -> tuple[bool, Texts | None]:
        """Whether an answer is right, and what to say to it."""
        judgement = None if answer is None else self.lesson_run.judge(ask.id, answer)
        if judgement is None:
            return False, None
        return judgement.right, self.texts(judgement.reply)

    def explained(self, ask: Ask) -> tuple[Texts, ...]:
        """Why the right answer is right."""
        truth = self.lesson_run.progress.truths.get(ask.id)
        return () if truth is None else tuple(self.words(text) for text in explanations(ask, truth))

    def right_order(self, ask: Ask) -> tuple[str, ...]:
        """The options of the question in their right order; none where they are not to be put in order, or
        the run has not answered yet."""
        found = self.lesson_run.progress.truths.get(ask.id)
        return found.right if found is not None and ask.kind is AskKind.ORDER else ()

    def right_answer(self, ask: Ask) -> Texts:
        """For people to read; empty while the run has not come to it yet."""
        truth = self.lesson_run.progress.truths.get(ask.id)
        if truth is not None and ask.kind is AskKind.POINT:
            return part_names(truth.right, ask.kind.between, self.lesson_run.cluster)
        return {language: self.lesson_run.right_answer(ask.id, language) for language in ("en", "zh")}


def progress_of(data: Any) -> Progress | None:
    """Progress from plain data."""
    return None if data is None else msgspec.convert(data, Progress)
