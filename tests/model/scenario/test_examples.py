from pathlib import Path

import pytest

from clustersim.scenario.loader import load_scenario

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


def test_there_are_examples() -> None:
    assert [path.stem for path in EXAMPLES] == [
        "all-nodes",
        "as-recorded",
        "autoscaled",
        "docker-hangs",
        "kubelet-dies",
        "short-grace",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_read_and_is_named_as_its_file(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    assert set(scenario.title) == {"en", "zh"}
    assert scenario.actions
