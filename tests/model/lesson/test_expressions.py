import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.engine.time import SECOND, seconds
from clustersim.lesson.expressions.evaluate import evaluate
from clustersim.lesson.expressions.kinds import Kind
from clustersim.lesson.expressions.names import names_of
from clustersim.lesson.expressions.parser import parse_expression, parse_moment
from clustersim.lesson.expressions.tokens import ExpressionError
from clustersim.lesson.look import Look
from clustersim.lesson.watch import Happening, Watch, beginning
from clustersim.scenario.loader import load_scenario

SCENARIO = load_scenario(
    """
nodes: 3
seed: 7
objects:
  - {kind: ReplicationController, name: web, replicas: 4}
  - {kind: Service, name: web}
clients: [{name: browser, service: web}]
"""
)
NAMES = names_of(SCENARIO, ("stop",))


class Scene:
    """A cluster, watched from its beginning."""

    def __init__(self) -> None:
        self.cluster = Cluster(SCENARIO)
        self.labels: dict[str, Happening] = {}
        self.watch = Watch(self.cluster, beginning(self.cluster), self.labels)

    def do(self, verb: str, target: str, label: str = "", **args) -> None:
        event = self.cluster.apply(Command(verb, target, args))
        if label:
            self.labels[label] = Happening(self.cluster.now, event)

    def run(self, until: float) -> None:
        self.cluster.run_until(seconds(until))

    def value(self, text: str):
        return evaluate(parse_expression(text, NAMES), Look(self.cluster, self.watch))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def complaint(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, NAMES, Kind.BOOLEAN)
    return caught.value


# --- values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n1.status", "Ready"),
        ("n1.ready", True),
        ("n1.kubelet", "running"),
        ("n1.kube-proxy", "running"),
        ("n1.healthz", "ok"),
        ("n1.network", "up"),
        ("count(nodes.ready)", 3),
        ("count(pods.of(web))", 4),
        ("count(pods.of(web).ready)", 4),
        ("all(pods.of(web).phase == 'Running')", True),
        ("all(pods.of(web).on(n1).status == 'Running')", True),
        ("count(pods.new)", 0),
        ("count(pods.labelled(app=web))", 4),
        ("services.web.endpoints", 4),
        ("services.web.not_ready", 0),
        ("services.web.on(n2).rules", 4),
        ("services.web.refused", 0),
        ("web.replicas", 4),
        ("web.ready + 1", 5),
        ("apiserver == 'running'", True),
        ("flags.controller-manager.node-monitor-grace-period", 40 * SECOND),
        ("40s + 5m", 340 * SECOND),
        ("now", 0),
        ("not (1 > 2) and (true or false)", True),
        ("n1.containers.running == n1.containers.at_start", True),
        ("n1.status in ('Ready', 'NotReady')", True),
        ("n1.status in ('NotReady')", False),
        ("all(pods.of(web).phase in ('Running', 'Pending'))", True),
        ("count(nodes.ready) in (1, 2)", False),
        ("2 * 3 + 4 / 2", 8),
        ("2 * 40s", 80 * SECOND),
        ("1m / 2", 30 * SECOND),
        ("1m / 30s", 2),
        ("1 / services.web.refused", None),
        ("max(nodes.containers.running)", 2),
        ("min(nodes.containers.running)", 1),
        ("max(pods.new.restarts)", None),
        ("distinct(pods.of(web).node)", 3),
        ("distinct(nodes.status)", 1),
        ("count(event:Scheduled)", 0),
        ("did(stop-kubelet)", False),
        ("n1.memory_pressure or n1.disk_pressure", False),
        ("n1.taints", 0),
        ("n1.containers.exited", 0),
        ("all(pods.of(web).waiting == '')", True),
        ("distinct(pods.of(web).image)", 1),
        ("n1.images", 1),
        ("n1.has(web)", True),
        ("n1.has(web:2)", False),
        ("services.web.hung.last(30s)", 0),
    ],
)
def test_a_path_reads_the_cluster(scene: Scene, text: str, value) -> None:
    assert scene.value(text) == value


def test_all_of_none_does_not_hold(scene: Scene) -> None:
    assert scene.value("all(pods.new.ready)") is False


def test_a_stopped_kubelet_is_seen_by_the_machine_at_once_and_by_the_api_later(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1")
    assert scene.value("n1.kubelet == 'stopped' and n1.ready and n1.healthz == 'refused'") is True
    scene.run(60)
    assert scene.value("n1.status == 'NotReady' and n1.condition == 'Unknown'") is True
    assert scene.value("n1.containers.kept == n1.containers.at_start") is True


def test_the_age_of_a_heartbeat_grows_while_the_kubelet_is_away(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1")
    scene.run(30)
    assert scene.value("n1.heartbeat_age >= 30s and n2.heartbeat_age < 11s") is True


def test_elapsed_is_unknown_until_both_moments_have_been(scene: Scene) -> None:
    text = "elapsed(action:stop, node-not-ready[n1])"
    assert scene.value(text) is None
    scene.do("stop-kubelet", "n1", "stop")
    assert scene.value(text) is None
    assert scene.value(f"{text} < 1m") is False
    scene.run(60)
    assert 30 * SECOND <= scene.value(text) <= 45 * SECOND


def test_a_moment_can_be_a_kubernetes_event_of_a_node_or_of_its_pods(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1", "stop")
    scene.run(320)
    assert scene.value("happened(event:NodeNotReady[n1])") is True
    assert scene.value("happened(event:NodeControllerEviction[n1])") is True
    assert scene.value("happened(event:NodeControllerEviction[n2])") is False


def test_moments_are_counted(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1")
    scene.run(60)
    assert scene.value("count(event:NodeNotReady[n1])") == 1
    assert scene.value("count(act:stop-kubelet)") == 1


def test_events_are_told_apart_by_what_they_say(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1")
    scene.run(60)
    assert scene.value("count(event:NodeNotReady[n1] 'n1 status is now')") == 1
    assert scene.value("count(event:NodeNotReady[n1] 'something else')") == 0


def test_a_link_is_up_slow_or_cut(scene: Scene) -> None:
    scene.do("slow-network", "n1", delay_ms=2000)
    assert scene.value("n1.network == 'slow'") is True
    scene.do("cut-network", "n1")
    assert scene.value("n1.network") == "cut"


def test_requests_of_the_last_time_are_counted_apart(scene: Scene) -> None:
    scene.run(60)
    assert 0 < scene.value("services.web.succeeded.last(20s)") < scene.value("services.web.succeeded")
    assert scene.value("services.web.refused.last(20s) / 20") == 0


def test_what_somebody_did_is_known_by_verb_and_target(scene: Scene) -> None:
    scene.do("stop-kubelet", "n1")
    assert scene.value("did(stop-kubelet)") is True
    assert scene.value("did(stop-kubelet[n2])") is False


def test_a_moment_can_be_any_act(scene: Scene) -> None:
    scene.do("scale", "rc/web", replicas=5)
    assert scene.value("happened(act:scale[rc/web])") is True
    assert scene.value("happened(act:stop-kubelet)") is False


def test_looking_changes_nothing(scene: Scene) -> None:
    before = scene.cluster.state_hash()
    scene.value("count(pods.of(web).ready) + services.web.endpoints + n1.containers.kept")
    assert scene.cluster.state_hash() == before


# --- complaints -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at", "nearest"),
    [
        ("n1.kubelt == 'running'", 3, "kubelet"),
        ("n1.kubelet == 'stoped'", 14, "stopped"),
        ("count(pods.on(n7).ready) == 1", 11, "n3"),
        ("services.wep.endpoints == 1", 9, "web"),
        ("elapsed(action:stpo, now) > 1s", 15, "stop"),
        ("elapsed(action:stop, node-not-redy[n1]) > 1s", 21, "node-not-ready"),
        ("happened(act:stop-kublet)", 13, "stop-kubelet"),
        ("count(nodse.ready) == 3", 6, "nodes"),
        ("flags.kubelet.max-pod == 3", 14, "max-pods"),
    ],
)
def test_a_wrong_name_is_placed_and_the_nearest_one_named(text: str, at: int, nearest: str) -> None:
    error = complaint(text)
    assert (error.at, error.nearest) == (at, nearest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n1.heartbeat_age > 30", "cannot be compared"),
        ("n1.status > 'Ready'", "more or less"),
        ("n1.ready + 1 == 2", "can be added"),
        ("nodes.ready", "say count, all or any"),
        ("count(n1.ready) == 1", "needs many values"),
        ("any(pods.on(n1).ready and nodes.ready)", "not the same things"),
        ("n1.containers.running", "expected yes or no"),
        ("n1.ready and", "expected a value, found the end"),
        ("n1.ready n2.ready", "expected the end, found n2"),
        ("__import__('os')", "there is no __import__"),
        ("pods.of.ready == 1", "of needs owner in parentheses"),
        ("n1.ready; true", "is not understood"),
        ("not " * 40 + "true", "too deep"),
        ("(" * 40 + "true" + ")" * 40, "too deep"),
        ("true or " * 60 + "true", "longer than"),
        ("services.web.refused.last(long) == 1", "last needs a time in parentheses"),
    ],
)
def test_what_means_nothing_is_refused(text: str, words: str) -> None:
    assert words in str(complaint(text))


@given(st.text(st.sampled_from(list("n1.redy()[]'<=!+-:@ 40smand orcutpofw")), max_size=40))
def test_any_text_is_an_expression_or_a_complaint_with_its_place(text: str) -> None:
    at = 0
    try:
        parse_expression(text, NAMES)
    except ExpressionError as error:
        at = error.at
    assert 0 <= at <= len(text)


def test_a_moment_is_written_as_it_is_read() -> None:
    for text in (
        "action:stop",
        "event:NodeNotReady[n1]",
        "event:NodeNotReady 'now'",
        "node-not-ready[n1]",
        "pod-gone[web@n1]",
        "start",
    ):
        assert str(parse_moment(text, NAMES)) == text
