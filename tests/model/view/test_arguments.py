"""What the pane offers to do: each argument in words, and only the values there are."""

import pytest

from clustersim import Cluster, CommandError, default_scenario
from clustersim.command import Argument, Command
from clustersim.faults import ACTIONS
from clustersim.view.parts import describe_part

OFFERED = [action for action in ACTIONS.values() if action.part]


@pytest.mark.parametrize("action", OFFERED, ids=lambda action: action.do)
def test_no_argument_is_called_by_the_name_of_the_program(action: type) -> None:
    for parameter in action.parameters:  # type: ignore[attr-defined]
        assert parameter.help != parameter.name
        assert "_" not in parameter.help
        assert not parameter.choices or parameter.default in parameter.choices


def test_a_pane_says_what_each_choice_means_in_both_languages() -> None:
    cluster = Cluster(default_scenario())
    info = describe_part(cluster, "n1.machine")
    assert info is not None
    [off] = [one for one in info.actions if one.do == "power-off"]
    assert off.args == {"containers": "exited"}
    words = off.words["containers"]
    assert words.label == {"en": "its containers", "zh": "它的容器"}
    assert [choice.value for choice in words.choices] == ["exited", "lost"]
    assert all(choice.label["zh"] != choice.label["en"] for choice in words.choices)


@pytest.mark.parametrize(
    ("do", "target", "args"),
    [
        ("stop-docker", "n1", {"containers": "melted"}),
        ("start-docker", "n1", {"containers": "melted"}),
        ("power-off", "n1", {"containers": "melted"}),
        ("taint", "n1", {"key": "k", "effect": "NoFun"}),
        ("untaint", "n1", {"key": "k", "effect": "NoFun"}),
    ],
)
def test_a_value_that_is_no_choice_is_refused(do: str, target: str, args: dict[str, Argument]) -> None:
    cluster = Cluster(default_scenario())
    with pytest.raises(CommandError, match=r"melted|NoFun"):
        cluster.apply(Command(do, target, args))
