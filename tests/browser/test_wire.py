"""The page's end of the WebSocket: nothing is lost in silence, and nothing is drawn from a gap."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ROOM_PATH, Wire, wait_for
from tests.browser.views import SECOND, lost, pod, view

Open = Callable[..., Wire]


def inspected(**fields: Any) -> dict[str, Any]:
    empty = {"job": {"en": "", "zh": ""}, "flags": [], "ports": [], "health": None, "log": []}
    return {"part": "n1", "data": {**empty, "actions": [stop_kubelet()], **fields}}


def stop_kubelet() -> dict[str, Any]:
    return {
        "do": "stop-kubelet",
        "target": "n1",
        "label": {"en": "Stop kubelet", "zh": "停止 kubelet"},
        "args": {},
    }


def test_ticks_are_acknowledged_sixteen_at_a_time(page: Page, stage: Open) -> None:
    wire = stage(view())
    for second in range(1, 17):
        wire.tick(t=second * SECOND)
    wait_for(page, lambda: [frame["seq"] for frame in wire.heard("ack")] == [0, 16])


def test_a_gap_is_not_drawn_but_asked_about(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.seq += 1
    wire.tick({"nodes": {"n1": None}}, t=SECOND)
    wait_for(page, lambda: len(wire.heard("resync")) == 1)
    assert page.locator("[data-node]").count() == 3
    wire.snapshot(view(nodes=[lost("n1", [])]), t=SECOND)
    expect(page.locator("[data-node]")).to_have_count(1)


def test_a_lost_connection_is_said_and_comes_back(page: Page, stage: Open) -> None:
    wire = stage(view())
    page.evaluate(
        """() => {
          window.said = [];
          const notices = document.getElementById("notices");
          new MutationObserver(() => said.push(notices.textContent)).observe(notices, { childList: true });
        }"""
    )
    wire.connections[-1].close()
    page.wait_for_function("said.some(text => text.includes('no connection'))")
    wait_for(page, lambda: len(wire.connections) == 2)
    wire.snapshot(view(), t=90 * SECOND)
    expect(page.locator("#clock-time")).to_have_text("00:01:30")
    expect(page.locator("#notices")).to_be_empty()


def test_a_stopped_room_is_not_tried_again(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.connections[-1].close(code=4410, reason="stopped")
    expect(page.locator("#notices")).to_contain_text("has ended")
    page.wait_for_timeout(1500)
    assert len(wire.connections) == 1


def test_a_room_that_ends_before_it_is_open_shows_no_progress_any_more(page: Page, room_address: str) -> None:
    wire = Wire()
    page.route_web_socket("**/ws/**", wire.connected)
    page.goto(f"{room_address}{ROOM_PATH}")
    wait_for(page, lambda: bool(wire.connections))
    wire.send("welcome", role="visitor", canAct=True)
    wire.send("opening", phase="boot", share=0.3, left=20)
    expect(page.get_by_role("progressbar")).to_be_visible()
    wire.connections[-1].close(code=4507)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.locator(".opening-words")).to_have_text("This room has ended.")
    expect(page.get_by_role("link", name="Cancel")).to_be_visible()


def test_a_room_that_does_not_open_is_said_once_however_often_it_is_tried(page: Page, stage: Open) -> None:
    wire = stage(view())
    for attempt in range(3):
        reason = {"en": "This room could not be opened.", "zh": ""}
        wire.send("error", message=reason)
        wire.connections[-1].close(code=4503)
        wait_for(page, lambda attempt=attempt: len(wire.connections) == attempt + 2)
    notices = page.locator("#notices .notice")
    expect(notices).to_have_count(1)
    expect(notices).to_contain_text("could not be opened. There is no connection to the room. Trying again")
    wire.snapshot(view(), t=SECOND)
    expect(page.locator("#notices")).to_be_empty()


def test_what_keeps_a_room_from_going_on_stays_and_leads_to_a_minute_before(page: Page, stage: Open) -> None:
    wire = stage(view())
    told = {"en": "The simulation fails.", "zh": ""}
    wire.send("trouble", text=told, branch=1, good=150 * SECOND)
    page.wait_for_timeout(8500)  # other notices are gone after eight seconds
    expect(page.locator("#notices")).to_contain_text("The simulation fails.")
    page.get_by_role("button", name="Look a minute before").click()
    wait_for(page, lambda: [frame["t"] for frame in wire.heard("look")] == [90 * SECOND])
    wire.send("trouble", text=None, branch=None, good=None)
    expect(page.locator("#notices")).to_be_empty()


def test_a_room_that_plays_and_is_not_heard_is_said(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.tick(t=SECOND, playing=True)
    expect(page.locator("#notices")).to_contain_text("Nothing comes from the server", timeout=10_000)
    wire.tick(t=2 * SECOND, playing=True)
    expect(page.locator("#notices")).to_be_empty()


def test_a_button_sends_its_command_with_the_time_its_viewer_saw(page: Page, stage: Open) -> None:
    wire = stage(view(), t=7 * SECOND)
    wire.send("inspect", **inspected())
    page.get_by_role("button", name="Stop kubelet").click()
    wait_for(page, lambda: len(wire.heard("command")) == 1)
    [command] = wire.heard("command")
    expected = {"do": "stop-kubelet", "target": "n1", "args": {}, "seenT": 7 * SECOND, "now": False}
    assert {name: command[name] for name in expected} == expected


def test_a_flag_of_the_control_plane_gets_another_value(page: Page, stage: Open) -> None:
    wire = stage(view())
    page.locator('#control [data-part="controller-manager"]').click()
    flag = {
        "name": "node-monitor-grace-period",
        "value": "40s",
        "default": "40s",
        "help": {"en": "", "zh": ""},
    }
    flags = [flag | {"modelled": True}, flag | {"name": "v", "modelled": False}]
    known = {"job": {"en": "", "zh": ""}, "flags": flags}
    wire.send("inspect", part="controller-manager", data=known)
    page.get_by_role("button", name="Change").click()
    wire.send("inspect", part="controller-manager", data=known | {"log": ["something new"]})
    page.get_by_label("--node-monitor-grace-period", exact=True).fill("20s")
    page.get_by_role("button", name="Set", exact=True).click()
    wait_for(page, lambda: len(wire.heard("command")) == 1)
    [command] = wire.heard("command")
    expected = {"do": "set-flags", "target": "controller-manager", "args": {flag["name"]: "20s"}}
    assert {name: command[name] for name in expected} == expected


def test_a_refused_command_says_why_and_what_could_be_done_instead(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.send("inspect", **inspected())
    page.get_by_role("button", name="Stop kubelet").click()
    wait_for(page, lambda: len(wire.heard("command")) == 1)
    reason = {"en": "The room has moved on.", "zh": "时间已过。"}
    wire.send("rejected", id=wire.heard("command")[0]["id"], reason=reason, offer="now")
    expect(page.locator("#notices")).to_contain_text("The room has moved on.")
    page.get_by_role("button", name="Do it now").click()
    wait_for(page, lambda: len(wire.heard("command")) == 2)
    assert wire.heard("command")[1]["now"] is True


def test_a_command_on_a_lost_connection_is_not_lost_in_silence(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.send("inspect", **inspected())
    page.get_by_role("button", name="Stop kubelet").click()
    wait_for(page, lambda: len(wire.heard("command")) == 1)
    wire.connections[-1].close()
    expect(page.locator("#notices")).to_contain_text("nothing was done")


def test_who_may_only_watch_has_no_working_buttons(page: Page, stage: Open) -> None:
    wire = stage(view())
    wire.send("welcome", role="visitor", canAct=False)
    wire.send("inspect", **inspected())
    expect(page.get_by_role("button", name="Stop kubelet")).to_be_disabled()
    expect(page.locator("#play")).to_be_disabled()


def test_a_large_snapshot_is_fetched_and_the_ticks_that_came_meanwhile_go_on_from_it(
    page: Page, stage: Open
) -> None:
    wire = stage(view())
    large = {"type": "snapshot", "branch": 1, "epoch": 1, "view": view(nodes=[lost("n1", [pod("tomcat-a")])])}
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/snapshot.json", hold)
    wire.send("snapshot", branch=1, epoch=1, view=None, href="/rooms/ABC234/snapshot.json", **wire.pace())
    wait_for(page, lambda: bool(asked))
    fetched = json.dumps({**large, **wire.pace(seq=wire.seq + 10)})
    for second in range(1, 21):
        wire.tick(t=second * SECOND)
    wait_for(page, lambda: wire.heard("ack")[-1]["seq"] == wire.seq - 4)
    asked[0].fulfill(body=fetched, content_type="application/json")
    expect(page.locator("[data-node]")).to_have_count(1)
    expect(page.locator("#clock-time")).to_have_text("00:00:20")
    assert not wire.heard("resync")


@pytest.mark.parametrize(("playing", "says"), [(True, "pause"), (False, "play")])
def test_space_plays_and_pauses(page: Page, stage: Open, playing: bool, says: str) -> None:
    wire = stage(view(), playing=playing, rate=1.0 if playing else 0.0)
    page.locator("#nodes").focus()
    page.keyboard.press("Space")
    wait_for(page, lambda: [frame["action"] for frame in wire.heard("transport")] == [says])
