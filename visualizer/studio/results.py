"""What the check found, as the page shows it: per question what is right in each release, with its band."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from clustersim.lesson.checking.review import Complaint, Part, Question, Reading
from visualizer.studio.reviews import CHECK, Progress


def results(progress: Progress) -> dict[str, Any]:
    """For the template."""
    done, total = len(progress.known), len(progress.pieces)
    parts = [(progress.pieces[place], part) for place, part in sorted(progress.known.items())]
    played = {piece.release: part for piece, part in parts if piece.what == CHECK}
    swept: dict[str, list[Part]] = {}
    for piece, part in parts:
        if piece.what != CHECK:
            swept.setdefault(piece.release, []).append(part)
    return {
        "progress": progress,
        "complaints": _placed(progress.reading, progress.complaints),
        "misreadings": _placed(progress.reading, progress.reading.complaints),
        "done": done,
        "total": total,
        "more": bool(progress.missing),
        "releases": tuple(played),
        "questions": [_question(one, played, swept) for one in progress.reading.questions],
        "timelines": [(release, part.timeline) for release, part in played.items()],
    }


def _placed(reading: Reading, complaints: Sequence[Complaint]) -> list[tuple[Complaint, int | None]]:
    """Each with the step that it is about."""
    return [(complaint, reading.step_at(complaint.line)) for complaint in complaints]


def _question(question: Question, played: dict[str, Part], swept: dict[str, list[Part]]) -> dict[str, Any]:
    answers = [
        {"text": _answer(question, part), "band": _band(question, swept.get(release, []))}
        for release, part in played.items()
    ]
    return {"question": question, "answers": answers}


def _answer(question: Question, part: Part) -> str:
    """What is right: the texts of options, a number with its unit, parts of the picture."""
    found = next((answer for answer in part.answers if answer.ask == question.id), None)
    if found is None or not (found.right or found.number is not None):
        return _("no answer")
    if found.number is not None:
        return f"{found.number:.1f} {question.unit}".rstrip()
    return ", ".join(question.options.get(name, name) for name in found.right)


def _band(question: Question, parts: list[Part]) -> str:
    """From the least to the most that other seeds made of a number."""
    bands = [part.bands[question.id] for part in parts if question.id in part.bands]
    if not bands:
        return ""
    low, high = min(band[0] for band in bands), max(band[1] for band in bands)
    return f"{low:.1f} – {high:.1f}"
