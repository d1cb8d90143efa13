"""The phases of a poll, and what a teacher's actions lead to."""

from typing import Final

from clustersim.engine.statemachine import StateMachine, Transition
from visualizer.lessons.models import Poll

OPEN, LOCKED, REVEALED = Poll.Phase.OPEN.value, Poll.Phase.LOCKED.value, Poll.Phase.REVEALED.value

POLL: Final = StateMachine(
    "poll",
    {
        OPEN: "answers are taken",
        LOCKED: "no more are taken, and how they are distributed shows",
        REVEALED: "the right answer shows, too",
    },
    Transition("open", (OPEN, LOCKED, REVEALED), OPEN),
    Transition("lock", (OPEN, LOCKED, REVEALED), LOCKED),
    Transition("again", (LOCKED,), OPEN),
    Transition("reveal", (OPEN, LOCKED, REVEALED), REVEALED),
)
