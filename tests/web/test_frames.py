import json

import msgspec
import pytest

from visualizer.rooms.frames import Ack, Act, Inspect, Resync, Transport, decode


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
