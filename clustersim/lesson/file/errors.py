"""What is wrong with a lesson: everything at once, each with its place."""

from collections.abc import Callable, Mapping
from typing import Any

from clustersim.i18n import _
from clustersim.scenario import errors
from clustersim.scenario.document import Value
from clustersim.scenario.errors import ScenarioError


class LessonError(ValueError):
    """A lesson that cannot be read. `errors`: each complaint, in the order they stand in the file."""

    def __init__(self, errors: list[ScenarioError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.line, error.column)))
        super().__init__("\n".join(error.text() for error in self.errors))


class Complaints(errors.Complaints):
    """What is wrong with a lesson, collected while reading goes on."""

    def fields(self, value: Value, known: Mapping[str, Callable[[Value], Any]]) -> dict[str, Any]:
        """A mapping with fixed keys, as `Value.fields`; what cannot be read is left out."""
        with self:
            return value.readable(known, self, [name.replace("_", "-") for name in known])
        return {}

    def is_misspelt(self, name: str) -> bool:
        """Something that is complained of was meant to be called so."""
        return any(error.nearest.replace("-", "_") == name for error in self.errors)

    def whole(
        self, value: Value, known: Mapping[str, Callable[[Value], Any]], *required: str
    ) -> dict[str, Any]:
        """A mapping with fixed keys of which some must be there. Raises one of the complaints where one of
        those is missing or cannot be read; the others are collected."""
        found = self.fields(value, known)
        missing = [name for name in required if name not in found]
        if missing:
            given = [key.text().replace("-", "_") for key, _inner in value.items()]
            self.errors += [
                value.error(_("{name} is missing"), name=name)
                for name in missing
                if name not in given and not self.is_misspelt(name)
            ]
            raise self.errors.pop()
        return found

    def raise_if_any(self) -> None:
        """Raises LessonError unless there was nothing to complain of."""
        if self.errors:
            raise LessonError(self.errors)
