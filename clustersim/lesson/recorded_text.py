"""What was recorded, written down as a lesson file."""

from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.lesson.checking.check import run_failures
from clustersim.lesson.expressions.kinds import Kind, Single
from clustersim.lesson.facts import Fact
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.file.loader import load_lesson
from clustersim.lesson.play import play
from clustersim.lesson.recorded import (
    PATIENCE,
    TOLERANCE,
    Closed,
    Recorded,
    Replay,
    Span,
    act,
    label,
    questions,
    span_text,
)

_OTHERWISE: Final = "6s"
_SCREEN: Final = 20 * SECOND
"""A pause takes about so long on the screen, however long it was."""
_SPEEDS: Final = (1, 2, 4, 8, 15, 30, 60, 120)
_MOST_CHECKS: Final = 2
_MOST_STATES: Final = 3

Words = dict[str, str]


def write(recorded: Recorded, title: Words, goal: Words, reflect: Words, name: str) -> str:
    """The lesson of a recording. Its checks are true of it: those that its own run refutes are left out."""
    writer = _Writer(recorded)
    refuted: dict[str, bool] = {}
    for _attempt in range(3):
        text = _dumped(writer.lesson(title, goal, reflect, name, refuted))
        try:
            run = play(load_lesson(text), recorded.release)
        except LessonError:
            break
        failed = [entry.text for entry in run.progress.transcript if entry.what == "check" and not entry.ok]
        if not failed or not list(run_failures(run)):
            break
        refuted |= dict.fromkeys(failed, True)
    return text


class _Writer:
    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.replay = Replay(recorded)
        self.ends = [closed.t for closed in recorded.closed]
        self.spans = self.replay.spans(self.ends)
        self.facts = {fact.text: fact for fact in self.replay.facts}
        self.asked = False

    def lesson(
        self, title: Words, goal: Words, reflect: Words, name: str, refuted: dict[str, bool]
    ) -> CommentedMap:
        """All of it."""
        self.asked = False
        steps: list[Any] = []
        must_ask = next((n for n, span in enumerate(self.spans, 1) if span.done), 0)
        if any(closed.question for closed in self.recorded.closed):
            must_ask = 0
        tasks = any(closed.task for closed in self.recorded.closed)
        for number, (closed, span) in enumerate(zip(self.recorded.closed, self.spans, strict=True), 1):
            ask = self._ask(number, closed, span, must=number == must_ask)
            steps += [{"id": f"guess-{number}", "ask": ask}] if ask else []
            steps.append(self._step(number, closed, span, refuted))
        if not tasks:
            steps += self._mend()
        steps.append({"id": "think", "reflect": flow(reflect)})
        base = YAML().load(self.recorded.base.replace("RELEASE", self.recorded.release))
        languages = (*(closed.say for closed in self.recorded.closed), title, goal, reflect)
        draft = {} if all("en" in words and "zh" in words for words in languages) else {"draft": True}
        found = CommentedMap(
            {"format": "lesson/1", "id": name, "title": flow(title), "goal": flow(goal), **draft}
        )
        found.update({"level": "beginner", "minutes": 10, "releases": flow([self.recorded.release])})
        found.update({"seed": base["seed"]} if "seed" in base else {})
        found.update(
            {"cluster": base["cluster"], "allow": flow(["inspect", "why", "play", "speed"]), "steps": steps}
        )
        return found

    # --- steps ---------------------------------------------------------------------------------------------

    def _step(self, number: int, closed: Closed, span: Span, refuted: dict[str, bool]) -> dict[str, Any]:
        if closed.task and span.done:
            return self._task(number, closed, span)
        step: dict[str, Any] = {"id": f"step-{number}"}
        if closed.say:
            step["say"] = flow(closed.say)
        if span.done:
            step["do"] = [
                flow(act(done, span.began, label(number) if not place else ""))
                for place, done in enumerate(span.done)
            ]
        length = span.ended - span.began
        step["run"] = flow({"for": span_text(length), "speed": _speed(length)})
        checks = [text for text in self._checks(span) if text not in refuted]
        if checks:
            step["check"] = [flow({"that": text}) for text in checks[:_MOST_CHECKS]]
        return step

    def _checks(self, span: Span) -> list[str]:
        """What is true at the end of a step, was not at its beginning, and would not be by itself."""
        return [
            fact.equals(span.after[fact.text])
            for fact in self.replay.changed(span.before, span.after)
            if fact.text in span.after and span.idle.get(fact.text) != span.after[fact.text]
        ]

    def _task(self, number: int, closed: Closed, span: Span) -> dict[str, Any]:
        changed = self.replay.changed(span.before, span.after)
        solution = [flow(act(done, span.began)) for done in span.done]
        done = _all_of(changed, span.after)
        verbs = list(dict.fromkeys(done.command.do for done in span.done))
        limit = span.ended - span.began + PATIENCE
        task = {"text": flow(closed.say), "done": done, "solution": solution, "limit": span_text(limit)}
        return {"id": f"task-{number}", "allow": flow(verbs), "task": task}

    def _mend(self) -> list[dict[str, Any]]:
        """A task at the end: put right what is still wrong."""
        found = self.replay.undone(self.ends) if self.ends else None
        if found is None or not found[1]:
            return []
        right, changed, after = found
        action = {"at": "1s", "action": right.do, "target": right.target, **right.args}
        said = " ".join(word for word in (right.do, right.target) if word)
        text = {"en": f"Put it right: {said}.", "zh": f"恢复原状：{said}。"}
        task = {
            "text": flow(text),
            "done": _all_of(changed, after),
            "solution": [flow({key: value for key, value in action.items() if value is not None})],
            "limit": span_text(PATIENCE + MINUTE),
        }
        return [{"id": "mend", "allow": flow([right.do]), "task": task}]

    # --- questions -----------------------------------------------------------------------------------------

    def _ask(self, number: int, closed: Closed, span: Span, *, must: bool) -> dict[str, Any] | None:
        known = {one.text: one for one in questions(self.replay, number, span)}
        text = closed.question if closed.question in known else ""
        if not text and must:
            text = next(iter(known), "")
        if not text:
            return None
        said = known[text].said
        ask: dict[str, Any] = {"id": f"q-{number}", "kind": "number"}
        ask["text"] = flow(closed.asked or {"en": said.text("en"), "zh": said.text("zh")})
        fact = self.facts.get(text)
        if fact is not None and fact.expression.type.kind is Kind.TEXT:
            ask |= {"kind": "choice", "options": _options(fact, span)}
        elif fact is not None:
            ask["answer"] = flow({"from": text})
        else:
            moment = text.partition(", ")[2].partition("[")[0]
            ask |= {
                "unit": "s",
                "answer": flow({"from": text, "tolerance": TOLERANCE.get(moment, _OTHERWISE)}),
            }
        return {**ask, "explain": flow({"en": f"It is {{{text}}}.", "zh": f"结果是 {{{text}}}。"})}


def _options(fact: Fact, span: Span) -> list[Any]:
    """What it was, what it became, and what else it could be."""
    words = [str(span.before.get(fact.text, "")), str(span.after[fact.text])]
    words += [word for word in fact.expression.type.words if word and "," not in word]
    reply = {"en": f"It is {{{fact.text}}}.", "zh": f"实际是 {{{fact.text}}}。"}
    return [
        {"id": f"o{place}", "en": word, "zh": word, "when": fact.equals(word), "reply": flow(reply)}
        for place, word in enumerate(sorted(dict.fromkeys(word for word in words if word))[:_MOST_STATES], 1)
    ]


def _all_of(changed: list[Fact], after: dict[str, Single]) -> str:
    return " and ".join(fact.equals(after[fact.text]) for fact in changed[:2] if fact.text in after)


def _speed(length: Micros) -> int:
    return next((speed for speed in _SPEEDS if length <= speed * _SCREEN), _SPEEDS[-1])


# --- YAML --------------------------------------------------------------------------------------------------


def flow(content: Any) -> Any:
    """On one line."""
    made = CommentedMap(content) if isinstance(content, dict) else CommentedSeq(content)
    made.fa.set_flow_style()
    return made


def _dumped(lesson: CommentedMap) -> str:
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(lesson, stream)
    return stream.getvalue()
