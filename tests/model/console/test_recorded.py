"""Every recorded `kubectl get` of the real v1.7.5 and v1.8.0 prints the same here at the same moment: the
same columns, the same rows, in each the same words, and an AGE in the same unit.

Names of pods are random, so rows are compared by the part of the name that is not. A recorded moment may lie
close to a change that comes a little earlier or later in the model: for each owner the rows of any one moment
within the tolerance count. The recorder printed finished pods, too, as --show-all does; the Service
`kubernetes` of the API server itself is not in the model; of events, named by chance, the columns count.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from clustersim import Cluster
from clustersim.conformance.recording import read
from clustersim.conformance.setup import prepare
from clustersim.console import run
from clustersim.engine.time import MILLISECOND, SECOND, Micros, seconds
from clustersim.world import World

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("v1.[78].*/*.json"))
STEPS = 4
TOLERANCE: Micros = 500 * MILLISECOND
BY_CHANCE = {"v1.7.5/crash-loop-and-image-pull": 20 * SECOND}
"""A back-off is looked at when the pod is synced, 10 to 15 s apart: when that is, is chance."""

KNOWN = {
    "v1.7.5/deployment-rollout": [(59.368, "kubectl get rs")],
    "v1.7.5/network-cut-90s": [(113.243, "kubectl get nodes")],
    "v1.8.0/all-nodes-stop": [(216.263, "kubectl get pods -o wide")],
    "v1.8.0/deployment-rollout": [(17.287, "kubectl get rs")],
}
"""What comes at another time: an age of 1m, as timestamps are whole seconds; when TCP tries
again, which node is emptied first, how far a rollout is in the middle of it."""

WORDS = (
    "READY", "STATUS", "ROLES", "RESTARTS", "VERSION", "DESIRED", "CURRENT", "UP-TO-DATE", "AVAILABLE",
    "TYPE",
)  # fmt: skip
AGE = re.compile(r"(\d+)([smhdy])\Z")

Rows = dict[str, Counter[tuple[str, ...]]]


class Table(NamedTuple):
    """Column names, and the words of the rows by owner."""

    columns: tuple[str, ...]
    rows: Rows


def tables(text: str) -> list[Table]:
    """kubectl prints one table after another for several kinds."""
    lines = [
        line for line in text.splitlines() if line and not re.match(r"(svc/|service/)?kubernetes ", line)
    ]
    starts = [index for index, line in enumerate(lines) if line.startswith(("NAME ", "LAST"))]
    found = [table(lines[a:b]) for a, b in itertools.pairwise([*starts, len(lines)])]
    return [one for one in found if one.rows]


def table(lines: list[str]) -> Table:
    heads = list(re.finditer(r"\S+(?: \S+)*", lines[0]))
    columns, edges = tuple(head.group() for head in heads), [head.start() for head in heads]
    rows: Rows = {}
    for line in lines[1:]:
        cells = (line[a:b].strip() for a, b in itertools.pairwise([*edges, None]))
        row = dict(zip(columns, cells, strict=True))
        words = (*(row.get(word, "") for word in WORDS), unit(row.get("AGE", "0s")))
        name = "" if columns[0].startswith("LAST") else owner(row["NAME"])
        rows.setdefault(name, Counter())[words] += 1
    return Table(columns, {"": Counter()} if "" in rows else rows)


def unit(age: str) -> str:
    match = AGE.match(age)
    assert match is not None
    return match[2]


def owner(name: str) -> str:
    name = name.rpartition("/")[2]
    return re.sub(r"-[a-z0-9]{5}\Z", "", re.sub(r"-(?=[a-z]*\d)[0-9a-z]{8,10}(?=-|\Z)", "", name))


def entries(path: Path) -> Iterator[tuple[Micros, str, str]]:
    for printed in json.loads(path.read_text())["kubectl"]:
        if printed["cmd"].startswith("kubectl get ") and not printed["output"].startswith("(printer failed"):
            yield seconds(printed["t"]), printed["cmd"], printed["output"]


def booting(path: Path) -> Cluster:
    """The cluster of a recording, before it has run at all."""
    scenario = prepare(read(path)).scenario
    cluster = Cluster.__new__(Cluster)
    cluster.scenario = scenario
    cluster.world = World(scenario, scenario.flags)
    cluster.world.boot()
    return cluster


def around(cluster: Cluster, command: str, t: Micros, tolerance: Micros) -> Iterator[list[Table]]:
    """What the model prints from the moment at which the cluster stands to as long after t."""
    copy = Cluster.restore(cluster.snapshot())
    steps = STEPS if tolerance == TOLERANCE else tolerance // SECOND
    for step in range(-steps, steps + 1):
        copy.run_until(max(t + step * tolerance // steps, copy.now))
        yield tables(run(copy, f"{command} --show-all").text)


def agrees(expected: list[Table], printed: Iterator[list[Table]]) -> bool:
    """Whether columns and the rows of each owner are printed at one of the moments; it looks no further."""
    columns = [one.columns for one in expected]
    missing = {(index, name) for index, one in enumerate(expected) for name in one.rows}
    for found in printed:
        if [one.columns for one in found] == columns:
            missing = {
                (index, name)
                for index, name in missing
                if found[index].rows.get(name) != expected[index].rows[name]
            }
            if not missing:
                return True
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_kubectl_get_printed_is_printed_here(path: Path) -> None:
    name = f"{path.parent.name}/{path.stem}"
    tolerance = BY_CHANCE.get(name, TOLERANCE)
    cluster = booting(path)
    wrong = []
    for t, command, output in sorted(entries(path)):
        cluster.run_until(max(t - tolerance, cluster.now))
        if not agrees(tables(output), around(cluster, command, t, tolerance)):
            wrong.append((t / SECOND, command))
    assert wrong == KNOWN.get(name, [])
