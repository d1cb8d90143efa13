"""Prints a digest of what happens in every example, lesson and recording: did a change keep the behaviour?

    python -m scripts.traces > before.txt
    ... change ...
    python -m scripts.traces | diff before.txt -

A line is the digest of the events, the digest of the last state, and what was run. The first tells whether
the same happens; the second also differs when only the memory of a component is laid out otherwise. Words
after the script choose: only runs whose name contains one of them.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from clustersim import Cluster, CommandError, Scenario, load_scenario
from clustersim.conformance.recording import read
from clustersim.conformance.setup import prepare
from clustersim.engine.time import SECOND
from clustersim.lesson import load_lesson
from clustersim.lesson.checking.check import shipped
from clustersim.lesson.play import play

ROOT: Final = Path(__file__).parent.parent
COLLECT_EVERY: Final = 10 * SECOND
"""The record forgets details with time, so it is read on the way."""


def scenario_line(scenario: Scenario) -> str:
    """The digests of a scenario run to its end."""
    hashed = hashlib.blake2b(digest_size=16)
    cluster = Cluster(scenario)
    last = 0
    while True:
        for event in cluster.record.since(last):
            hashed.update(msgspec.json.encode(event) + b"\n")
            last = event.id
        if cluster.now >= scenario.until:
            return f"{hashed.hexdigest()} {cluster.state_hash()}"
        try:
            cluster.run_until(min(cluster.now + COLLECT_EVERY, scenario.until))
        except CommandError as error:  # an action aimed at what chance put elsewhere: the run ends with it
            return f"{hashed.hexdigest()} {error}"


def lines(words: list[str]) -> Iterator[str]:
    """A line for every run that is chosen."""

    def chosen(name: str) -> bool:
        return not words or any(word in name for word in words)

    for path in sorted((ROOT / "examples").glob("*.yaml")):
        if chosen(name := f"examples/{path.name}"):
            yield f"{scenario_line(load_scenario(path))} {name}"
    for path in sorted((ROOT / "tests" / "golden").glob("*/*.json")):
        if chosen(name := f"golden/{path.parent.name}/{path.name}"):
            yield f"{scenario_line(prepare(read(path)).scenario)} {name}"
    for path in shipped():
        lesson = load_lesson(path)
        for release in lesson.releases:
            if chosen(name := f"lessons/{path.name} {release}"):
                run = play(lesson, release)
                hashed = hashlib.blake2b(digest_size=16)
                for item in (*run.progress.transcript, *run.cluster.record):
                    hashed.update(msgspec.json.encode(item) + b"\n")
                yield f"{hashed.hexdigest()} {run.cluster.state_hash()} {name}"


if __name__ == "__main__":
    for line in lines(sys.argv[1:]):
        print(line, flush=True)
