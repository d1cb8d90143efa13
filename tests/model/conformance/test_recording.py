import json
from pathlib import Path

import pytest

from clustersim.conformance.recording import RecordingError, UnsupportedError, parse
from clustersim.conformance.validation import check

SEED = Path(__file__).parents[2] / "golden" / "v1.7.5" / "seed-run1.json"


def changed(**changes):
    """The bytes of a good recording with some keys replaced."""
    return json.dumps({**json.loads(SEED.read_text()), **changes}).encode()


def test_every_recording_in_the_folder_is_understood():
    for path in SEED.parents[1].glob("*/*.json"):
        check(parse(path.read_bytes()))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"{", b'{"format": 1, "release": "v1.7.5"}'])
def test_a_file_that_is_no_recording_is_broken(data):
    with pytest.raises(RecordingError):
        parse(data)


def test_another_format_is_unsupported():
    with pytest.raises(UnsupportedError, match="format golden/2"):
        parse(changed(format="golden/2"))


def test_a_release_without_a_model_is_unsupported():
    with pytest.raises(UnsupportedError, match=r"release v1\.12\.0"):
        parse(changed(release="v1.12.0"))


def test_an_unknown_key_is_unsupported_and_named():
    with pytest.raises(UnsupportedError, match="key weather"):
        parse(changed(weather="fine"))


def test_a_missing_key_is_broken_and_named():
    data = json.loads(SEED.read_text())
    del data["final"]
    with pytest.raises(RecordingError, match="final"):
        parse(json.dumps(data).encode())


def test_an_unknown_action_is_unsupported():
    actions = [{"t": 0.0, "do": "set-on-fire", "target": "n3"}]
    with pytest.raises(UnsupportedError, match="action set-on-fire"):
        check(parse(changed(actions=actions, milestones=[])))


def test_an_unknown_argument_of_an_action_is_unsupported():
    actions = [{"t": 0.0, "do": "stop-kubelet", "target": "n3", "replicas": 3}]
    with pytest.raises(UnsupportedError, match="argument replicas of action stop-kubelet"):
        check(parse(changed(actions=actions, milestones=[])))


def test_an_unknown_milestone_is_unsupported():
    milestones = [{"name": "node-melted", "of": "n3", "t": 1.0}]
    with pytest.raises(UnsupportedError, match="milestone node-melted"):
        check(parse(changed(milestones=milestones)))


def test_an_unknown_never_is_unsupported():
    never = [{"name": "node-melted", "of": "n3", "from": 0.0, "until": 1.0}]
    with pytest.raises(UnsupportedError, match="never node-melted"):
        check(parse(changed(never=never)))


def test_an_action_at_a_node_that_is_not_there_is_broken():
    actions = [{"t": 0.0, "do": "stop-kubelet", "target": "n9"}]
    with pytest.raises(RecordingError, match="no node n9"):
        check(parse(changed(actions=actions, milestones=[])))


def test_an_end_before_the_last_action_is_broken():
    final = {"t": 10.0, "placement": {}}
    with pytest.raises(RecordingError, match="before the last action"):
        check(parse(changed(final=final)))


def test_a_time_beyond_measure_is_broken():
    milestones = [{"name": "node-not-ready", "of": "n3", "t": 1e300}]
    with pytest.raises(RecordingError, match="beyond"):
        check(parse(changed(milestones=milestones)))


def test_a_cpu_that_is_no_quantity_is_broken():
    nodes = json.loads(SEED.read_text())["nodes"]
    nodes[0]["cpu"] = "two"
    with pytest.raises(RecordingError, match="cpu of n1 is no quantity"):
        check(parse(changed(nodes=nodes)))


def test_more_pods_than_any_recording_has_are_broken():
    actions = [{"t": 0.0, "do": "scale", "target": "rc/tomcat", "replicas": 10**9}]
    with pytest.raises(RecordingError, match="replicas must be"):
        check(parse(changed(actions=actions, milestones=[])))
