"""Rules: the conditions of the real components, as objects that fire, explain and predict.

A predicate is a pure function that returns a `Verdict`: the rule, the numbers it compared, whether it
holds, and if it does not yet, when it will if nothing else changes. A component acts on the verdict; an
explanation asks the same function again.
"""

import msgspec

from clustersim.engine.time import Micros

Value = str | int | float | bool | None


class Rule(msgspec.Struct, frozen=True, gc=False):
    """One condition of one component.

    id: "node-controller.grace-exceeded"; component: whose rule; source: component, version and file it was
    read in; text: an English sentence with {placeholders} for the values, the msgid of its translations.
    """

    id: str
    component: str
    source: str
    text: str
    flags: tuple[str, ...] = ()

    def holds(self, holds: bool = True, /, *, due: Micros | None = None, **values: Value) -> "Verdict":
        """A verdict of this rule with the numbers that were compared."""
        return Verdict(self, holds, values, due)


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a rule said: `values` are the numbers compared; times and durations in microseconds.

    `due`: when it will hold if nothing else changes, None if nothing is armed.
    """

    rule: Rule
    holds: bool
    values: dict[str, Value]
    due: Micros | None = None
