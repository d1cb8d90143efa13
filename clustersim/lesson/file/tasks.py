"""Tasks of a lesson file, what may be drawn before them, and how the check does them."""

from typing import Final

from clustersim.console import LONGEST_LINE
from clustersim.i18n import _
from clustersim.lesson.expressions.expression import Expression
from clustersim.lesson.expressions.typed_lines import unknown_word
from clustersim.lesson.file.schema import Draw, Hint, Task, TypeSpec
from clustersim.lesson.file.texts import Texts
from clustersim.scenario.actions import read_action, read_actions
from clustersim.scenario.document import Fields, Value
from clustersim.scenario.objects import read_name
from clustersim.scenario.parts import read_node_name
from clustersim.scenario_schema import ActionSpec, Scenario

MOST_HINTS: Final = 12
MOST_DRAWS: Final = 12
MOST_IN_A_SOLUTION: Final = 50

Done = ActionSpec | TypeSpec


class TaskReader:
    """Reads tasks of a lesson with these names."""

    def __init__(self, texts: Texts, scenario: Scenario) -> None:
        self.texts = texts
        self.scenario = scenario
        self.nodes = [node.name for node in scenario.nodes]

    def read(self, value: Value, *, solved: bool = False) -> Task:
        """One task. solved: whatever is drawn before it says how it is done."""
        known: Fields = {
            "text": self.texts.read,
            "done": self._condition,
            "hints": lambda hints: hints.each(self._hint, MOST_HINTS),
            "solution": self._solution,
            "limit": Value.duration,
        }
        required = ("text", "done") if solved else ("text", "done", "solution")
        fields = self.texts.complaints.whole(value, known, *required)
        fields["done"], fields["source"] = fields["done"]
        return Task(**fields)

    def draws(self, value: Value) -> tuple[Draw, ...]:
        """What may be drawn."""
        draws = value.each(self._draw, MOST_DRAWS)
        ids = [draw.id for draw in draws]
        for name in ids:
            if ids.count(name) > 1:
                raise value.error(_("{name} is given twice"), name=name)
        if len(draws) < 2:
            raise value.error(_("there is nothing to draw from"))
        return draws

    def _draw(self, value: Value) -> Draw:
        known: Fields = {"id": read_name, "do": self._do, "solution": self._solution}
        return Draw(**self.texts.complaints.whole(value, known, "id", "do"))

    def _do(self, value: Value) -> tuple[ActionSpec, ...]:
        return read_actions(value, self.nodes, self.scenario.objects)

    def _solution(self, value: Value) -> tuple[Done, ...]:
        several = value.each(self._one_done, MOST_IN_A_SOLUTION)
        return tuple(sorted((one for each in several for one in each), key=lambda one: one.at))

    def _one_done(self, value: Value) -> tuple[Done, ...]:
        """An action, or a line that is typed."""
        if not value.is_mapping or value.at("type") is None:
            return read_action(value, self.nodes, self.scenario.objects)
        known: Fields = {
            "at": Value.moment,
            "type": _line,
            "on": lambda node: read_node_name(node, self.nodes),
        }
        return (TypeSpec(**self.texts.complaints.whole(value, known, "at", "type")),)

    def _condition(self, value: Value) -> tuple[Expression, str]:
        return self.texts.condition(value), value.text()

    def _hint(self, value: Value) -> Hint:
        known: Fields = {"when": self.texts.condition, "en": Value.text, "zh": Value.text}
        fields = self.texts.complaints.whole(value, known, "when")
        return Hint(fields["when"], self.texts.inline(value, fields))


def _line(value: Value) -> str:
    line = value.text()
    if len(line) > LONGEST_LINE:
        raise value.error(_("longer than {most} characters"), most=LONGEST_LINE)
    if (word := unknown_word(line)) is not None:
        raise value.error(_("there is no command {name}"), name=word[0])
    return line
