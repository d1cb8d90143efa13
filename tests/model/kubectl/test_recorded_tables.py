"""Every table that kubectl printed in the recordings has our headers, our alignment and our words."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clustersim.kubectl.columns import align, header

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
}
NAMES["endpoints"] = "endpoints"
AGE = re.compile(r"\d+[smhdy]|<unknown>|<invalid>\Z")
STATUS = {
    "pods": {
        "Pending", "ContainerCreating", "Running", "Completed", "Error", "CrashLoopBackOff", "ErrImagePull",
        "ImagePullBackOff", "Terminating", "Unknown", "NodeLost",
    },
    "nodes": {"Ready", "NotReady", "Ready,SchedulingDisabled", "NotReady,SchedulingDisabled"},
}  # fmt: skip


def _tables(release: str) -> Iterator[tuple[str, bool, list[str]]]:
    """Resource, wide or not, lines: `kubectl get rc,svc` prints one table after another."""
    for path in sorted(GOLDEN.joinpath(release).glob("*.json")):
        for printed in json.loads(path.read_text())["kubectl"]:
            words = printed["cmd"].split()
            if words[:2] != ["kubectl", "get"] or not set(words[2].split(",")) <= set(NAMES):
                continue
            lines = printed["output"].splitlines()
            if lines[0].startswith("(printer failed"):
                continue
            starts = [index for index, line in enumerate(lines) if line.startswith(("NAME ", "LAST"))]
            for name, (start, end) in zip(
                words[2].split(","), itertools.pairwise([*starts, len(lines)]), strict=True
            ):
                yield NAMES[name], "wide" in words, lines[start:end]


def _cells(columns: tuple[str, ...], lines: list[str]) -> list[tuple[str, ...]]:
    starts, position = [], 0
    for column in columns:
        position = lines[0].index(column, position)
        starts.append(position)
        position += len(column)
    edges = [*itertools.pairwise(starts), (starts[-1], None)]
    return [tuple(line[start:end].rstrip() for start, end in edges) for line in lines]


@pytest.mark.parametrize("release", ["v1.7.5", "v1.8.0"])
def test_recorded_tables_have_our_columns_alignment_and_words(release: str) -> None:
    seen = 0
    for resource, wide, lines in _tables(release):
        columns = header(resource, release[:4], wide=wide)
        rows = _cells(columns, lines)
        assert rows[0] == columns
        assert align(rows) == lines
        for row in rows[1:]:
            cells = dict(zip(columns, row, strict=True))
            assert AGE.match(cells.get("AGE", "0s"))
            assert cells.get("STATUS") in STATUS.get(resource, {None})
        seen += 1
    assert seen > 200
