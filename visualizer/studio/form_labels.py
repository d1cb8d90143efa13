"""What the places of a lesson are called in its form."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LABELS: Final[dict[str, str | Promise]] = {
    "title": _("Title"),
    "goal": _("What one learns"),
    "minutes": _("minutes it takes"),
    "level": _("level"),
    "number": _("place in the course"),
    "needs": _("lessons to take before"),
    "releases": _("releases it is true in"),
    "seed": _("seed"),
    "pins": _("timeouts that stay as they are"),
    "kind": _("kind of lesson"),
    "form": _("form of the inventory"),
    "draft": _("one language may be missing"),
    "id": _("name in the file"),
    "steps.id": _("name of the step"),
    "steps.when": _("comes only when"),
    "say": _("What it says"),
    "notes": _("Notes for the teacher"),
    "focus": _("points at"),
    "allow": _("what students may do"),
    "core": _("belongs to the short form"),
    "hidden": _("what happens is hidden"),
    "let": _("Values to remember"),
    "ask": _("Question"),
    "ask.kind": _("how it is answered"),
    "ask.text": _("What is asked"),
    "options": _("Answers"),
    "options.": _("Answer"),
    "options.when": _("right when"),
    "reply": _("Said to who chose it and was wrong"),
    "ask.reply": _("Said to every other wrong answer"),
    "explain": _("Why it is right"),
    "misconception": _("misconception, by its number"),
    "items": _("What is put in order"),
    "items.": _("Thing"),
    "moment": _("happens at"),
    "chain": _("instead: what led to"),
    "answer": _("The right answer"),
    "from": _("is"),
    "tolerance": _("right within"),
    "unit": _("in"),
    "parts": _("parts of the picture"),
    "ask.parts": _("right parts"),
    "traps": _("Wrong answers to expect"),
    "near": _("close to"),
    "traps.within": _("within"),
    "rounds": _("rounds"),
    "confidence": _("asks how sure one is"),
    "judge-after": _("decided by the step"),
    "do": _("What happens"),
    "at": _("after"),
    "action": _("action"),
    "target": _("on"),
    "as": _("call it"),
    "every": _("again every"),
    "times": _("times"),
    "flags": _("Flags"),
    "draw": _("Drawn for each student: one of"),
    "run": _("How long"),
    "for": _("runs for"),
    "until": _("runs until"),
    "limit": _("at most"),
    "speed": _("speed"),
    "slow-near-deadline": _("slower near a deadline"),
    "check": _("What must then be true"),
    "that": _("true"),
    "within": _("becomes so within"),
    "check.say": _("What that shows"),
    "task": _("Task"),
    "task.text": _("What students are to do"),
    "done": _("done when"),
    "hints": _("Hints"),
    "hints.": _("Hint"),
    "hints.when": _("shown while"),
    "solution": _("How the check does it"),
    "type": _("types"),
    "solution.on": _("on the node"),
    "task.limit": _("done within"),
    "diagnose": _("Diagnosis of a hidden fault"),
    "diagnose.text": _("What is asked"),
    "diagnose.for": _("the fault works for"),
    "causes": _("Causes, of which one is drawn"),
    "causes.": _("Cause"),
    "evidence": _("What tells it apart"),
    "command": _("the command"),
    "evidence.on": _("on the node"),
    "shows": _("shows"),
    "lacks": _("and lacks"),
    "challenge": _("A fault to make for a neighbour"),
    "reflect": _("To think about"),
    "why": _("why did it happen"),
    "why-not": _("why not yet, of"),
    "": _("Step"),
}
"""By key, or by the key of what is around it and its own: "hints.when"."""

_MORE: Final[dict[str, str | Promise]] = {
    "options": _("One more answer"),
    "items": _("One more thing"),
    "traps": _("One more wrong answer"),
    "do": _("One more action"),
    "solution": _("One more action"),
    "draw": _("One more to draw"),
    "check": _("One more"),
    "hints": _("One more hint"),
    "causes": _("One more cause"),
    "let": _("One more value"),
    "flags": _("One more flag"),
}

_CHOICES: Final[dict[str, str | Promise]] = {
    "choice": _("one answer"),
    "select": _("all that are right"),
    "number": _("a number"),
    "order": _("put in order"),
    "point": _("point at the picture"),
    "beginner": _("beginner"),
    "intermediate": _("intermediate"),
    "advanced": _("advanced"),
    "lesson": _("lesson"),
    "inventory": _("inventory"),
}

_STEPS: Final[dict[str, str | Promise]] = {
    "say": _("something to say"),
    "ask": _("a question"),
    "do": _("something that happens"),
    "task": _("a task for students"),
    "reflect": _("something to think about"),
}


def label_of(around: str, key: str) -> str | Promise:
    """What a place is called; parameters of actions by their own names."""
    return _LABELS.get(f"{around}.{key}") or _LABELS.get(key) or key.replace("_", " ")


def more_of(key: str) -> str | Promise:
    """What adds to a list."""
    return _MORE[key]


def kind_of_step(kind: str) -> str | Promise:
    """What a step of this kind is."""
    return _STEPS[kind]


def said(choice: str) -> str | Promise:
    """A choice in words."""
    return _CHOICES.get(choice, choice)
