import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.lessons.all_frames import decode
from visualizer.rooms.frames.stage import Ack, Act, Inspect, Resync, Transport


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"type":"ack","seq":3}', Ack(seq=3)),
        ('{"type":"resync"}', Resync()),
        (
            '{"type":"command","id":"a","seenT":-5,"do":"stop-kubelet","target":"n1","args":{"x":1.5}}',
            Act(id="a", seen_t=-5, do="stop-kubelet", target="n1", args={"x": 1.5}),
        ),
        ('{"type":"transport","action":"speed","speed":600}', Transport(action="speed", speed=600)),
        ('{"type":"inspect","part":"n1.kubelet"}', Inspect(part="n1.kubelet")),
    ],
)
def test_a_frame_of_each_kind_is_read(text: str, frame: object) -> None:
    assert decode(text) == frame


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":"tick","seq":1}',
        '{"type":"ack","seq":-1}',
        '{"type":"ack","seq":1,"more":true}',
        '{"type":"transport","action":"rewind"}',
        '{"type":"transport","action":"speed","speed":601}',
        '{"type":"transport","action":"speed","speed":0}',
        '{"type":"command","id":"a","seenT":0,"do":""}',
        '{"type":"command","id":"a","seenT":0,"do":"x","args":{"y":[1]}}',
        '{"type":"command","id":"a","seenT":1e99,"do":"x"}',
        json.dumps({"type": "command", "id": "a", "seenT": 0, "do": "x" * 201}),
        json.dumps(
            {"type": "command", "id": "a", "seenT": 0, "do": "x", "args": {str(n): n for n in range(65)}}
        ),
        json.dumps({"type": "inspect", "part": "p" * 201}),
    ],
)
def test_a_frame_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["type", "id", "seq", "seenT", "do", "target", "args", "action", "speed", "on", "part", "at"]
)
TYPES = st.sampled_from(["ack", "resync", "command", "transport", "inspect", "look", "why", "fork"])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(FIELDS, VALUES), TYPES)
def test_no_json_whatever_does_more_than_be_refused(fields: dict[str, object], kind: str) -> None:
    with suppress(msgspec.DecodeError):
        decode(json.dumps({**fields, "type": kind}))


@given(st.binary())
def test_no_bytes_whatever_do_more_than_be_refused(frame: bytes) -> None:
    with suppress(msgspec.DecodeError):
        decode(frame)
