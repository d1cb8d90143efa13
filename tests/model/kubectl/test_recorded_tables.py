"""Every table that kubectl printed in the recordings has our headers, our alignment and our words."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.tables import table_of

GOLDEN = Path(__file__).parents[2] / "golden"
NAMES = {
    "pods": "pods",
    "nodes": "nodes",
    "rc": "replicationcontrollers",
    "rs": "replicasets",
    "deploy": "deployments",
    "ds": "daemonsets",
    "sts": "statefulsets",
    "svc": "services",
    "events": "events",
    "job": "jobs",
    "jobs": "jobs",
}
NAMES.update({name: name for name in ("endpoints", "endpointslices")})
AGE = re.compile(r"(\d+[smhdy]){1,2}|<unknown>|<invalid>\Z")
STATUS = {
    "pods": {
        "Pending", "ContainerCreating", "Running", "Completed", "Error", "CrashLoopBackOff", "ErrImagePull",
        "ImagePullBackOff", "Terminating", "Unknown", "NodeLost", "NotReady",
    },
    "nodes": {"Ready", "NotReady", "Ready,SchedulingDisabled", "NotReady,SchedulingDisabled"},
    "jobs": {"Failed", "Running", "Complete"},
}  # fmt: skip


KINDS = {
    "daemonset": "daemonsets",
    "deployment": "deployments",
    "endpointslice": "endpointslices",
    "job": "jobs",
    "replicaset": "replicasets",
    "service": "services",
    "statefulset": "statefulsets",
}
"""What today stands before the names, where several kinds are listed."""


UNLIKE = {"v1.36.2": 2}
"""Two listings were printed with the width that an age had a second earlier."""


def _printed(release: str) -> Iterator[tuple[str, str]]:
    """Command and output of everything that was recorded of that release."""
    paths = sorted(GOLDEN.joinpath(release).glob("*.json"))
    for path in paths:
        for printed in json.loads(path.read_text())["kubectl"]:
            yield printed["cmd"], printed["output"]


def _tables(release: str) -> Iterator[tuple[str, bool, list[str]]]:
    """Resource, wide or not, lines: `kubectl get rc,svc` prints one table after another."""
    for command, output in _printed(release):
        words = command.split()
        if words[:2] != ["kubectl", "get"] or not set(words[2].split(",")) <= set(NAMES):
            continue
        lines = [line for line in output.splitlines() if line]
        if lines[0].startswith(("(printer failed", "No resources found")):
            continue
        starts = [index for index, line in enumerate(lines) if line.startswith(("NAME ", "LAST"))]
        names = words[2].split(",")
        for index, (start, end) in enumerate(itertools.pairwise([*starts, len(lines)])):
            prefix, slash, _rest = lines[start + 1].split()[0].partition("/")
            kind = KINDS[prefix.partition(".")[0]] if slash else NAMES[names[index]]
            yield kind, "wide" in words, lines[start:end]


def _cells(columns: tuple[str, ...], lines: list[str]) -> list[tuple[str, ...]]:
    starts, position = [], 0
    for column in columns:
        position = lines[0].index(column, position)
        starts.append(position)
        position += len(column)
    edges = [*itertools.pairwise(starts), (starts[-1], None)]
    return [tuple(line[start:end].rstrip() for start, end in edges) for line in lines]


@pytest.mark.parametrize("release", ["v1.7.5", "v1.8.0", "v1.36.2"])
def test_recorded_tables_have_our_columns_alignment_and_words(release: str) -> None:
    seen = unlike = 0
    for resource, wide, lines in _tables(release):
        name = release.rpartition(".")[0]
        columns = table_of(resource, name).header(wide=wide)
        rows = _cells(columns, lines)
        assert rows[0] == columns
        unlike += lines_of(rows, name) != lines
        for row in rows[1:]:
            cells = dict(zip(columns, row, strict=True))
            assert AGE.match(cells.get("AGE", "0s"))
            assert cells.get("STATUS") in STATUS.get(resource, {None})
        seen += 1
    assert unlike <= UNLIKE.get(release, 0)
    assert seen > 200
