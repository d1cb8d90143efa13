import json
from pathlib import Path
from typing import Any

import pytest

from clustersim.scenario import Scenario
from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import load_scenario

GOLDEN = Path(__file__).parents[2] / "golden"
RECORDINGS = sorted(GOLDEN.glob("v1.[78].*/*.json"))


def scenario_of(recording: dict[str, Any]) -> Scenario:
    """What a recording has in common with a scenario, word for word."""
    keys = ("release", "title", "flags", "objects", "placement", "actions", "supervisor")
    document = {key: recording[key] for key in keys if key in recording}
    document["nodes"] = [{**node, "heartbeat_at": node["ready_at"]} for node in recording["nodes"]]
    return load_scenario("\n" + json.dumps(document))


def test_there_are_recordings() -> None:
    assert RECORDINGS


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cluster_of_a_recording_is_a_scenario(path: Path) -> None:
    recording = json.loads(path.read_text("utf-8"))
    scenario = scenario_of(recording)
    assert [node.name for node in scenario.nodes] == [node["name"] for node in recording["nodes"]]
    assert [spec.name for spec in scenario.objects] == [spec["name"] for spec in recording["objects"]]
    assert len(scenario.actions) == len(recording["actions"])
    assert load_scenario(to_yaml(scenario)) == scenario
