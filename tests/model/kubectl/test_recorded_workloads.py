"""What kubectl printed of workloads while recordings were made, the model prints at the same moments."""

import json
from pathlib import Path

import pytest

from clustersim import Cluster
from clustersim.conformance.recording import read
from clustersim.conformance.setup import prepare
from clustersim.engine.time import seconds
from clustersim.kubectl import print_table

GOLDEN = Path(__file__).parents[2] / "golden"
RESOURCES = {
    "rs": "replicasets",
    "deploy": "deployments",
    "ds": "daemonsets",
    "sts": "statefulsets",
    "rc": "replicationcontrollers",
}


def without_age(lines: list[str]) -> list[list[str]]:
    return [line.split()[:-1] for line in lines]


@pytest.mark.parametrize(
    ("name", "in_motion"),
    [
        ("v1.7.5/deployment-rollout", [52.307, 54.378]),
        ("v1.8.0/deployment-rollout", [17.287, 18.688, 20.2, 144.108]),
        ("v1.7.5/kinds-of-pods", []),
    ],
)
def test_tables_of_workloads_are_equal_but_for_their_age_and_a_second_of_motion(
    name: str, in_motion: list[float]
) -> None:
    path = GOLDEN / f"{name}.json"
    cluster = Cluster(prepare(read(path)).scenario)
    different, seen = [], 0
    for printed in json.loads(path.read_text())["kubectl"]:
        words = printed["cmd"].split()
        if words[:2] != ["kubectl", "get"] or words[2] not in RESOURCES or printed["t"] < 0:
            continue
        cluster.run_until(seconds(printed["t"]))
        resource = RESOURCES[words[2]]
        objects = cluster.objects(resource)
        rows = print_table(resource, [objects[key] for key in sorted(objects)], name[:4], cluster.now)
        seen += 1
        if without_age(rows) != without_age(printed["output"].splitlines()):
            different.append(printed["t"])
    assert seen > 20
    assert different == in_motion
