"""The states of a room: whether a process holds it, and whether anybody may enter."""

from typing import Final

from clustersim.engine.statemachine import StateMachine, Transition

FREE: Final = "free"
HELD: Final = "held"
STOPPED: Final = "stopped"

CLAIM: Final = "claim"
CLAIM_AGAIN: Final = "claim by its owner"

ROOM: Final = StateMachine(
    "room",
    {
        FREE: "time stands; the next process that opens it becomes its owner",
        HELD: "its owner runs it and renews its lease while time passes",
        STOPPED: "staff stopped it; nobody can enter, and the log is kept",
    },
    Transition(CLAIM, (FREE,), HELD),
    Transition(CLAIM_AGAIN, (FREE, HELD), HELD),
    Transition("paused, or the lease ran out", (HELD,), FREE),
    Transition("stopped by staff", (FREE, HELD), STOPPED),
    Transition("opened by staff", (STOPPED,), FREE),
)
