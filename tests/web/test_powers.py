"""Every pair of role and action in a room that teaches."""

from typing import Any, get_args

import pytest

from visualizer.lessons.class_frames import Led, Polling
from visualizer.lessons.frames import Answered, Move, Named
from visualizer.lessons.models import Mode
from visualizer.lessons.powers import forbidden
from visualizer.rooms.frames import branching, questions, stage
from visualizer.rooms.frames.console import Console
from visualizer.rooms.permissions import Actor
from visualizer.rooms.roles import Role


def act(target: str = "n1", **more: Any) -> stage.Act:
    return stage.Act(id="a", seen_t=0, do="stop-kubelet", target=target, **more)


FRAMES: dict[str, Any] = {
    "ack": stage.Ack(seq=1),
    "resync": stage.Resync(),
    "inspect": stage.Inspect(part="n1"),
    "why": questions.Why(id="a"),
    "why-not": questions.WhyNot(id="a", object="n1"),
    "look": stage.Look(t=0),
    "live": stage.Live(),
    "play": stage.Transport(action="play"),
    "pause": stage.Transport(action="pause"),
    "speed": stage.Transport(action="speed", speed=2),
    "ease": stage.Transport(action="ease"),
    "next-event": stage.Transport(action="next-event"),
    "act on own": act("n1"),
    "act on other": act("n2"),
    "act in past": act("n1", at=0),
    "fork": branching.Fork(id="a", t=0),
    "switch": branching.Switch(id="a", branch=1),
    "tree": branching.Tree(),
    "rename": branching.Rename(id="a", branch=1, name="x"),
    "what-if": questions.WhatIf(id="a", input=questions.InputRef(kind="command", index=0)),
    "foresee": questions.Foresee(id="a", commands=(questions.Trial(do="stop-kubelet", target="n1"),)),
    "apply": stage.Act(id="a", seen_t=0, do="apply", target="n1", args={"manifest": "{}"}),
    "console": Console(id="a", line="kubectl get nodes"),
    "console in past": Console(id="a", line="kubectl get nodes", t=0),
    "inspect in past": stage.Inspect(part="n1", t=0),
    "lesson": Move(step=1),
    "answer": Answered(ask="q", round=1, answer="x"),
    "poll": Polling(ask="q", action="open"),
    "name": Named(nickname="Ada"),
    "lead": Led(mode="roles"),
}
ALWAYS = {"ack", "resync", "live", "tree", "answer", "name"}
LOOKING = ALWAYS | {"inspect", "inspect in past", "why", "why-not", "look", "console", "console in past"}
CONTROLS = {"play", "pause", "speed", "ease", "next-event"}
BRANCHES = {"fork", "switch", "rename", "what-if", "foresee"}
ACTING = {"act on own", "act on other", "act in past"}
POWERS = ("inspect", "why", "rewind", "play", "speed", "step", "fork", "console")
EVERY_POWER = (*POWERS, "stop-kubelet")

EXPECTED = [
    (Actor(Role.STAFF, Mode.FOLLOW), set(FRAMES)),
    (Actor(Role.STAFF, Mode.ROLES), set(FRAMES)),
    (Actor(Role.STAFF, Mode.ALONE), set(FRAMES)),
    (Actor(Role.WATCH, Mode.FOLLOW, EVERY_POWER), LOOKING),
    (Actor(Role.WATCH, Mode.FOLLOW, (), free=True), LOOKING),
    (Actor(Role.WATCH, Mode.FOLLOW), ALWAYS),
    (Actor(Role.ACT, Mode.ROLES, EVERY_POWER, node="n1"), LOOKING | {"act on own"}),
    (Actor(Role.ACT, Mode.ROLES, ("inspect",), node="n1"), ALWAYS | {"inspect"}),
    (Actor(Role.ACT, Mode.ROLES, EVERY_POWER), LOOKING),
    (Actor(Role.ACT, Mode.ALONE), ALWAYS | {"lesson"}),
    (
        Actor(Role.ACT, Mode.ALONE, ("inspect", "why", "play")),
        ALWAYS | {"inspect", "why", "why-not", "play", "pause", "lesson"},
    ),
    (Actor(Role.ACT, Mode.ALONE, ("stop-kubelet",)), ALWAYS | {"act on own", "act on other", "lesson"}),
    (Actor(Role.ACT, Mode.ALONE, EVERY_POWER), LOOKING | CONTROLS | BRANCHES | ACTING | {"lesson"}),
    (
        Actor(Role.ACT, Mode.ALONE, (), free=True),
        LOOKING | CONTROLS | BRANCHES | ACTING | {"apply", "lesson"},
    ),
    (Actor(Role.ACT, Mode.ROLES, (), free=True, node="n1"), LOOKING | {"act on own"}),
    (Actor(Role.ACT, Mode.ROLES, ("apply",), node="n1"), ALWAYS),
    (Actor(Role.ACT), LOOKING | CONTROLS | BRANCHES | ACTING | {"apply"}),
    (Actor(Role.WATCH), LOOKING),
    (Actor(Role.STAFF), set(FRAMES)),
    (Actor(Role.WATCH, Mode.ALONE), ALWAYS),
]


@pytest.mark.parametrize(("who", "allowed"), EXPECTED)
def test_a_role_may_do_this_and_nothing_else(who: Actor, allowed: set[str]) -> None:
    assert {name for name, frame in FRAMES.items() if forbidden(who, frame) is None} == allowed


def test_every_frame_of_a_browser_is_in_the_table() -> None:
    known = {type(frame) for frame in FRAMES.values()}
    for union in (stage.FrameOfStage, questions.Question, branching.BranchChange):
        assert set(get_args(union)) <= known
