"""Everything that a lesson file can say, as places that a form can change. A place is named by its path:
`steps/2/say/en`. Only the cluster is left to the text: it is a scenario of its own.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from clustersim.faults import ACTIONS
from clustersim.lesson.file.asks import MISCONCEPTIONS
from clustersim.lesson.file.loader import LEVELS
from clustersim.lesson.file.schema import FORMS, INVENTORY, LANGUAGES, LESSON, AskKind
from clustersim.lesson.judging import UNITS


class Form(StrEnum):
    """How a value is written, and shown."""

    TEXT = "text"
    """A sentence in each language: {en, zh}."""
    HERE = "here"
    """The same where the languages stand among other keys."""
    WORD = "word"
    TIME = "time"
    NUMBER = "number"
    LINE = "line"
    """Of the console."""
    EXPRESSION = "expression"
    MOMENT = "moment"
    NAMES = "names"
    """A list of names."""
    YES = "yes"
    GROUP = "group"
    """Keys with values of their own."""
    ROWS = "rows"
    """A list of these."""
    TABLE = "table"
    """Names that the author gives, each with an expression, or of flags with a text."""


SINGLE: Final = (
    *(Form.WORD, Form.TIME, Form.NUMBER, Form.LINE, Form.EXPRESSION, Form.MOMENT, Form.NAMES, Form.YES),
)


class Place(msgspec.Struct, frozen=True):
    """A key of the file. inside: the keys of a group, or of each row. known: what can be chosen; suggest: the
    name of a list that depends on the lesson.
    """

    key: str
    form: Form
    inside: tuple["Place", ...] = ()
    known: tuple[str, ...] = ()
    suggest: str = ""


def _arguments() -> tuple[Place, ...]:
    """What the actions of the catalogue take besides a target, each once."""
    found = {
        parameter.name: Form.YES if parameter.type is bool else Form.WORD
        for action in ACTIONS.values()
        for parameter in action.parameters
    }
    return tuple(Place(name, form) for name, form in found.items())


ARGUMENTS: Final = tuple(place.key for place in _arguments())
_AT: Final = Place("at", Form.TIME)
_ACT: Final = (
    _AT,
    Place("action", Form.WORD, suggest="actions"),
    Place("target", Form.WORD, suggest="targets"),
    Place("as", Form.WORD),
    Place("every", Form.TIME),
    Place("times", Form.NUMBER),
    *_arguments(),
    Place("flags", Form.TABLE),
)
_DO: Final = Place("do", Form.ROWS, _ACT)
_SOLUTION: Final = Place(
    "solution", Form.ROWS, (*_ACT, Place("type", Form.LINE), Place("on", Form.WORD, suggest="nodes"))
)
_TEXT_HERE: Final = Place("", Form.HERE)
_REPLY: Final = Place("reply", Form.TEXT)
_EXPLAIN: Final = Place("explain", Form.TEXT)
_MISCONCEPTION: Final = Place(
    "misconception", Form.NUMBER, known=tuple(str(number) for number in range(1, MISCONCEPTIONS + 1))
)
_ID: Final = Place("id", Form.WORD)
_LIMIT: Final = Place("limit", Form.TIME)


def _condition(key: str) -> Place:
    return Place(key, Form.EXPRESSION, suggest="conditions")


OPTION: Final = (_ID, _TEXT_HERE, _condition("when"), _REPLY, _EXPLAIN, _MISCONCEPTION)
ITEM: Final = (_ID, _TEXT_HERE, Place("moment", Form.MOMENT, suggest="moments"))
TRAP: Final = (
    Place("near", Form.EXPRESSION),
    Place("within", Form.WORD),
    Place("parts", Form.NAMES, suggest="parts"),
    _REPLY,
    _MISCONCEPTION,
)
ASK: Final = (
    Place("kind", Form.WORD, known=tuple(AskKind)),
    _ID,
    Place("text", Form.TEXT),
    Place("options", Form.ROWS, OPTION),
    Place("items", Form.ROWS, ITEM),
    Place("chain", Form.MOMENT, suggest="moments"),
    Place("answer", Form.GROUP, (Place("from", Form.EXPRESSION), Place("tolerance", Form.WORD))),
    Place("unit", Form.WORD, known=tuple(UNITS)),
    Place("parts", Form.NAMES, suggest="parts"),
    Place("traps", Form.ROWS, TRAP),
    _REPLY,
    _EXPLAIN,
    Place("rounds", Form.NUMBER, known=("1", "2")),
    Place("confidence", Form.YES),
    Place("judge-after", Form.WORD, suggest="steps"),
)
RUN: Final = (
    Place("for", Form.TIME),
    _condition("until"),
    _LIMIT,
    Place("speed", Form.NUMBER),
    Place("slow-near-deadline", Form.YES),
)
CHECK: Final = (_condition("that"), Place("within", Form.TIME), Place("say", Form.TEXT))
HINT: Final = (_condition("when"), _TEXT_HERE)
TASK: Final = (
    Place("text", Form.TEXT),
    _condition("done"),
    Place("hints", Form.ROWS, HINT),
    _SOLUTION,
    _LIMIT,
)
DRAW: Final = (_ID, _DO, _SOLUTION)
EVIDENCE: Final = (
    Place("command", Form.LINE),
    Place("on", Form.WORD, suggest="nodes"),
    Place("shows", Form.LINE),
    Place("lacks", Form.LINE),
)
CAUSE: Final = (
    _ID,
    _TEXT_HERE,
    _DO,
    Place("evidence", Form.GROUP, EVIDENCE),
    _REPLY,
    _EXPLAIN,
    _MISCONCEPTION,
)
DIAGNOSIS: Final = (Place("text", Form.TEXT), Place("for", Form.TIME), Place("causes", Form.ROWS, CAUSE))
STEP: Final = (
    _ID,
    _condition("when"),
    Place("say", Form.TEXT),
    Place("ask", Form.GROUP, ASK),
    Place("let", Form.TABLE),
    _DO,
    Place("draw", Form.ROWS, DRAW),
    Place("hidden", Form.YES),
    Place("run", Form.GROUP, RUN),
    Place("check", Form.ROWS, CHECK),
    Place("task", Form.GROUP, TASK),
    Place("diagnose", Form.GROUP, DIAGNOSIS),
    Place("challenge", Form.TEXT),
    Place("why", Form.MOMENT, suggest="moments"),
    Place("why-not", Form.WORD, suggest="parts"),
    Place("reflect", Form.TEXT),
    Place("focus", Form.NAMES, suggest="parts"),
    Place("allow", Form.NAMES, suggest="powers"),
    Place("notes", Form.TEXT),
    Place("core", Form.YES),
)
HEAD: Final = (
    Place("title", Form.TEXT),
    Place("goal", Form.TEXT),
    _ID,
    Place("minutes", Form.NUMBER),
    Place("level", Form.WORD, known=LEVELS),
    Place("number", Form.NUMBER),
    Place("needs", Form.NAMES),
    Place("releases", Form.NAMES, suggest="releases"),
    Place("seed", Form.NUMBER),
    Place("allow", Form.NAMES, suggest="powers"),
    Place("pins", Form.NAMES),
    Place("kind", Form.WORD, known=(LESSON, INVENTORY)),
    Place("form", Form.WORD, known=FORMS),
    Place("draft", Form.YES),
)
STEPS: Final = Place("steps", Form.ROWS, STEP)
IN_THE_TEXT: Final = ("format", "cluster")
"""Keys that no form shows."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {"action": ("do",), "at": ("t",)}
"""Other names of a key of actions."""

_INDEX: Final = re.compile(r"[0-9]{1,2}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,60}")


def place_of(path: str) -> Place | None:
    """What stands at a path; None where no form changes anything."""
    first, *names = path.split("/")
    found = next((place for place in (*HEAD, STEPS) if place.key == first), None)
    while names and found is not None:
        found = _inside(found, names)
    return found


def _inside(place: Place, names: list[str]) -> Place | None:
    """What stands inside a place at the next of these names, which are taken."""
    name = names.pop(0)
    match place.form:
        case Form.TEXT if name in LANGUAGES and not names:
            return Place(name, Form.WORD)
        case Form.TABLE if _NAME.fullmatch(name) and not names:
            return Place(name, Form.EXPRESSION)
        case Form.ROWS if _INDEX.fullmatch(name):
            return Place(name, Form.GROUP, place.inside)
        case Form.GROUP:
            here = name in LANGUAGES and any(one.form is Form.HERE for one in place.inside)
            if here:
                return None if names else Place(name, Form.WORD)
            return next((one for one in place.inside if one.key == name), None)
    return None


def is_editable(path: str) -> bool:
    """A form can write a single value there."""
    place = place_of(path)
    return place is not None and place.form in SINGLE
