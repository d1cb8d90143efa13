"""The extractor fed with the timelines of recordings has to find exactly the milestones written in them."""

from collections import Counter
from pathlib import Path

import pytest

from clustersim.conformance import vocabulary
from clustersim.conformance.compare import judge
from clustersim.conformance.milestones import extract
from clustersim.conformance.recording import read
from clustersim.conformance.report import lines
from clustersim.engine.time import seconds

from .recorded import recorded

GOLDEN = Path(__file__).parents[2] / "golden"
FILES = sorted(GOLDEN.glob("v1.[78].*/*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_milestones_of_a_recording_follow_from_its_timeline(path):
    recording = read(path)
    names = {m.name for m in recording.milestones}
    found = Counter(
        (m.name, m.of, m.action, m.t, str(m.value))
        for m in extract(recording, recorded(recording))
        if m.name not in vocabulary.CONTAINER_MILESTONES or m.name in names
    )
    written = Counter((m.name, m.of, m.action, seconds(m.t), str(m.value)) for m in recording.milestones)
    assert found == written


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recording_agrees_with_itself_nevers_and_end_included(path):
    recording = read(path)
    result = judge(path.name, recording, recorded(recording))
    assert result.passes, "\n".join(lines(result))


def test_there_are_recordings_of_both_releases():
    assert {path.parent.name for path in FILES} == {"v1.7.5", "v1.8.0"}
