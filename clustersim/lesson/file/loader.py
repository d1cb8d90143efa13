"""Reading a lesson file: strictly, with as many complaints at once as can be found."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from clustersim.bounds import LARGEST_FILE, MOST_IN_LESSON
from clustersim.engine.time import HOUR, Micros
from clustersim.flags import FlagError, Flags, find
from clustersim.i18n import Message, _
from clustersim.lesson.expressions.names import names_of
from clustersim.lesson.file.errors import Complaints, LessonError
from clustersim.lesson.file.schema import FORMAT, FORMS, INVENTORY, LESSON, Lesson, Step, Text
from clustersim.lesson.file.steps import MOST_STEPS, StepReader, judged, read_powers
from clustersim.lesson.file.texts import Texts
from clustersim.releases import RELEASES, Release
from clustersim.scenario.document import Fields, Value, nearest_of, parse
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.loader import read_scenario
from clustersim.scenario.objects import read_name
from clustersim.scenario_schema import Scenario

LONGEST_LESSON: Final[Micros] = 6 * HOUR
LEVELS: Final = ("beginner", "intermediate", "advanced")


def load_lesson(path_or_text: str | Path) -> Lesson:
    """The lesson in a file, or in a text of several lines.

    Raises LessonError with everything that is wrong in it, OSError where the file cannot be read.
    """
    try:
        if isinstance(path_or_text, str) and "\n" in path_or_text:
            return _lesson_of(path_or_text)
        path = str(path_or_text)
        return _lesson_of(_content(Path(path)), path)
    except ScenarioError as error:
        raise LessonError(list(error.all)) from None


@lru_cache(maxsize=32)
def _lesson_of(text: str, source: str = "") -> Lesson:
    """To read one takes a tenth of a second, and a class asks for its lesson at every click."""
    return read_lesson(parse(text, source, MOST_IN_LESSON), source)


def _content(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ScenarioError(Message(_("not UTF-8")), line, 1, str(path)) from None


def read_lesson(document: Value, source: str = "") -> Lesson:
    """The lesson that a document describes."""
    _refuse_scenario(document)
    complaints = Complaints()
    raw = complaints.fields(document, dict.fromkeys(LESSON_KEYS, _itself))
    for name in ("format", "id", "title", "goal", "releases", "cluster", "steps"):
        if name not in raw and not complaints.is_misspelt(name):
            complaints.errors.append(document.error(_("{name} is missing"), name=name))
    if "format" in raw:
        complaints.attempt(lambda value: value.one_of((FORMAT,)), raw["format"], "")
    if "cluster" not in raw or "steps" not in raw:
        complaints.raise_if_any()
    scenario = complaints.attempt(_read_cluster, raw["cluster"], None)
    found = complaints.fields(document, {**dict.fromkeys(LESSON_KEYS, _itself), **_SIMPLE})
    if scenario is None:
        # Sentences and steps speak of what is in the cluster: without its names nothing can be said of them.
        complaints.errors.append(raw["steps"].error(_("the steps are read once the cluster can be")))
        raise LessonError(_once(complaints.errors))
    releases: tuple[str, ...] = tuple(found.get("releases", ()))
    draft = found.get("draft", False) is True
    texts = Texts(names_of(scenario, _labels(raw["steps"])), complaints, draft=draft)
    title, goal = (_text(texts, raw.get(name)) for name in ("title", "goal"))
    inventory = found.get("kind") == INVENTORY
    if "form" in raw and not inventory:
        complaints.errors.append(raw["form"].error(_("only an inventory has forms")))
    steps = _read_steps(raw["steps"], texts, scenario, tuple(found.get("allow", ())), confidence=inventory)
    complaints.errors = _once(complaints.errors)
    complaints.raise_if_any()
    return Lesson(
        id=found["id"],
        title=title,
        goal=goal,
        steps=steps,
        scenario=_with_release(scenario, found["id"], releases[0], found.get("seed", scenario.seed)),
        releases=releases,
        draft=draft,
        source=source,
        **{
            name: found[name]
            for name in ("kind", "form", "number", "level", "minutes", "needs", "pins")
            if name in found
        },
    )


def _text(texts: Texts, value: Value | None) -> Text:
    return texts.complaints.attempt(texts.read, value, Text("")) if value is not None else Text("")


def _labels(value: Value) -> tuple[str, ...]:
    """The labels of all actions: a question may ask for the time since one that is still to come. What is
    wrong with an action is complained of when its step is read."""
    with suppress(ScenarioError):
        steps = value.each(_itself, MOST_STEPS)
        return tuple(
            name.shown() for step in steps for kind, name in _names(step) if kind == "action" and name.shown()
        )
    return ()


def _read_steps(
    value: Value, texts: Texts, scenario: Scenario, allow: tuple[str, ...], *, confidence: bool
) -> tuple[Step, ...]:
    reader = StepReader(texts, scenario, allow, confidence=confidence)
    complaints = texts.complaints
    nothing = Step(id="")

    def read(item: Value) -> Step:
        return complaints.attempt(reader.read, item, nothing)

    none: tuple[Step, ...] = ()
    steps = judged(complaints.attempt(lambda items: items.each(read, MOST_STEPS), value, none))
    if not steps:
        complaints.errors.append(value.error(_("a lesson needs a step")))
    complaints.errors += _given_twice(value)
    if sum(_longest(step) for step in steps) > LONGEST_LESSON:
        complaints.errors.append(value.error(_("the steps together run longer than {most}"), most="6h"))
    complaints.errors += _judged_by_nothing(value)
    complaints.errors += _not_the_end(value)
    return steps


def _not_the_end(steps: Value) -> Iterator[ScenarioError]:
    """A last step that may not come, or that leaves something hidden for ever."""
    for step in steps.each(_itself)[-1:]:
        if step.at("when") is not None:
            yield step.key("when").error(_("the last step comes for everybody"))
        hidden = step.at("hidden")
        if hidden is not None and step.at("task") is None:
            yield step.key("hidden").error(_("nothing after the last step can show what is hidden in it"))


def _given_twice(steps: Value) -> Iterator[ScenarioError]:
    """Ids of steps, ids of questions and labels of actions that another one has, each where it stands."""
    seen: dict[tuple[str, str], bool] = {}
    for kind, name in (found for step in steps.each(lambda step: step) for found in _names(step)):
        key = (kind, name.shown())
        if key in seen:
            yield name.error(_("{name} is given twice"), name=name.shown())
        seen[key] = True


def _names(step: Value) -> Iterator[tuple[str, Value]]:
    """What a step calls itself, its question and its actions."""
    ask, do = step.at("ask"), step.at("do")
    actions = do.each(lambda action: action) if do is not None and do.is_list else ()
    found = [("step", step.at("id")), ("ask", ask.at("id") if ask is not None else None)]
    found += [("action", action.at("as")) for action in actions]
    yield from ((kind, name) for kind, name in found if name is not None)


def _judged_by_nothing(steps: Value) -> Iterator[ScenarioError]:
    """Questions whose `judge-after` is no later step."""
    later = [name.shown() for name in (step.at("id") for step in steps.each(_itself)) if name is not None]
    for step in steps.each(_itself):
        own, ask = step.at("id"), step.at("ask")
        after = ask.at("judge_after") if ask is not None else None
        if after is not None and own is not None and after.shown() not in later:
            nearest = nearest_of(after.shown(), later)
            values = {"name": own.shown(), "after": after.shown()}
            yield after.complaint(Message(_("no step after {name} is called {after}"), values), nearest)
        later = later[1:]


def _longest(step: Step) -> Micros:
    run = step.run
    length = 0 if run is None else run.limit if run.duration is None else run.duration
    return length + sum(check.within for check in step.checks)


def _refuse_scenario(document: Value) -> None:
    """Somebody asked for the wrong thing: one complaint says so."""
    if not document.is_mapping:
        raise document.error(_("a lesson begins with `format: {format}`"), format=FORMAT)
    format_ = document.at("format")
    if format_ is not None and format_.shown().startswith("scenario/"):
        raise format_.error(_("this is a scenario, not a lesson: use `python -m clustersim run`"))


def _read_cluster(value: Value) -> Scenario | None:
    for key, _inner in value.items():
        if key.text() in ("release", "format", "actions"):
            raise key.error(_("{name} does not belong here: a lesson says it itself"), name=key.text())
    return read_scenario(value)


def _with_release(scenario: Scenario, name: str, release: str, seed: int) -> Scenario:
    renamed = msgspec.structs.replace(scenario, name=name, seed=seed)
    return in_release(renamed, RELEASES[release])


def in_release(scenario: Scenario, release: Release) -> Scenario:
    """The same cluster under another release: what it sets is set over that release's defaults."""
    own = scenario.flags.texts(RELEASES[scenario.release].flags)
    return msgspec.structs.replace(scenario, release=release.name, flags=release.flags.with_texts(own))


def scenario_of(
    lesson: Lesson,
    release: str = "",
    seed: int | None = None,
    profile: Mapping[str, Mapping[str, str]] | None = None,
) -> Scenario:
    """The cluster of a lesson in a release of its own choice, with another seed, and with a profile's flags
    ({component: {flag: text}}) but those it pins. Raises FlagError for a flag that cannot be."""
    scenario = in_release(lesson.scenario, RELEASES[release or lesson.releases[0]])
    flags: Flags = scenario.flags
    for component, values in (profile or {}).items():
        free = {flag: text for flag, text in values.items() if f"{component}.{flag}" not in lesson.pins}
        flags = flags.with_texts({component: free})
    return msgspec.structs.replace(scenario, flags=flags, seed=scenario.seed if seed is None else seed)


def _itself(value: Value) -> Value:
    return value


def _pin(value: Value) -> str:
    component, _dot, flag = value.text().partition(".")
    try:
        find(component, flag)
    except FlagError as error:
        raise value.complaint(error.message, error.nearest) from None
    return value.text()


def _releases(value: Value) -> tuple[str, ...]:
    found = value.each(lambda release: release.one_of(list(RELEASES)), 20)
    if not found:
        raise value.error(_("a lesson needs a release"))
    return found


def _once(errors: list[ScenarioError]) -> list[ScenarioError]:
    return list({error.text(): error for error in errors}.values())


_SIMPLE: Final[Fields] = {
    "id": read_name,
    "kind": lambda value: value.one_of((LESSON, INVENTORY)),
    "form": lambda value: value.one_of(FORMS),
    "number": lambda value: value.integer(1, 999),
    "level": lambda value: value.one_of(LEVELS),
    "minutes": lambda value: value.integer(1, 240),
    "needs": lambda value: value.each(read_name, 20),
    "releases": _releases,
    "pins": lambda value: value.each(_pin, 50),
    "draft": Value.boolean,
    "seed": lambda value: value.integer(0, 2**63 - 1),
    "allow": read_powers,
}
LESSON_KEYS: Final = (*_SIMPLE, "format", "title", "goal", "cluster", "steps")
