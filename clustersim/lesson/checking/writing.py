"""How a lesson is written: whole in both languages, in short sentences, with a prediction before each
reveal."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from clustersim.i18n import Message, Value, _
from clustersim.lesson.checking.findings import Finding
from clustersim.lesson.file.schema import INVENTORY, Ask, Lesson, Option, Step, Text, TypeSpec
from clustersim.lesson.file.texts import BRACES
from clustersim.lesson.plan import has_short_form
from clustersim.scenario.document import nearest_of
from clustersim.scenario_schema import ActionSpec

LONGEST_ENGLISH: Final = 22
"""Words of a sentence."""

LONGEST_CHINESE: Final = 48
"""Characters of a sentence."""

Needs = Mapping[str, Sequence[str]]
"""The lessons there are, each with those that it needs."""

_ENDS: Final = re.compile(r"[.!?:;](?:\s|$)|\n")
_ENDS_CHINESE: Final = re.compile(r"[。！？：；\n]|[!?:;]")


def objection(where: str, msgid: str, /, **values: Value) -> Finding:
    """What is wrong at a step or question: a sentence and its placeholders."""
    return Finding(message=Message(msgid, values), where=where)


def complaints(lesson: Lesson) -> Iterator[Finding]:
    """What a teacher would object to, without running it."""
    for where, text in texts(lesson):
        yield from _text(where, text, draft=lesson.draft)
    if lesson.kind == INVENTORY:
        yield from (
            objection(step.id, _("an inventory only asks")) for step in lesson.steps if step.ask is None
        )
        return
    yield from _parts(lesson)
    yield from _predictions(lesson)
    yield from _explanations(lesson)
    yield from _short_form(lesson)
    for step in lesson.steps:
        yield from _not_allowed(step)
    yield from (
        objection(step.id, _("what is hidden can be looked for with the power `console` alone"))
        for step in lesson.steps
        if step.hidden and (step.task or step.ask) and "console" not in step.allow
    )


def _not_allowed(step: Step) -> Iterator[Finding]:
    """What does a task must be in students' power."""
    solutions = (
        (step.task.solution if step.task is not None else ()),
        *(draw.solution for draw in step.draw),
    )
    done = [one for solution in solutions for one in solution]
    verbs = dict.fromkeys(one.do for one in done if isinstance(one, ActionSpec))
    text = _("its solution does {action}, which `allow` does not let students do")
    yield from (objection(step.id, text, action=verb) for verb in verbs if verb not in step.allow)
    if "console" not in step.allow and any(isinstance(one, TypeSpec) for one in done):
        yield objection(
            step.id, _("its solution types on the console, which `allow` does not let students do")
        )


def wrong_needs(lesson: Lesson, known: Needs) -> Iterator[Finding]:
    """Lessons to be taken before that there are not, or that need this one themselves."""
    for need in lesson.needs:
        if need not in known and need != lesson.id:
            message = Message(_("no lesson is called {name}"), {"name": need})
            yield Finding(message=message, where="needs", nearest=nearest_of(need, known))
    way = _way_back(lesson, known)
    if way:
        message = Message(_("these lessons need each other: {way}"), {"way": " → ".join(way)})
        yield Finding(message=message, where="needs")


def _way_back(lesson: Lesson, known: Needs) -> tuple[str, ...]:
    """From a lesson by what is needed to itself again; empty if there is none."""
    ways: list[tuple[str, ...]] = [(lesson.id, need) for need in lesson.needs]
    seen: dict[str, bool] = {}
    while ways:
        way = ways.pop(0)
        if way[-1] == lesson.id:
            return way
        if way[-1] not in seen:
            seen[way[-1]] = True
            ways += [(*way, need) for need in known.get(way[-1], ())]
    return ()


def without_notes(lesson: Lesson) -> Iterator[Finding]:
    """Steps of a lesson that say nothing to the teacher: those that are shipped help him with each."""
    if lesson.kind == INVENTORY:
        return
    yield from (
        objection(step.id, _("no notes for the teacher")) for step in lesson.steps if step.notes is None
    )


def _explanations(lesson: Lesson) -> Iterator[Finding]:
    """A question whose right answer explains nothing teaches those who guessed nothing."""
    for _index, ask in lesson.asks():
        rights = [option for option in ask.options if option.when is not None]
        if ask.explain is None and not (rights and all(option.explain for option in rights)):
            yield objection(ask.id, _("nothing explains the right answer"))


def _short_form(lesson: Lesson) -> Iterator[Finding]:
    """Where the short form leaves something open: a question whose answer it never shows, or the end."""
    if not has_short_form(lesson):
        return
    core = {step.id: step.core for step in lesson.steps}
    for index, ask in lesson.asks():
        if lesson.steps[index].core and not core[ask.judge_after]:
            yield objection(ask.id, _("the short form asks this and leaves out its answer"))
    if not lesson.steps[-1].core:
        yield objection(lesson.steps[-1].id, _("the short form leaves out the last step"))


def texts(lesson: Lesson) -> Iterator[tuple[str, Text]]:
    """Every text of a lesson, with where it stands."""
    yield "title", lesson.title
    yield "goal", lesson.goal
    for step in lesson.steps:
        for text in _of_step(step):
            yield step.id, text


def _of_step(step: Step) -> Iterator[Text]:
    yield from (text for text in (step.say, step.notes, step.reflect) if text is not None)
    yield from (check.say for check in step.checks if check.say is not None)
    if step.task is not None:
        yield step.task.text
        yield from (hint.text for hint in step.task.hints)
    if step.diagnosis is not None:
        yield step.diagnosis.text
        for cause in step.diagnosis.causes:
            yield from (cause.text, cause.reply, cause.explain)
    if step.challenge is not None:
        yield step.challenge
    if step.ask is not None:
        yield from _of_ask(step.ask)


def _of_ask(ask: Ask) -> Iterator[Text]:
    yield ask.text
    yield from (option.text for option in ask.options)
    yield from (reply for reply in replies(ask) if reply is not None)
    yield from (text for text in (ask.explain, *(option.explain for option in ask.options)) if text)


def replies(ask: Ask) -> Iterator[Text | None]:
    """What may be said to a wrong answer."""
    yield ask.reply
    yield from (option.reply for option in ask.options)
    yield from (trap.reply for trap in ask.traps)


def _text(where: str, text: Text, *, draft: bool) -> Iterator[Finding]:
    if not text.en:
        message = Message(_("no English for: {text}"), {"text": text.zh[:40]})
        yield Finding(message=message, where=where, excused=draft)
    if not text.zh:
        message = Message(_("no Chinese for: {text}"), {"text": text.en[:40]})
        yield Finding(message=message, where=where, excused=draft)
    for sentence in _ENDS.split(BRACES.sub("0", text.en)):
        if len(sentence.split()) > LONGEST_ENGLISH:
            words, begins = len(sentence.split()), sentence.strip()[:60]
            yield objection(where, _("a sentence of {words} words: {begins}..."), words=words, begins=begins)
    for sentence in _ENDS_CHINESE.split(BRACES.sub("0", text.zh)):
        if len(sentence.strip()) > LONGEST_CHINESE:
            length, begins = len(sentence.strip()), sentence.strip()[:20]
            yield objection(
                where, _("a sentence of {length} characters: {begins}..."), length=length, begins=begins
            )


def _parts(lesson: Lesson) -> Iterator[Finding]:
    has = {
        "ask": any(step.ask is not None for step in lesson.steps),
        "task": any(step.task is not None for step in lesson.steps),
        "reflect": any(step.reflect is not None for step in lesson.steps),
    }
    yield from (
        objection("", _("no step has `{name}`"), name=name) for name, given in has.items() if not given
    )


def _predictions(lesson: Lesson) -> Iterator[Finding]:
    """Before each step that runs until something happens, somebody must have been asked about it."""
    asked = False
    for step in lesson.steps:
        asked = asked or step.ask is not None
        if step.run is not None and step.run.until is not None:
            if not asked:
                yield objection(step.id, _("nobody was asked what will happen before it is shown"))
            asked = False


def misconceptions(lesson: Lesson) -> tuple[int, ...]:
    """The misconceptions that its wrong answers carry, each with a reply."""
    found: list[int] = []
    for _index, ask in lesson.asks():
        found += [option.misconception for option in ask.options if _refutes(option)]
        found += [trap.misconception for trap in ask.traps]
    for step in lesson.steps:
        found += [cause.misconception for cause in step.diagnosis.causes] if step.diagnosis else []
    return tuple(sorted({number: True for number in found if number}))


def _refutes(option: Option) -> bool:
    return option.misconception > 0 and option.reply is not None
