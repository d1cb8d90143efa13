"""Two questions of earlier lessons with which a lesson opens: those that these people got wrong most often.

A warm-up becomes a step in the room's own text of the lesson, so it is asked, answered and judged like any
other question. What was right then is computed from a run of the lesson it comes from.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.lesson import AskKind, Lesson, load_lesson
from clustersim.lesson.plan import has_short_form
from visualizer.lessons.catalogue import NoSuchLesson, offer, offers
from visualizer.lessons.foreseen import Foreseen
from visualizer.lessons.models import Answer

COUNT: Final = 2
PREFIX: Final = "warm-"
_STEPS: Final = re.compile(r"^steps:[ \t]*(#.*)?\n(?P<first>(?:[ \t]*(?:#.*)?\n)*)(?P<indent>[ ]*)- ", re.M)


class Earlier(NamedTuple):
    """A question of an earlier lesson, and the text of that lesson."""

    lesson: Lesson
    text: str
    ask: str


def earlier(lesson: Lesson, who: Collection[str], room: int) -> list[Earlier]:
    """The questions that these people got wrong most, of lessons before this one. Blocks."""
    before = {one.lesson.id for one in offers() if one.lesson.number and one.lesson.number < lesson.number}
    before.update(lesson.needs)
    given = (
        Answer.objects.filter(who__in=who, past=False, room__course__lesson__in=before)
        .exclude(room_id=room)
        .order_by("pk")
        .values_list("who", "room__course__lesson", "ask", "right")
    )
    newest: dict[tuple[str, str, str], bool] = {}
    for person, name, ask, right in given:
        newest[person, name, ask.removeprefix(PREFIX)] = bool(right)
    wrong: dict[tuple[str, str], list[bool]] = {}
    for (_person, name, ask), right in newest.items():
        wrong.setdefault((name, ask), []).append(not right)
    ranked = sorted(wrong, key=lambda one: (-sum(wrong[one]) / len(wrong[one]), -len(wrong[one]), one))
    found = [_earlier(name, ask) for name, ask in ranked]
    return [one for one in found if one is not None][: 2 * COUNT]


def _earlier(name: str, ask: str) -> Earlier | None:
    """Only choices are asked again: what is right of the others hangs on the run."""
    try:
        chosen = offer(name)
    except NoSuchLesson:
        return None
    choices = [one.id for _index, one in chosen.lesson.asks() if one.kind is AskKind.CHOICE]
    return Earlier(chosen.lesson, chosen.text, ask) if ask in choices else None


def step_of(one: Earlier, known: Foreseen) -> dict[str, Any] | None:
    """The step that asks it again; None where it cannot be asked without its run."""
    options = []
    for option in known.options:
        right = option.id in known.truth.right
        if not right and option.reply is None:
            return None
        end: dict[str, Any] = {"when": "true"} if right else {"reply": option.reply}
        options.append({"id": option.id, **option.text, **end})
    if not any("when" in option for option in options):
        return None
    ask: dict[str, Any] = {
        "kind": "choice",
        "id": f"{PREFIX}{one.ask}",
        "text": known.text,
        "options": options,
    }
    if known.explain:
        ask["explain"] = known.explain[0]
    say = {
        "en": f"Warm-up, from “{one.lesson.title.en}”.",
        "zh": f"热身，来自《{one.lesson.title.raw('zh')}》。",
    }
    return {"id": f"{PREFIX}up-{one.ask}", "say": say, "ask": ask}


def with_warm_ups(text: str, steps: Sequence[dict[str, Any]]) -> str:
    """The text of a lesson that opens with these steps."""
    found = _STEPS.search(text)
    if found is None or not steps:
        return text
    place = found.start("indent")
    if has_short_form(load_lesson(text)):
        steps = [{**step, "core": True} for step in steps]
    lines = "".join(
        f"{found['indent']}- {msgspec.json.encode(step).decode().replace('{', '{ ')}\n" for step in steps
    )
    opened = text[:place] + lines + text[place:]
    load_lesson(opened)
    return opened
