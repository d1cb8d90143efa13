"""What the form shows of a lesson: its places with their values, labels, and what else could be there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.functional import Promise

from clustersim.faults import ACTIONS, Target
from clustersim.lesson.file.beginnings import OF_A_KIND
from clustersim.lesson.file.edit import Document, written
from clustersim.lesson.file.places import HEAD, STEP, STEPS, Form, Place
from clustersim.lesson.file.schema import LANGUAGES
from visualizer.studio.form_labels import label_of, more_of, said

LONGEST: Final = 2000
"""Characters of a value that a form takes; what is longer is changed in the text."""

USUAL: Final[dict[str, tuple[str, ...]]] = {
    "": ("title", "goal", "minutes", "level"),
    "steps": (),
    "ask": ("kind", "text", "options", "items", "answer", "unit", "parts", "explain"),
    "options": ("", "when", "reply"),
    "answer": ("from", "tolerance"),
    "traps": ("near", "within", "parts", "reply"),
    "run": ("for", "until", "limit", "speed"),
    "check": ("that",),
    "task": ("text", "done", "solution"),
    "diagnose": ("text", "for", "causes"),
    "causes": ("", "do", "evidence", "reply", "explain"),
    "evidence": ("command", "on", "shows"),
}
"""The keys that are shown even where nothing stands; of other mappings, all. The rest is a click away."""
RARE: Final = ("as", "every", "times")
"""Of actions; they are a click away, too."""


@dataclass(frozen=True)
class Shown:
    """A place on the page. fields: of a text, one for each language; inside: what stands in a group, in each
    row of a list one after the other; more: what could stand there; lacking: parts that can be added.
    too_long: it is changed in the text.
    """

    path: str
    form: str
    label: str | Promise
    value: str = ""
    known: Sequence[tuple[str, str | Promise]] = ()
    suggest: str = ""
    fields: Sequence[dict[str, str]] = ()
    inside: Sequence["Shown"] = ()
    more: Sequence["Shown"] = ()
    lacking: Sequence["Shown"] = ()
    adds: str | Promise = ""
    too_long: bool = field(default=False)

    @property
    def removable(self) -> bool:
        """It can be taken away as a whole: a part of a step."""
        return self.path.startswith(f"{STEPS.key}/") and self.path.count("/") == 2

    @property
    def chosen(self) -> bool:
        """Its value is one of those that can be chosen."""
        return any(choice == self.value for choice, _said in self.known)


def head(document: Document) -> Shown:
    """What stands above the steps."""
    return _group(document, Place("", Form.GROUP, HEAD), "", document.root)


def step(document: Document, index: int) -> Shown:
    """One step."""
    found = document.steps[index]
    shown = _group(document, Place(STEPS.key, Form.GROUP, STEP), f"{STEPS.key}/{index}", found)
    return replace(shown, value=str(found.get("id", "")))


def _group(document: Document, place: Place, path: str, value: Any) -> Shown:
    """A mapping: what it has and usually has; behind a click what else can be said; what it can be given."""
    usual = USUAL.get(place.key, tuple(one.key for one in place.inside if one.key not in RARE))
    shown, more, lacking = list[Shown](), list[Shown](), list[Shown]()
    for inner in _fitting(place, value):
        below = "/".join(name for name in (path, inner.key) if name)
        is_part = place.key == STEPS.key or inner.form in (Form.ROWS, Form.GROUP)
        if inner.key == "id":
            more.append(_shown(document, place.key, inner, below))
        elif (
            inner.form is Form.HERE or document.at(below) is not None or (inner.key in usual and not is_part)
        ):
            shown.append(_shown(document, place.key, inner, below))
        elif is_part:
            lacking.append(Shown(below, inner.form, label_of(place.key, inner.key)))
        else:
            more.append(_shown(document, place.key, inner, below))
    return Shown(path, Form.GROUP, label_of("", place.key), inside=shown, more=more, lacking=lacking)


def _shown(document: Document, around: str, place: Place, path: str) -> Shown:
    label, value = label_of(around, place.key), document.at(path)
    match place.form:
        case Form.TEXT | Form.HERE:
            fields = [
                {"path": f"{path}/{name}", "value": written(document.at(f"{path}/{name}")), "language": name}
                for name in LANGUAGES
            ]
            return Shown(path, place.form, label, fields=fields)
        case Form.GROUP:
            found = _group(document, place, path, value)
            return Shown(path, place.form, label, inside=found.inside, more=found.more, lacking=found.lacking)
        case Form.ROWS:
            rows = [
                _group(document, Place(place.key, Form.GROUP, place.inside), f"{path}/{index}", row)
                for index, row in enumerate(value if isinstance(value, list) else ())
            ]
            return Shown(path, place.form, label, inside=rows, adds=more_of(place.key))
        case Form.TABLE:
            names = value if isinstance(value, dict) else {}
            entries = [
                Shown(f"{path}/{name}", Form.EXPRESSION, str(name), written(one))
                for name, one in names.items()
            ]
            return Shown(path, place.form, label, inside=entries, adds=more_of(place.key))
    text = written(value)
    nested = isinstance(value, dict) or (value is not None and not text)
    return Shown(
        path,
        place.form,
        label,
        text,
        [(choice, said(choice)) for choice in place.known],
        place.suggest,
        too_long=nested or len(text) > LONGEST,
    )


def _fitting(place: Place, value: Any) -> Iterator[Place]:
    """The keys that make sense beside what a mapping has: those of its kind of question, of its action."""
    given = value if isinstance(value, dict) else {}
    keys: Sequence[str] | None = None
    if place.key == "ask":
        of_kind = OF_A_KIND.get(str(given.get("kind")), {})
        others = {key for keys in OF_A_KIND.values() for key in keys} - set(of_kind)
        keys = [one.key for one in place.inside if one.key not in others]
    elif place.key in ("do", "solution"):
        keys = _of_an_action(given)
    elif place.key == "traps":
        unfit = ("parts",) if "near" in given else ("near", "within")
        keys = [one.key for one in place.inside if one.key not in unfit]
    yield from (one for one in place.inside if keys is None or one.key in keys or one.key in given)


def _of_an_action(given: dict[str, Any]) -> list[str]:
    if "type" in given:
        return ["at", "type", "on"]
    action = ACTIONS.get(str(given.get("action", given.get("do", ""))))
    if action is None:
        return ["at", "action", "target"]
    target = () if action.target is Target.NOTHING else ("target",)
    flags = ("flags",) if action.open_arguments else ()
    return ["at", "action", *target, *(one.name for one in action.parameters), *flags, *RARE]
