"""The blind steps of a lesson file: a fault that was drawn and is hidden, and one made for somebody else."""

from typing import Any, Final

from clustersim.engine.time import HOUR
from clustersim.i18n import _
from clustersim.lesson.file.asks import misconception
from clustersim.lesson.file.schema import Cause, Diagnosis, Evidence
from clustersim.lesson.file.texts import Texts
from clustersim.scenario.actions import read_actions
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name
from clustersim.scenario_schema import ActionSpec, Scenario

MOST_CAUSES: Final = 12


class DiagnosisReader:
    """Reads diagnoses of a lesson with these names."""

    def __init__(self, texts: Texts, scenario: Scenario) -> None:
        self.texts = texts
        self.scenario = scenario

    def read(self, value: Value) -> Diagnosis:
        """One diagnosis."""
        known: Fields = {"text": self.texts.read, "for": _span, "causes": self._causes}
        fields = self.texts.complaints.whole(value, known, "text", "for", "causes")
        return Diagnosis(fields["text"], fields["for"], fields["causes"])

    def _causes(self, value: Value) -> tuple[Cause, ...]:
        causes = value.each(self._cause, MOST_CAUSES)
        ids = [cause.id for cause in causes]
        for name in ids:
            if ids.count(name) > 1:
                raise value.error(_("{name} is given twice"), name=name)
        if len(causes) < 2:
            raise value.error(_("there are no causes to tell apart"))
        return causes

    def _cause(self, value: Value) -> Cause:
        known: Fields = {
            "id": read_name,
            "en": Value.text,
            "zh": Value.text,
            "do": self._do,
            "evidence": self._evidence,
            "reply": self.texts.read,
            "explain": self.texts.read,
            "misconception": misconception,
        }
        fields = self.texts.complaints.whole(value, known, "id", "do", "evidence", "reply", "explain")
        text = self.texts.inline(value, fields)
        own: dict[str, Any] = {key: value for key, value in fields.items() if key not in ("en", "zh")}
        return Cause(text=text, **own)

    def _do(self, value: Value) -> tuple[ActionSpec, ...]:
        return read_actions(value, [node.name for node in self.scenario.nodes], self.scenario.objects)

    def _evidence(self, value: Value) -> Evidence:
        known: Fields = {"command": Value.text, "on": read_name, "shows": Value.text, "lacks": Value.text}
        return Evidence(**self.texts.complaints.whole(value, known, "command", "shows"))


def _span(value: Value) -> int:
    time = value.duration()
    if time > HOUR:
        raise value.error(_("{time} is too long"), time=value.text())
    return time
