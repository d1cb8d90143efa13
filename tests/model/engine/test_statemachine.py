"""State machines are tables that cannot contradict themselves."""

import pytest

from clustersim.engine.statemachine import StateMachine, Transition

DOOR = {"open": "one can go through", "shut": "one cannot"}


def test_an_event_leads_where_the_table_says() -> None:
    door = StateMachine("door", DOOR, Transition("push", ("open",), "shut"))
    assert door.initial == "open"
    assert door.after("open", "push") == "shut"


def test_an_event_that_means_nothing_in_a_state_leads_nowhere() -> None:
    door = StateMachine("door", DOOR, Transition("push", ("open",), "shut"))
    assert door.after("shut", "push") is None
    assert door.after("open", "knock") is None


@pytest.mark.parametrize(
    ("transitions", "complaint"),
    [
        ((Transition("push", ("open",), "locked"),), "no state locked"),
        ((Transition("push", ("ajar",), "shut"),), "no state ajar"),
        ((Transition("push", ("open",), "shut"), Transition("push", ("open",), "open")), "leads two ways"),
        ((), "nothing leads to shut"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(transitions: tuple[Transition, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        StateMachine("door", DOOR, *transitions)
