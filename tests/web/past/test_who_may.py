"""Who may do what with the past: every role and every action."""

import pytest
from django.contrib.auth.models import User

from tests.web.past.runs import SECOND
from tests.web.viewers import Frame, Viewer, Visit, cookie_of
from visualizer.rooms.models import Branch, Room

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES = [
    {"type": "command", "id": "q", "seenT": 0, "do": "stop-kubelet", "target": "n1", "at": 0},
    {"type": "fork", "id": "q", "t": 0},
    {"type": "rename", "id": "q", "branch": 0, "name": "mine"},
    {"type": "switch", "id": "q", "branch": 0},
    {"type": "foresee", "id": "q", "commands": [{"do": "stop-kubelet", "target": "n1"}], "ahead": SECOND},
    {
        "type": "what-if",
        "id": "q",
        "input": {"kind": "release"},
        "instead": {"value": "v1.8"},
    },
]
LOOKS = [
    {"type": "look", "t": 0},
    {"type": "live"},
    {"type": "why-not", "id": "q", "object": "n1"},
    {"type": "why", "id": "q", "object": "n1"},
    {"type": "inspect", "part": "n1", "t": 0},
]


def name_of(frame: Frame) -> str:
    return str(frame["type"])


async def answer_to(room: Room, viewer: Viewer, frame: Frame) -> str:
    if "branch" in frame:
        frame = {**frame, "branch": room.branch_id}
    await viewer.say(**frame)
    types = (
        "accepted",
        "rejected",
        "failed",
        "made",
        "foresee",
        "why",
        "why-not",
        "past",
        "inspect",
        "snapshot",
    )
    return str((await viewer.hear(*types))["type"])


@pytest.mark.parametrize("frame", CHANGES, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act", "watch"])
async def test_only_who_may_act_changes_branches(
    room: Room, visit: Visit, staff: User, role: str, frame: Frame
) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=role == "act")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    found = await answer_to(room, viewer, frame)
    assert (found in ("rejected", "failed")) == (role == "watch")
    if role == "watch":
        assert await Branch.objects.acount() == 1


@pytest.mark.parametrize("frame", LOOKS, ids=name_of)
@pytest.mark.parametrize("role", ["staff", "act", "watch"])
async def test_everybody_may_look_back_and_ask(
    room: Room, visit: Visit, staff: User, role: str, frame: Frame
) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=role == "act")
    viewer = await visit(room, await cookie_of(staff) if role == "staff" else "")
    assert await answer_to(room, viewer, frame) not in ("rejected", "failed")
