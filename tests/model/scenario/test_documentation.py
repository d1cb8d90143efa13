import re
from pathlib import Path

import pytest

from clustersim.faults import ACTIONS
from clustersim.scenario import Scenario
from clustersim.scenario.loader import load_scenario

PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text("utf-8")
WORDS = re.findall(r"`([a-z_-]+)`", PAGE)


def test_the_scenario_of_the_page_can_be_read() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert load_scenario(example).name == "kubelet-dies"


@pytest.mark.parametrize("verb", ACTIONS)
def test_every_verb_and_its_arguments_are_on_the_page(verb: str) -> None:
    assert verb in WORDS
    assert [p.name for p in ACTIONS[verb].parameters if f"`{p.name}" not in PAGE] == []


@pytest.mark.parametrize("key", Scenario.__struct_fields__)
def test_every_key_is_on_the_page(key: str) -> None:
    assert key in WORDS
