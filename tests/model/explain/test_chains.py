"""Every milestone of every recording leads back to what somebody did or set, through whoever took part."""

from itertools import pairwise

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.api.conditions import says
from clustersim.api.core_v1 import Node
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND
from clustersim.explain import Chain, Link, why
from clustersim.explain.subject import newest_about, subject_of
from clustersim.explain.why import SHOWN
from tests.model.explain.recordings import REPEATABLE, run_of, shown_in

PASSES_THROUGH = {
    "node-not-ready": ("controller-manager", "kubelet"),
    "node-ready-again": ("kubelet",),
    "pods-ready-false-first": ("controller-manager", "kubelet"),
    "pods-unknown-first": ("controller-manager",),
    "pods-deletion-timestamp-first": ("controller-manager",),
    "eviction-announced": ("controller-manager",),
    "replacement-created": ("controller-manager",),
    "replacement-bound": ("scheduler",),
    "replacement-running": ("kubelet", "scheduler"),
    "replacement-ready": ("kubelet", "scheduler"),
    "scale-up-created": ("controller-manager",),
    "scale-up-bound": ("scheduler",),
    "container-launched": ("docker",),
    "old-containers-told-to-stop-first": ("docker", "kubelet"),
    "endpoints-shrunk": ("controller-manager",),
    "endpoints-full-again": ("controller-manager",),
    "pods-collected": ("controller-manager",),
}
"""Components that one would name; for a node and a kubelet either will do, since a cut has no kubelet."""

OF_TODAY = {
    "container-launched": {"docker": "containerd"},
    "old-containers-told-to-stop-first": {"docker": "kubelet"},  # an Event tells of it
    "old-containers-exited-first": {"docker": "containerd"},
}


def events(chain: Chain) -> list[Event]:
    return [link.event for link in chain.links if isinstance(link.event, Event)]


def components(chain: Chain) -> list[str]:
    found = [event.actor.partition("@")[0] for event in events(chain)]
    if any(event.kind in ("machine", "network", "process") for event in events(chain)):
        found.append("kubelet")
    return found


each_recording = pytest.mark.parametrize("name", REPEATABLE, scope="module")
"""One after another: a worker that has its run asks everything of it."""


@each_recording
def test_every_milestone_ends_in_an_act_or_a_setting(name: str) -> None:
    head = run_of(name).head
    origins = {shown.milestone.name: why(head, shown.event).origin.role for shown in shown_in(name)}
    assert origins
    assert {milestone: role for milestone, role in origins.items() if role not in ("act", "setting")} == {}


@each_recording
def test_every_milestone_passes_through_whom_one_would_name(name: str) -> None:
    head = run_of(name).head
    for shown in shown_in(name):
        wanted = PASSES_THROUGH.get(shown.milestone.name, ())
        if shown.milestone.value == "False":
            wanted = ("kubelet",)  # it says so itself
        if name.startswith("v1.36"):
            wanted = tuple(OF_TODAY.get(shown.milestone.name, {}).get(one, one) for one in wanted)
        found = components(why(head, shown.event))
        assert [component for component in wanted if component not in found] == [], shown


@each_recording
def test_no_chain_goes_from_one_pod_to_another_that_was_dealt_with_in_the_same_go(name: str) -> None:
    head = run_of(name).head
    for shown in shown_in(name):
        for before, after in pairwise(events(why(head, shown.event))):
            if before.kind == after.kind == "write":
                pods = before.object.startswith("pods/") and after.object.startswith("pods/")
                assert not pods or before.object == after.object, shown


@each_recording
def test_causes_come_before_their_effects(name: str) -> None:
    head = run_of(name).head
    for shown in shown_in(name):
        times = [link.t for link in why(head, shown.event).links if link.role != "routine"]
        assert times == sorted(times), shown


# --- what the page asks about


@pytest.fixture(scope="module")
def lost() -> Cluster:
    """A node lost after its kubelet was stopped at zero, its pods replaced."""
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(420 * SECOND)
    return cluster


def newest(cluster: Cluster, name: str) -> Chain:
    subject = subject_of(cluster, name)
    assert subject is not None
    event = newest_about(cluster, subject, name)
    assert event is not None
    return why(cluster, event.id)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("grace/n1", "node-controller.grace-exceeded"),
        ("eviction/n1", "node-controller.eviction-rate"),
    ],
)
def test_a_deadline_on_the_page_leads_to_its_rule(lost: Cluster, name: str, rule: str) -> None:
    last = newest(lost, name).links[-1].event
    assert isinstance(last, Event)
    assert last.rule is not None
    assert last.rule.rule.id == rule


@pytest.mark.parametrize("name", ["n1", "n1.kubelet", "rc/default/tomcat", "svc/default/tomcat", "nodes/n1"])
def test_a_part_of_the_picture_leads_to_the_command(lost: Cluster, name: str) -> None:
    assert newest(lost, name).origin.role == "act"


@pytest.mark.parametrize("name", ["n1", "nodes/n1"])
def test_whoever_asks_about_a_lost_node_is_told_why_it_is_not_ready_and_not_what_came_of_it(
    lost: Cluster, name: str
) -> None:
    *_, rule, last = (link.event for link in newest(lost, name).links)
    assert isinstance(rule, Event)
    assert rule.rule is not None
    assert rule.rule.rule.id == "node-controller.grace-exceeded"
    assert isinstance(last, Event)
    assert isinstance(last.after, Node)
    assert says(last.after.status, "Ready") == "Unknown"


@pytest.mark.parametrize("name", ["n9", "pod:nobody", "", "grace/n9", "x/y/z", "n1.", "n9.kubelet"])
def test_what_does_not_exist_is_nobodys_subject(lost: Cluster, name: str) -> None:
    subject = subject_of(lost, name)
    assert subject is None or newest_about(lost, subject, name) is None


def test_a_long_chain_is_folded_and_never_cut(lost: Cluster) -> None:
    chain = newest(lost, "svc/default/tomcat")
    shown = [link for link in chain.links if not link.folded]
    assert len(chain.links) > SHOWN
    assert len(shown) == SHOWN
    assert (shown[0], shown[-1]) == (chain.links[0], chain.links[-1])


def test_a_rule_names_the_setting_it_compared_with_and_whether_it_was_changed() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    flags = {"node-monitor-grace-period": "20s"}
    cluster.apply(Command("set-flags", "controller-manager", dict(flags)))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(60 * SECOND)
    link: Link = newest(cluster, "grace/n1").links[-1]
    settings = {setting.flag: (setting.value, setting.default) for setting in link.settings}
    assert settings == {"node-monitor-grace-period": ("20s", False), "node-monitor-period": ("5s", True)}


def test_an_event_that_is_not_in_the_record_has_no_chain(lost: Cluster) -> None:
    with pytest.raises(KeyError):
        why(lost, 10**9)
