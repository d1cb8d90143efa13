"""Whatever changes in the template of a Deployment makes a new ReplicaSet, whose name is that of real life.

kk#13488, kubernetes/website "A Deployment's rollout is triggered if and only if the pod template is changed".
"""

import json
from pathlib import Path

import pytest

from clustersim import Cluster
from clustersim.api.core.container import Container
from clustersim.api.core.pod import PodSpec
from clustersim.conformance.recording import read
from clustersim.conformance.run import observed
from clustersim.conformance.setup import prepare
from clustersim.controllermanager.deployment.goprint import GoPrinterV17, GoPrinterV136
from tests.model.reports.typed import ALL, at, empty, typed

GOLDEN = Path(__file__).parents[2] / "golden"
VERSIONS = {"v1.7": "extensions/v1beta1", "v1.8": "apps/v1beta2", "v1.36": "apps/v1"}
CHANGES = {
    "env": {"env": [{"name": "A", "value": "b"}]},
    "another env": {"env": [{"name": "A", "value": "c"}]},
    "command": {"command": ["sleep", "1d"]},
    "args": {"args": ["--fast"]},
    "limits": {"resources": {"limits": {"memory": "64Mi"}}},
    "port of the node": {"ports": [{"containerPort": 80, "hostPort": 8080}]},
    "hook": {"lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}}},
    "user": {"securityContext": {"runAsUser": 5}},
    "probe": {"readinessProbe": {"tcpSocket": {"port": 80}}},
    "directory": {"workingDir": "/srv"},
}


def applied(cluster: Cluster, release: str, container: object, **rest: object) -> None:
    spec = {"containers": [{"name": "a", "image": "x:1", **container}], **rest}  # type: ignore[dict-item]
    template = {"metadata": {"labels": {"app": "a"}}, "spec": spec}
    manifest = {
        "apiVersion": VERSIONS[release], "kind": "Deployment", "metadata": {"name": "a"},
        "spec": {
            "selector": {"matchLabels": {"app": "a"}}, "template": template, "revisionHistoryLimit": 20,
        },
    }  # fmt: skip
    typed(cluster, f"kubectl apply -f -\n{json.dumps(manifest)}")


@ALL
def test_every_change_makes_a_replica_set_and_going_back_makes_none(release: str) -> None:
    cluster = empty(release)
    applied(cluster, release, {})
    for seconds, change in enumerate(CHANGES.values(), start=1):
        applied(cluster, release, change)
        at(cluster, f"{5 * seconds}s")
    applied(cluster, release, {}, nodeSelector={"disk": "ssd"})
    at(cluster, "60s")
    many = len(typed(cluster, "kubectl get rs -o name").splitlines())
    assert many == len(CHANGES) + 2
    applied(cluster, release, CHANGES["env"])
    at(cluster, "70s")
    assert len(typed(cluster, "kubectl get rs -o name").splitlines()) == many


@pytest.mark.parametrize("name", ["spreading", "spreading-does-not-fit", "spreading-three-deployments"])
def test_pods_with_requests_are_called_as_recorded(name: str) -> None:
    path = GOLDEN / "v1.36.2" / f"{name}.json"
    called = {pod["name"].rpartition("-")[0] for pod in json.loads(path.read_text())["pods"]}
    seen = observed(prepare(read(path)))
    assert called == {change.after.name.rpartition("-")[0] for change in seen.pods if change.after}


def test_a_name_that_is_taken_is_left_to_the_other_template() -> None:
    """Two templates that hash alike: what the model's programs do is no part of the real hash."""
    cluster = empty("v1.36")
    applied(cluster, "v1.36", {})
    at(cluster, "5s")
    patch = {"spec": {"template": {"metadata": {"annotations": {"program.clustersim/a": "exit 0"}}}}}
    typed(cluster, f"kubectl patch deploy a -p '{json.dumps(patch)}'")
    at(cluster, "15s")
    assert len(typed(cluster, "kubectl get rs -o name").splitlines()) == 2
    assert typed(cluster, "kubectl get deploy a -o jsonpath={.status.collisionCount}") == "1"


@pytest.mark.parametrize("printer", [GoPrinterV17(), GoPrinterV136()])
def test_every_field_that_a_release_prints_is_one_of_the_api(printer: GoPrinterV17) -> None:
    assert printer.spec(PodSpec(containers=(Container(name="a"),)))


def test_describe_names_every_old_replica_set_today() -> None:
    """Recorded: `OldReplicaSets:  tomcat-6c988b9bbd (0/0 replicas created)`."""
    cluster = empty("v1.36")
    applied(cluster, "v1.36", {})
    at(cluster, "5s")
    applied(cluster, "v1.36", CHANGES["env"])
    at(cluster, "20s")
    told = typed(cluster, "kubectl describe deploy a").splitlines()
    [old] = [line for line in told if line.startswith("OldReplicaSets:")]
    [new] = [line for line in told if line.startswith("NewReplicaSet:")]
    assert old.endswith("(0/0 replicas created)")
    assert new.endswith("(1/1 replicas created)")


def test_describe_sorts_taints_and_finds_no_event_of_a_kubelet_of_today() -> None:
    cluster = empty("v1.36")
    for taint in ("b=1:PreferNoSchedule", "z=1:NoSchedule", "a=1:NoSchedule", "k=1:NoExecute"):
        typed(cluster, f"kubectl taint node n1 {taint}")
    told = typed(cluster, "kubectl describe node n1")
    places = [told.index(text) for text in ("k=1:NoEx", "a=1:NoSch", "z=1:NoSch", "b=1:Pref")]
    assert places == sorted(places)
    assert "RegisteredNode" in told
    assert "Starting kubelet." not in told
    assert "Starting kubelet." in typed(cluster, "kubectl get events")


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
@ALL
def test_sets_and_daemons_roll_when_a_variable_changes(release: str, kind: str) -> None:
    cluster = empty(release)
    version = {"v1.7": "apps/v1beta1" if kind == "StatefulSet" else "extensions/v1beta1"}
    for seconds, value in ((20, "one"), (120, "two")):
        containers = [{"name": "a", "image": "x:1", "env": [{"name": "A", "value": value}]}]
        spec = {
            "selector": {"matchLabels": {"app": "a"}},
            "updateStrategy": {"type": "RollingUpdate"},
            "template": {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}},
            **({"serviceName": "a"} if kind == "StatefulSet" else {}),
        }
        manifest = {"apiVersion": version.get(release, VERSIONS[release]), "kind": kind}
        named = {**manifest, "metadata": {"name": "a"}, "spec": spec}
        typed(cluster, f"kubectl apply -f -\n{json.dumps(named)}")
        at(cluster, f"{seconds}s")
        found = typed(cluster, "kubectl get pods -o jsonpath={.items[*].spec.containers[0].env[0].value}")
        assert found == value
    assert len(typed(cluster, "kubectl get controllerrevisions -o name").splitlines()) == 2
