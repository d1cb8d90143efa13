"""What the stage shows of a view: belief beside reality, the rings, the words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from clustersim.kubectl.ages import human_duration, short_human_duration
from tests.browser.conftest import Wire
from tests.browser.views import SECOND, container, deadline, lost, many, node, pod, view

Open = Callable[..., Wire]


def test_ages_are_written_as_kubectl_of_each_release_writes_them(page: Page, stage: Open) -> None:
    spans = [limit * factor + more for limit in (1, 60, 3600, 86_400, 31_536_000) for factor in range(13)
             for more in (-2, -1, 0, 1, 61, 3_601)]  # fmt: skip
    ways = {"short": short_human_duration, "human": human_duration}
    lines = [f"{{{way}:{-span}}}" for way in ways for span in spans]
    stage(view([node("n1", printed="   ".join(lines))]))
    expect(page.locator(".kubectl-output")).to_contain_text(
        "   ".join(written(span * SECOND) for written in ways.values() for span in spans)
    )


def test_a_lost_node_says_when_its_pods_are_evicted(page: Page, stage: Open) -> None:
    pods = [pod("tomcat-aaaaa", podReady=False)]
    due = [
        deadline("grace", "n1", 0, 40 * SECOND, fired=True),
        deadline("eviction", "n1", 0, 300 * SECOND, originKind="probe"),
    ]
    stage(view([lost("n1", pods)], due), t=205 * SECOND)
    card = page.locator('[data-node="n1"]')
    expect(card.locator(".pill")).to_have_text("NotReady")
    expect(card).to_contain_text("last heartbeat 3:25 ago")
    expect(card).to_contain_text("evict in 1:35 of 5:00")
    expect(card).to_contain_text("kubelet stopped")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("minutes", [10, 600])
def test_how_long_a_node_has_been_silent_is_read_whole(
    page: Page, stage: Open, minutes: int, language: str
) -> None:
    due = [deadline("grace", "n3", 0, 40 * SECOND, fired=True)]
    t = (60 * minutes + 37) * SECOND
    stage(view([node("n1", []), node("n2", []), lost("n3", [])], due), language, t=t)
    words = page.locator('[data-node="n3"] .ring-first')
    expect(words).to_contain_text(":37")
    assert words.evaluate("words => words.scrollWidth - words.clientWidth") <= 0


def test_a_pod_that_prints_running_but_is_not_ready_has_a_glyph_of_its_own(page: Page, stage: Open) -> None:
    stage(view([lost("n1", [pod("tomcat-aaaaa", podReady=False)])]))
    chip = page.locator("#nodes .chip.pod").first
    assert chip.get_attribute("data-state") == "unready"
    assert chip.locator("use").get_attribute("href") == "#i-unready"


def test_orphans_and_ghosts_are_counted_and_joined(page: Page, stage: Open) -> None:
    terminating = pod("tomcat-aaaaa", status="Unknown", deleting=True, podReady=False)
    ghost = pod("tomcat-bbbbb")
    differs = [
        {"kind": "orphan", "podUid": terminating["uid"], "container": "c1", "pod": terminating["name"]},
        {"kind": "ghost", "podUid": ghost["uid"], "container": None, "pod": ghost["name"]},
    ]
    stage(view([node("n1", [terminating, ghost], containers=[container(terminating)], differs=differs)]))
    expect(page.locator(".differs-mark").first).to_have_text("differs: 2")
    expect(page.locator(".pair[data-differs]")).to_have_count(2)
    expect(page.locator('.pair[data-differs="ghost"] .container.empty')).to_be_visible()


def test_a_container_without_a_pod_stands_under_an_empty_place(page: Page, stage: Open) -> None:
    gone = pod("tomcat-aaaaa")
    differs = [{"kind": "orphan", "podUid": gone["uid"], "container": "c1", "pod": gone["name"]}]
    stage(view([node("n1", [], containers=[container(gone)], differs=differs)]))
    pair = page.locator('.pair[data-differs="orphan"]')
    expect(pair.locator(".pod.empty")).to_have_text("gone")
    expect(pair.locator(".container:not(.empty)")).to_contain_text("aaaaa")


def test_what_kubectl_prints_follows_the_selection(page: Page, stage: Open) -> None:
    stage(view())
    expect(page.locator(".kubectl")).to_contain_text("kubectl get node n1")
    page.locator("#nodes button.chip.pod").nth(1).click()
    expect(page.locator(".kubectl")).to_contain_text("kubectl get pod tomcat-n2abc -o wide")
    expect(page.locator(".kubectl-output")).to_contain_text("1/1")


def test_a_pod_that_is_gone_is_not_printed_and_the_next_of_its_name_is(page: Page, stage: Open) -> None:
    wire = stage(view([node("n1", [pod("db-1", printed="db-1   1/1   Unknown   0   9m")])]))
    page.locator("#nodes button.chip.pod").click()
    expect(page.locator(".kubectl-output")).to_contain_text("Unknown")
    wire.tick({"nodes": {"n1": node("n1")}})
    expect(page.locator(".kubectl-output")).to_have_text(
        'Error from server (NotFound): pods "db-1" not found'
    )
    wire.tick(
        {"nodes": {"n1": node("n1", [pod("db-1", uid="second", printed="db-1   1/1   Running   0   1s")])}}
    )
    expect(page.locator(".kubectl-output")).to_contain_text("Running")


def test_cards_are_whole_below_two_rows_of_owners(page: Page, stage: Open) -> None:
    known = view(
        [node(name, [pod(f"web-{name}{of}", app="web") for of in "abc"]) for name in ("n1", "n2", "n3")]
    )
    [(key, owner)] = known["workloads"].items()
    for name in ("agent", "ledger"):
        known["workloads"][key.replace("tomcat", name)] = owner | {"name": name, "app": name}
    stage(known)
    names = page.locator(".workload-name")
    expect(names).to_have_count(3)
    assert len({names.nth(place).bounding_box()["y"] for place in range(3)}) == 2
    for card in page.locator(".node").all():
        assert card.evaluate("card => card.scrollHeight - card.clientHeight") <= 0
    for name in names.all():
        expect(name).to_be_in_viewport(ratio=1)


def test_an_event_links_to_its_cause(page: Page, stage: Open) -> None:
    wire = stage(view())
    act = {"id": 1, "seq": 1, "t": 0, "kind": "act", "actor": "user", "object": "nodes/n1", "verb": "stop"}
    decision = {**act, "id": 2, "seq": 2, "t": 43 * SECOND, "kind": "decision", "verb": "not-ready"}
    texts = [
        {"en": "you stopped it", "zh": "你停了它"},
        {"en": "n1 became NotReady", "zh": "n1 变为 NotReady"},
    ]
    more = {"rule": None, "node": "n1"}
    wire.tick(
        t=44 * SECOND,
        events=[
            {**act, **more, "causes": [], "text": texts[0]},
            {**decision, **more, "causes": [1], "text": texts[1]},
        ],
    )
    page.get_by_role("tab", name="Events").click()
    page.get_by_role("button", name="because: you stopped it").click()
    expect(page.locator('.event[data-id="1"]')).to_be_focused()


def test_the_clock_does_not_run_on_when_nothing_is_heard(page: Page, stage: Open) -> None:
    stage(view(), t=10 * SECOND, playing=True, rate=1.0)
    page.wait_for_timeout(1500)
    expect(page.locator("#clock-time")).to_have_text("00:00:10")


def test_the_limiter_of_evictions_shows_its_queue(page: Page, stage: Open) -> None:
    crowded = view()
    crowded["control"]["controller-manager"]["zones"] = [
        {"zone": "west", "waiting": 30, "first": 8 * SECOND},
        {"zone": "east", "waiting": 4, "first": None},
    ]
    stage(crowded)
    limiter = page.locator(".limiter")
    expect(limiter).to_have_text("west30east4next in 8 s")
    expect(limiter).to_have_attribute("title", "34 nodes wait for the rate limiter · west: 30 · east: 4")
    box = page.locator(".box-controller-manager")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1")


@pytest.mark.parametrize(("t", "share"), [(190, 0.5), (400, 1.0)])
def test_a_tile_fills_as_its_eviction_comes_near(page: Page, stage: Open, t: int, share: float) -> None:
    due = [
        deadline("grace", "n7", 0, 40 * SECOND, fired=True),
        deadline("eviction", "n7", 40 * SECOND, 300 * SECOND),
    ]
    stage(view(many(100, n7=lost("n7", [])), due), t=t * SECOND)
    tile = page.locator('[data-node="n7"]')
    expect(tile).to_have_attribute("data-due", "eviction")
    drawn = float(tile.evaluate("tile => tile.style.getPropertyValue('--due')"))
    assert abs(drawn - share) < 0.1


def test_endpoints_of_an_owner_without_a_service_are_not_told(page: Page, stage: Open) -> None:
    served = view()
    served["workloads"]["rc/default/web"] = served["workloads"]["rc/default/tomcat"] | {
        "name": "web",
        "endpoints": None,
    }
    stage(served)
    endpoints = page.locator('.count[data-count="endpoints"]:visible')
    expect(endpoints).to_have_count(1)
    expect(page.locator(".count[data-short]")).to_have_count(0)


def test_a_replacement_appears_at_its_node_and_leaves_the_others_alone(page: Page, stage: Open) -> None:
    first = pod("tomcat-aaaaa")
    wire = stage(view([node("n1", [first])]))
    page.locator("#nodes button.chip.pod").evaluate("chip => chip.dataset.same = 'yes'")
    wire.tick({"nodes": {"n1": node("n1", [first, pod("tomcat-bbbbb")])}}, t=SECOND)
    expect(page.locator("#nodes button.chip.pod:visible")).to_have_count(2)
    expect(page.locator("#nodes button.chip.pod[data-same]")).to_contain_text("aaaaa")


def test_a_speed_that_is_not_reached_is_said_plainly(page: Page, stage: Open) -> None:
    stage(view(), playing=True, speed=30.0, rate=0.95)
    expect(page.locator("#achieved")).to_have_text("only 0.95× of 30×")
