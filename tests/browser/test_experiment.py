"""The experiment, by clicking in a real room: what the page shows is what the model computes."""

import re
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.explain.next_event import next_event_at
from clustersim.view import build_view
from tests.browser.accessibility import serious
from tests.conftest import Server

SHOWN = """() => Object.fromEntries([...document.querySelectorAll("[data-node]")].map(card => {
  const text = (where, what) => where.querySelector(what).textContent;
  const names = kind => [...card.querySelectorAll(`button.chip.${kind}:not([hidden])`)]
    .map(chip => `${text(chip, ".chip-app")}-${text(chip, ".chip-id")}`).sort();
  return [card.dataset.node, {
    status: text(card, ".pill"), pods: names("pod"), containers: names("container"),
    differs: Number(text(card, ".differs-mark").replace(/\\D/g, "") || 0),
  }];
}))"""


def expected(model: Cluster) -> dict[str, Any]:
    """What the page should show of the model."""
    view = msgspec.to_builtins(build_view(model))
    return {
        name: {
            "status": node["printed"].split()[1],
            "pods": sorted(pod["name"] for pod in node["pods"]),
            "containers": sorted(container["pod"] for container in node["containers"]),
            "differs": len(node["differs"]),
        }
        for name, node in view["nodes"].items()
    }


def click_part(page: Page, part: str, action: str) -> None:
    page.locator(f'#stage [data-part="{part}"]').click()
    page.locator(f'[data-do="{action}"]').click()
    expect(page.locator(f'[data-do="{action}"]')).to_be_hidden()


def play_until(page: Page, minute: int) -> int:
    """Plays at full speed until the clock shows that minute, pauses, and returns the second it shows."""
    page.locator("#speed").select_option("600")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(
        "minute => { const t = document.getElementById('clock-time').textContent.split(':').map(Number);"
        " return t[0] * 60 + t[1] >= minute; }",
        arg=minute,
    )
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#achieved")).to_have_text("paused")
    hours, minutes, rest = map(int, page.locator("#clock-time").inner_text().split(":"))
    return hours * 3600 + minutes * 60 + rest


def time_of(page: Page, sentence: str) -> str:
    """When the page says that this happened."""
    event = page.locator(".event").filter(has_text=re.compile(sentence)).last
    return event.locator("time").inner_text()


def test_the_experiment_shows_what_the_model_says(page: Page, server: Server) -> None:
    model = Cluster(default_scenario())
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    expect(page.locator("#clock-time")).to_have_text("00:00:00")
    assert page.evaluate(SHOWN) == expected(model)

    click_part(page, "n3.kubelet", "stop-kubelet")
    model.apply(Command("stop-kubelet", "n3"))
    lost = play_until(page, minute=6)
    model.run_until(seconds(lost))
    shown = page.evaluate(SHOWN)
    assert shown == expected(model)
    assert shown["n3"]["status"] == "NotReady"
    assert shown["n3"]["differs"] == len(shown["n3"]["containers"]) == 2
    page.get_by_role("tab", name="Events").click()
    [unknown] = [event for event in model.record.since(0) if event.verb == "mark-unknown"]
    assert time_of(page, "^.*n3 is marked Unknown") == f"00:00:{unknown.t // 1_000_000:02d}"

    click_part(page, "n3.kubelet", "start-kubelet")
    model.apply(Command("start-kubelet", "n3"))
    model.run_until(seconds(play_until(page, minute=lost // 60 + 3)))
    shown = page.evaluate(SHOWN)
    assert shown == expected(model)
    assert shown["n3"] == {"status": "Ready", "pods": [], "containers": [], "differs": 0}


def test_the_next_event_is_the_next_of_the_model(page: Page, server: Server) -> None:
    model = Cluster(default_scenario())
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    click_part(page, "n1.kubelet", "stop-kubelet")
    model.apply(Command("stop-kubelet", "n1"))
    due = next_event_at(model)
    assert due is not None
    page.get_by_role("button", name="Next event").click()
    whole = due // 1_000_000
    expect(page.locator("#clock-time")).to_have_text(f"00:{whole // 60:02d}:{whole % 60:02d}")


def test_the_language_is_switched_on_the_page(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    page.locator("#language").click()
    expect(page.locator("#nodes")).to_contain_text("docker 实际运行")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("#language").click()
    expect(page.locator("#nodes")).to_contain_text("docker really runs")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_in_a_real_room(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server.url}/rooms/{server.new_room()}/")
    page.locator('#nodes [data-part="n1"]').click()
    page.locator('#nodes [data-part="n1.kubelet"]').click()
    expect(page.locator("#inspect .flags")).to_be_visible()
    assert serious(page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_newcomer_starts_a_cluster_with_one_click(page: Page, server: Server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(server.url)
    page.get_by_role("button", name="Start a cluster").click()
    expect(page.locator('[data-node="n1"] .pill')).to_have_text("Ready")
    expect(page.locator("#viewers")).to_have_text("1")


def test_a_wrong_code_is_said_on_the_landing_page(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_label("Room code").fill("nosuch")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("no room with this code")
