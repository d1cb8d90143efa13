"""A lesson under way: one step after another on a cluster, stopped exactly where a step ends.

The player of the page and the headless check use the same: `start` a step, `advance` until it is over,
`judge` answers, show `hints`. Whoever owns the cluster's clock calls `advance` instead of `run_until`.
"""

from collections.abc import Callable, Sequence

from clustersim.cluster import Cluster
from clustersim.command import Command, CommandError
from clustersim.console import go_on
from clustersim.console import run as console
from clustersim.engine.time import Micros
from clustersim.i18n import Message
from clustersim.lesson import judging
from clustersim.lesson.blind import Commitment, Verdict, cause_named, lot_of, verdict
from clustersim.lesson.chains import what_led_to, with_links
from clustersim.lesson.expressions.evaluate import evaluate, holds
from clustersim.lesson.expressions.expression import Expression
from clustersim.lesson.expressions.kinds import written
from clustersim.lesson.expressions.terms import Term, terms
from clustersim.lesson.expressions.typed_lines import MOST_LINES, TypedLine, remembered
from clustersim.lesson.file.schema import Ask, Cause, Draw, Lesson, Step, Text, TypeSpec
from clustersim.lesson.file.texts import BRACES
from clustersim.lesson.judging import Answer, Judgement
from clustersim.lesson.look import Look
from clustersim.lesson.progress import Entry, Progress, is_blind
from clustersim.lesson.stages import COMMIT, NOTHING_MORE, TASK, Stage, stages
from clustersim.lesson.watch import LOOK_EVERY, Happening, Watch, beginning
from clustersim.scenario_schema import ActionSpec


class LessonRun:
    """One run of a lesson on a cluster that stands at the lesson's beginning, or where `progress` says.

    act: carries out a command and returns the id of its event (a room writes it down first).
    acting: whether the lesson's own actions are done at all; a lesson that passes without them checks
    nothing.
    """

    def __init__(
        self,
        lesson: Lesson,
        cluster: Cluster,
        *,
        act: Callable[[Command], int] | None = None,
        progress: Progress | None = None,
        acting: bool = True,
    ) -> None:
        self.lesson = lesson
        self.cluster = cluster
        self.progress = progress or Progress(beginning(cluster))
        self.watch = Watch(cluster, self.progress.start, self.progress.labels)
        self._act = act or cluster.apply
        self.acting = acting

    # --- looking -----------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The present step. There is none before the first is started."""
        return self.lesson.steps[self.progress.step]

    @property
    def look(self) -> Look:
        """The cluster as expressions see it."""
        found = self.progress
        return Look(self.cluster, self.watch, found.began, found.remembered, found.typed, found.given)

    def holds(self, condition: Expression) -> bool:
        """Whether it is true now."""
        return holds(condition, self.look)

    def text(self, text: Text, language: str = "en") -> str:
        """A text of the lesson with the values of the run in place of its {expressions}."""

        def value(source: str) -> str:
            expression = text.values[source]
            return written(evaluate(expression, self.look), expression.type.kind, language)

        return BRACES.sub(lambda match: value(match[1]), text.raw(language))

    def hints(self) -> tuple[Text, ...]:
        """What may help a learner whose cluster is as it is now."""
        task = self.step.task
        return tuple(hint.text for hint in task.hints if self.holds(hint.when)) if task else ()

    def focus(self) -> tuple[str, ...]:
        """The parts of the picture the step speaks of; pods named "owner@node" by their uid now."""
        return tuple(self._part(part) for part in self.step.focus)

    def _part(self, part: str) -> str:
        if not part.startswith("pod:"):
            return part
        pod = self.cluster.find_pod(part)
        return f"pod:{pod.metadata.uid}" if pod is not None else part

    def why(self) -> int:
        """The event whose causes the step shows, 0 if it shows none or it has not happened."""
        return self.watch.event_of(self.step.why) if self.step.why is not None else 0

    def why_not(self) -> str:
        """The part of which the step shows what is about to happen to it, "" if it shows none."""
        return self._part(self.step.why_not) if self.step.why_not else ""

    def comes(self, index: int) -> bool:
        """Whether a step comes, as things are now: it has no condition, or that holds."""
        when = self.lesson.steps[index].when
        return when is None or self.holds(when)

    # --- going on ----------------------------------------------------------------------------------

    def start(self, index: int) -> None:
        """Begin a step, now: it is over when `advance` says so, at once if no time passes in it."""
        progress = self.progress
        progress.step, progress.began = index, self.cluster.now
        progress.acted, progress.stage, progress.over = 0, 0, False
        progress.stage_began = self.cluster.now
        progress.typed.clear()
        self._draw()
        for name, expression in self.step.let.items():
            value = evaluate(expression, self.look)
            progress.remembered[name] = None if isinstance(value, tuple) else value
        if self.step.ask is not None:
            progress.asked[self.step.ask.id] = self.cluster.now
            if self.step.ask.chain is not None:
                moment = self.watch.event_of(self.step.ask.chain)
                progress.chains[self.step.ask.id] = what_led_to(self.cluster, moment)
        self._note("step", self.step.id)
        self.advance(self.cluster.now)

    def _draw(self) -> None:
        progress, step = self.progress, self.step
        progress.drawn.pop(step.id, None)
        progress.committed.pop(step.id, None)
        if not self.acting or progress.lot < 0:
            return
        if (drawn := lot_of(step, progress.lot)) is not None:
            progress.drawn[step.id] = drawn.id
        elif step.challenge is not None:
            progress.drawn[step.id] = ""

    @property
    def drawn(self) -> Cause | None:
        """The cause that was drawn in the present step."""
        found = self.step.diagnosis
        return None if found is None else cause_named(found, self.progress.drawn.get(self.step.id, ""))

    @property
    def happens(self) -> Draw | None:
        """What was drawn before the task of the present step."""
        name = self.progress.drawn.get(self.step.id)
        return next((draw for draw in self.step.draw if draw.id == name), None)

    @property
    def blind(self) -> bool:
        """Something is hidden and is to be found out: nothing may tell it."""
        return is_blind(self.step, self.progress)

    @property
    def ripe(self) -> bool:
        """All that was drawn has happened: somebody may commit themselves now."""
        coming = self._stages()
        progress = self.progress
        return not progress.over and progress.stage < len(coming) and coming[progress.stage].what == COMMIT

    @property
    def verdict(self) -> Verdict | None:
        """What the commitment of the present step came to."""
        committed, drawn = self.progress.committed.get(self.step.id), self.drawn
        if committed is None or drawn is None or self.step.diagnosis is None:
            return None
        return verdict(self.step.diagnosis, drawn, committed)

    def commit(self, committed: Commitment) -> None:
        """Somebody commits themselves; the step is over then. Only while it is `ripe`."""
        assert self.ripe
        self.progress.committed[self.step.id] = committed
        self._passed(self._stages()[self.progress.stage], True)
        self.advance(self.cluster.now)

    def next_stop(self) -> Micros | None:
        """The latest time at which the present step has something to do or ends; None: nobody knows, the
        learner acts."""
        actions, progress = self._actions(), self.progress
        if progress.acted < len(actions):
            return progress.began + actions[progress.acted].at
        coming = self._stages()
        ends = coming[progress.stage].ends if progress.stage < len(coming) else self.cluster.now
        return None if ends >= NOTHING_MORE else ends

    def advance(self, until: Micros) -> bool:
        """Go on to `until`, or to the end of the step where that comes first; whether the step is over.

        A condition ends its stage at the first event at which it holds.
        """
        progress = self.progress
        while not progress.over:
            if self._do_next(until):
                continue
            if progress.acted < len(self._actions()):
                return False
            coming = self._stages()
            if progress.stage >= len(coming):
                self._finish()
                break
            stage = coming[progress.stage]
            if self._run(stage, min(until, stage.ends)):
                self._passed(stage, True)
            elif self.cluster.now >= stage.ends:
                self._passed(stage, stage.until is None)
            else:
                return False
        return True

    def _actions(self) -> tuple[ActionSpec, ...]:
        if not self.acting:
            return ()
        drawn = self.drawn or self.happens
        return self.step.do if drawn is None else drawn.do

    @property
    def at_task(self) -> bool:
        """The learner's task is what the present step waits for."""
        coming, progress = self._stages(), self.progress
        acted = progress.acted >= len(self._actions())
        return acted and progress.stage < len(coming) and coming[progress.stage].what == TASK

    @property
    def solution(self) -> tuple[ActionSpec | TypeSpec, ...]:
        """What does the task of the present step."""
        drawn, task = self.happens, self.step.task
        return drawn.solution if drawn is not None and drawn.solution else task.solution if task else ()

    def _do_next(self, until: Micros) -> bool:
        """Do the next action of the step where its time is not after `until`; whether there was one."""
        progress, actions = self.progress, self._actions()
        if progress.acted >= len(actions):
            return False
        action = actions[progress.acted]
        due = progress.began + action.at
        if due > until:
            self.run_to(until)
            return False
        self.run_to(due)
        progress.acted += 1
        self.do(action)
        return True

    def do(self, action: ActionSpec) -> None:
        """Do something now, and remember it by its label; a target "app=web" is the oldest pod with it."""
        words = (action.do, action.target, *(f"{name}={value}" for name, value in action.args.items()))
        text = " ".join(word for word in words if word)
        try:
            event = self._act(Command(action.do, self._target(action.target), action.args))
        except CommandError as error:
            self._note("act", f"{text}: {error.message.text()}", ok=False, message=error.message)
            return
        if action.label:
            self.progress.labels[action.label] = Happening(self.cluster.now, event)
        self._note("act", text)

    def carry_out(self, what: ActionSpec | TypeSpec) -> None:
        """Do something, or type it."""
        if isinstance(what, TypeSpec):
            self.type(what.type, what.on)
        else:
            self.do(what)

    def type(self, line: str, where: str = "") -> None:
        """Somebody types a line on the console; what it changes is done."""
        answer = console(self.cluster, line, where)
        while True:
            for command in answer.commands:
                self._act(command)
            if answer.follow is None or not answer.follow.at_once:
                break
            answer = go_on(self.cluster, line, answer.follow, answer.where)
        self.heard(line, where)

    def heard(self, line: str, where: str = "") -> None:
        """Somebody has typed a line on the console: that may end the present step."""
        typed, known = remembered(TypedLine(line, where)), self.progress.typed
        if typed in known or len(known) >= MOST_LINES:
            return
        known.append(typed)
        self.advance(self.cluster.now)

    def _target(self, target: str | None) -> str | None:
        key, equals, value = (target or "").partition("=")
        if not equals:
            return target
        found = (pod.metadata for pod in self.look.pods() if pod.metadata.labels.get(key) == value)
        return next((f"pods/{pod.namespace}/{pod.name}" for pod in found), target)

    def _stages(self) -> tuple[Stage, ...]:
        return stages(self.step, self.progress)

    def _run(self, stage: Stage, until: Micros) -> bool:
        """Run to `until`, or to the first event at which the stage's condition holds; whether it does."""
        if stage.until is None:
            self.run_to(until)
            return False
        return self.run_until(stage.until, until)

    def run_until(self, condition: Expression, limit: Micros) -> bool:
        """Run to the first event at which a condition holds, or to the limit; whether it does."""
        look = self.look
        while not holds(condition, look):
            due = self.cluster.next_due()
            if due is None or due > limit:
                self.run_to(limit)
                return holds(condition, look)
            self.run_to(due)
        return True

    def run_to(self, until: Micros) -> None:
        """Run to `until` and see what happens."""
        while self.cluster.now < until - LOOK_EVERY:
            self.cluster.run_until(self.cluster.now + LOOK_EVERY)
            self.watch.look()
        self.cluster.run_until(max(until, self.cluster.now))
        self.watch.look()

    def _passed(self, stage: Stage, ok: bool) -> None:
        self.progress.stage += 1
        self.progress.stage_began = self.cluster.now
        why = terms(stage.until, self.look) if stage.until is not None and not ok else ()
        self._note(stage.what, stage.source, ok=ok, why=why)

    def _finish(self) -> None:
        self.progress.over = True
        for _index, ask in self.lesson.asks():
            if ask.judge_after == self.step.id:
                since = self.progress.asked.get(ask.id, self.progress.start.t)
                found = self.progress.truths[ask.id] = judging.truth(self.whole(ask), self.look, since)
                why = () if found.known else judging.undecided(ask, self.look)
                self._note("answer", f"{ask.id}: {found.shown or '–'}", ok=found.known, why=why)

    def _note(
        self,
        what: str,
        text: str,
        *,
        ok: bool = True,
        message: Message | None = None,
        why: tuple[Term, ...] = (),
    ) -> None:
        self.progress.transcript.append(Entry(self.cluster.now, self.step.id, what, text, ok, message, why))

    # --- questions ---------------------------------------------------------------------------------

    def whole(self, ask: Ask) -> Ask:
        """A question with the options that the run gave it."""
        if ask.chain is None:
            return ask
        return with_links(ask, self.cluster, self.progress.chains.get(ask.id, ()))

    def answered(self, ask_id: str, answers: Sequence[Answer | None]) -> None:
        """These are all the answers to a question so far. Raises KeyError."""
        ask = self.ask(ask_id)
        found = self.progress.truths.get(ask_id)
        self.progress.given[ask_id] = judging.together(self.whole(ask), answers, found)

    def ask(self, ask_id: str) -> Ask:
        """The question of that id. Raises KeyError."""
        return {ask.id: ask for _index, ask in self.lesson.asks()}[ask_id]

    def judge(self, ask_id: str, answer: Answer) -> Judgement | None:
        """What to say to an answer; None while the run has not come to it yet. Raises KeyError for a question
        that the lesson does not have."""
        ask = self.ask(ask_id)
        found = self.progress.truths.get(ask_id)
        return None if found is None else judging.judge(self.whole(ask), answer, found, self.look)

    def right_answer(self, ask_id: str, language: str = "en") -> str:
        """The right answer for people to read, "" while the run has not come to it yet. Raises KeyError for a
        question that the lesson does not have."""
        ask = self.ask(ask_id)
        found = self.progress.truths.get(ask_id)
        if found is None:
            return ""
        if found.number is not None and ask.answer is not None:
            return judging.in_unit(found.number, ask, language)
        texts = {option.id: self.text(option.text, language) for option in self.whole(ask).options}
        return ask.kind.between.join(texts.get(name, name) for name in found.right)
