"""Commands of kubectl that go on while simulated time passes."""

import msgspec
import pytest

from clustersim import Cluster, Command, seconds
from clustersim.console import Answer, Follow, go_on, run
from clustersim.run import Given, Inputs, Run
from tests.model.reports.typed import at, cluster_of

BUDGET = (
    "kubectl apply -f -\napiVersion: policy/{version}\nkind: PodDisruptionBudget\nmetadata: {{name: p}}\n"
    "spec: {{minAvailable: 3, selector: {{matchLabels: {{app: tomcat}}}}}}\n"
)


def begin(cluster: Cluster, line: str) -> Answer:
    """The line typed, and what it asks for done."""
    answer = run(cluster, line)
    return answer.done([cluster.apply(command) for command in answer.commands])


def end(cluster: Cluster, line: str, answer: Answer, within: float) -> tuple[str, Answer]:
    """All that it prints within so many seconds, and its last answer."""
    texts, until = [answer.text], cluster.now + seconds(within)
    while answer.follow is not None and cluster.now < until:
        cluster.run_until(cluster.now + seconds(1))
        answer = go_on(cluster, line, answer.follow)
        answer = answer.done([cluster.apply(command) for command in answer.commands])
        texts.append(answer.text)
    return "\n".join(text for text in texts if text), answer


def typed(cluster: Cluster, line: str, within: float = 60) -> tuple[str, Answer]:
    """A line to its end."""
    return end(cluster, line, begin(cluster, line), within)


def budgeted(release: str) -> Cluster:
    cluster = cluster_of(f"release: {release}\nnodes: 3\n")
    begin(cluster, BUDGET.format(version="v1" if release == "v1.36" else "v1beta1"))
    at(cluster, "10s")
    return cluster


@pytest.mark.parametrize(
    ("release", "evicted", "drained"),
    [
        ("v1.7", 'pod "tomcat-', 'node "n1" drained'),
        ("v1.8", 'pod "tomcat-', 'node "n1" drained'),
        ("v1.36", "pod/tomcat-", "node/n1 drained"),
    ],
)
def test_a_drain_says_when_each_pod_is_gone_and_then_the_node_is_drained(
    release: str, evicted: str, drained: str
) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 3\n")
    text, answer = typed(cluster, "kubectl drain n1")
    lines = text.splitlines()
    assert lines[-2].startswith(evicted)
    assert lines[-2].endswith("evicted")
    assert lines[-1] == drained
    assert answer.ok


def test_a_budget_holds_a_drain_until_its_timeout_whatever_the_grace_period() -> None:
    cluster = budgeted("v1.7")
    text, answer = typed(cluster, "kubectl drain n1 --grace-period=0 --timeout=12s")
    assert not answer.ok
    assert text.splitlines()[-1] == "error: Drain did not complete within 12s"
    assert "n1" in run(cluster, "kubectl get pods -o wide").text


def test_the_drain_of_today_tells_each_try_and_goes_on_when_the_budget_allows() -> None:
    cluster = budgeted("v1.36")
    line = "kubectl drain n1"
    first = begin(cluster, line)
    text, answer = end(cluster, line, first, 12)
    assert text.count("(will retry after 5s): Cannot evict pod as it would violate the pod's") == 3
    assert text.count("evicting pod default/") == 3
    begin(cluster, "kubectl delete pdb p")
    text, answer = end(cluster, line, answer, 60)
    assert text.splitlines()[-1] == "node/n1 drained"


def test_a_drain_of_a_dead_node_may_leave_what_was_to_be_gone() -> None:
    """kubernetes/kubernetes#85577: pods of a node that is off are Terminating for ever, and a drain waits for
    them unless it is told after how long not to."""
    cluster = cluster_of("release: v1.36\nnodes: 3\nactions: [{at: 0s, do: power-off, target: n1}]")
    at(cluster, "60s")
    line = "kubectl drain n1 --ignore-daemonsets --skip-wait-for-delete-timeout=5"
    began = cluster.now
    text, answer = typed(cluster, line, within=90)
    assert answer.ok
    assert text.splitlines()[-1] == "node/n1 drained"
    assert "has DeletionTimestamp older than 5 seconds, skipping" in text
    assert seconds(35) < cluster.now - began < seconds(40)
    text, answer = typed(cluster, line, within=5)
    assert text.splitlines() == ["node/n1 already cordoned", "node/n1 drained"]


def test_an_interrupted_drain_asks_no_more() -> None:
    cluster = budgeted("v1.8")
    line = "kubectl drain n1"
    answer = begin(cluster, line)
    cluster.run_until(cluster.now + seconds(3))
    assert answer.follow is not None
    [act] = answer.follow.acts
    cluster.apply(Command("interrupt", str(act)))
    ended = go_on(cluster, line, answer.follow)
    assert (ended.follow, ended.ok) == (None, False)
    begin(cluster, "kubectl delete pdb p")
    cluster.run_until(cluster.now + seconds(60))
    assert "n1" in run(cluster, "kubectl get pods -o wide").text


def test_deleting_a_deployment_of_the_era_scales_it_down_first() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 2\nobjects: [{kind: Deployment, name: web, replicas: 2}]\n")
    line = "kubectl delete deploy web && kubectl get deploy,rs"
    answer = begin(cluster, line)
    assert answer.text == ""
    cluster.run_until(cluster.now + seconds(0.5))
    assert cluster.object("deployments", "default/web").spec.paused
    text, _answer = end(cluster, line, answer, 60)
    assert text.splitlines()[0] == 'deployment "web" deleted'
    assert cluster.objects("replicasets") == {}
    assert text.splitlines()[1] == "No resources found."


def test_deleting_a_daemon_set_of_the_era_fails_where_a_dead_node_keeps_its_pod() -> None:
    cluster = cluster_of(
        "release: v1.8\nnodes: 2\nobjects: [{kind: DaemonSet, name: d}]\n"
        "actions: [{at: 0s, do: power-off, target: n1}]\n"
    )
    at(cluster, "7m")
    text, answer = typed(cluster, "kubectl delete ds d", within=320)
    assert (text, answer.ok) == ("error: timed out waiting for the condition", False)
    assert cluster.object("daemonsets", "default/d") is not None


@pytest.mark.parametrize("kind", ["rc/a", "rs/a", "sts/a", "job/a", "ds/a"])
def test_whatever_keeps_pods_is_deleted_with_them_in_the_era(kind: str) -> None:
    names = {
        "rc": "ReplicationController",
        "rs": "ReplicaSet",
        "sts": "StatefulSet",
        "job": "Job",
        "ds": "DaemonSet",
    }
    cluster = cluster_of(
        f"release: v1.8\nnodes: 2\nobjects: [{{kind: {names[kind.split('/')[0]]}, name: a}}]\n"
    )
    text, _answer = typed(cluster, f"kubectl delete {kind}", within=120)
    assert text.endswith('"a" deleted')
    cluster.run_until(cluster.now + seconds(60))
    assert cluster.objects("pods") == {}


def test_the_delete_of_today_waits_until_the_object_is_gone() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 2\n")
    pod = next(iter(cluster.objects("pods").values())).metadata.name
    line = f"kubectl delete pod {pod}; kubectl get pod {pod}"
    first = begin(cluster, line)
    assert first.text == f'pod "{pod}" deleted from default namespace'
    text, _answer = end(cluster, line, first, 60)
    assert text.splitlines()[1:] == [f'Error from server (NotFound): pods "{pod}" not found']


def test_a_finalizer_keeps_the_delete_of_today_waiting_until_its_timeout() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    begin(cluster, 'kubectl create cm a && kubectl patch cm a -p \'{"metadata":{"finalizers":["x/y"]}}\'')
    text, answer = typed(cluster, "kubectl delete cm a --timeout=5s")
    assert text.splitlines() == [
        'configmap "a" deleted from default namespace',
        "error: timed out waiting for the condition on configmaps/a",
    ]
    assert not answer.ok
    assert begin(cluster, "kubectl delete cm a --wait=false").follow is None


def test_a_rollout_is_told_change_by_change_to_its_end() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 2\nobjects: [{kind: Deployment, name: web, replicas: 2}]\n")
    line = "kubectl set image deploy/web *=nginx:1.14 && kubectl rollout status deploy/web"
    text, answer = typed(cluster, line)
    assert 'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...' in text
    assert text.splitlines()[-1] == 'deployment "web" successfully rolled out'
    assert answer.ok
    assert begin(cluster, "kubectl rollout status deploy/web").follow is None


def test_a_wait_ends_when_its_condition_holds_or_its_time_is_over() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    line = "kubectl run p --image=nginx && kubectl wait --for=condition=Ready pod/p && echo done"
    text, answer = typed(cluster, line)
    assert text.splitlines() == ["pod/p created", "pod/p condition met", "done"]
    began = cluster.now
    text, answer = typed(cluster, "kubectl wait --for=condition=Gone pod/p --timeout=5s")
    assert (text, answer.ok) == ("error: timed out waiting for the condition on pods/p", False)
    assert cluster.now == began + seconds(5)


def test_what_goes_on_is_the_same_in_a_replay_and_unknown_where_it_was_never_typed() -> None:
    scenario = budgeted("v1.36").scenario
    head = Run(Inputs(scenario))
    line = "kubectl drain n1 --timeout=20s"
    answer = run(head.head, line)
    acts = [head.apply(command) for command in answer.commands]
    head.run_until(seconds(30))
    position = answer.done(acts).follow
    assert position is not None
    told = go_on(head.head, line, position)
    again = Run(Inputs(scenario, tuple(head.commands)), seconds(30))
    assert go_on(again.head, line, position) == told
    assert again.head.state_hash() == head.head.state_hash()
    before = Run(Inputs(scenario), seconds(30))
    assert go_on(before.head, line, position) == Answer()
    assert [given.command.do for given in head.commands] == ["drain"]
    assert isinstance(head.commands[0], Given)


def test_a_position_survives_the_way_over_the_wire() -> None:
    position = Follow(since=5, waits_for=("pods/default/a/uid",), acts=(3,), told=2)
    assert msgspec.json.decode(msgspec.json.encode(position), type=Follow) == position
