"""State machines as tables: the states something can be in, and what leads from one to another.

The code asks the table where an event leads; `scripts/state_machines.py` draws the same table into
docs/state-machines.md.
"""

from collections.abc import Mapping

import msgspec


class Transition(msgspec.Struct, frozen=True):
    """An event, the states in which it means something, and the state it leads to."""

    event: str
    before: tuple[str, ...]
    after: str


class StateMachine:
    """A table. `states`: each with what it means, the first being the one at the beginning.

    Raises ValueError for a table that names unknown states, leads two ways, or leaves a state out of reach.
    """

    def __init__(self, name: str, states: Mapping[str, str], *transitions: Transition) -> None:
        self.name = name
        self.states = dict(states)
        self.initial = next(iter(states))
        self.transitions = transitions
        self._after: dict[tuple[str, str], str] = {}
        for transition in transitions:
            for before in transition.before:
                if (before, transition.event) in self._after:
                    raise ValueError(f"{name}: {transition.event} leads two ways from {before}")
                self._after[before, transition.event] = transition.after
        named = {self.initial: True} | dict.fromkeys(self._after.values(), True)
        named |= {before: True for before, _event in self._after}
        if wrong := [state for state in named if state not in self.states]:
            raise ValueError(f"{name} has no state {', '.join(wrong)}")
        reached = {self.initial: True} | dict.fromkeys(self._after.values(), True)
        if lost := [state for state in self.states if state not in reached]:
            raise ValueError(f"{name}: nothing leads to {', '.join(lost)}")

    def after(self, state: str, event: str) -> str | None:
        """Where the event leads from that state; None where it means nothing."""
        return self._after.get((state, event))
