"""Scenarios speak Kubernetes: published manifests, nodes with labels and taints, actions that repeat."""

from pathlib import Path

import pytest

from clustersim import Cluster, Command, seconds
from clustersim.console import run
from clustersim.scenario import Scenario, ScenarioError
from clustersim.scenario.document import parse
from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import load_scenario, read_scenario

WEB = """apiVersion: apps/v1beta2
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "nginx:1.13"}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {app: web}}
"""


def scenario(text: str) -> Scenario:
    return read_scenario(parse(f"format: scenario/1\nrelease: v1.8\n{text}"))


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def test_manifests_are_there_at_zero_and_their_services_are_called() -> None:
    found = scenario(f"nodes: 3\nmanifests:\n- |\n{indented(WEB)}clients: [{{service: web}}]\n")
    cluster = Cluster(found)
    assert [row.split()[4] for row in run(cluster, "kubectl get deploy").text.splitlines()[1:]] == ["3"]
    cluster.run_until(seconds(10))
    assert cluster.process("client", "client").state.succeeded > 0
    assert load_scenario(to_yaml(found)) == found


def test_files_are_there_to_be_applied(tmp_path: Path) -> None:
    inside = scenario(f"nodes: 1\nobjects: []\nfiles:\n  web.yaml: |\n{indented(WEB)}")
    printed = run(Cluster(inside), "kubectl apply -f web.yaml").text
    assert printed == 'deployment "web" created\nservice "web" created'
    (tmp_path / "web.yaml").write_text(WEB)
    (tmp_path / "s.yaml").write_text("format: scenario/1\nrelease: v1.8\nmanifests: [web.yaml]\n")
    assert len(load_scenario(tmp_path / "s.yaml").manifests) == 2


@pytest.mark.parametrize("name", ["/etc/passwd", "../secret.yaml", "nothing.yaml"])
def test_no_file_is_read_but_beside_the_scenario(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no file"):
        scenario(f"manifests: [{name}]\n")
    (tmp_path / "s.yaml").write_text(f"format: scenario/1\nmanifests: [{name}]\n")
    with pytest.raises(ScenarioError, match="no file"):
        load_scenario(tmp_path / "s.yaml")


def test_nodes_register_with_labels_taints_annotations_and_further_resources() -> None:
    cluster = Cluster(
        scenario(
            'nodes:\n- {name: n1, labels: {zone: a}, taints: ["dedicated=db:NoSchedule"], '
            'annotations: {who: me}, capacity: {nvidia.com/gpu: "2"}}\n- n2\n'
        )
    )
    node = cluster.object("nodes", "n1")
    assert node.metadata.labels["zone"] == "a"
    assert node.metadata.annotations["who"] == "me"
    assert [(taint.key, taint.effect) for taint in node.spec.taints] == [("dedicated", "NoSchedule")]
    assert node.status.capacity["nvidia.com/gpu"] == "2"
    with pytest.raises(ScenarioError, match="is no taint"):
        scenario('nodes: [{name: n1, taints: ["a b"]}]\n')


def test_an_action_repeats() -> None:
    found = scenario("nodes: 1\nactions: [{at: 10s, do: cordon, target: n1, every: 30s, times: 3, as: c}]\n")
    assert [action.at for action in found.actions] == [seconds(10), seconds(40), seconds(70)]
    assert [action.label for action in found.actions] == ["c", "", ""]
    with pytest.raises(ScenarioError, match="needs every"):
        scenario("nodes: 1\nactions: [{at: 10s, do: cordon, target: n1, times: 3}]\n")


def test_an_image_missing_on_one_node_fails_there_alone_until_it_is_allowed() -> None:
    told = scenario(
        "nodes: 2\nobjects: [{kind: DaemonSet, name: web, containers: "
        "[{name: c, image: 'web:1', pull: 'fails on n2'}]}]\n"
    )
    cluster = Cluster(told)
    cluster.run_until(seconds(60))
    assert [has_image(cluster, node) for node in ("n1", "n2")] == [True, False]
    cluster.apply(Command("allow-image", "web:1"))
    cluster.run_until(seconds(400))
    assert has_image(cluster, "n2")


def has_image(cluster: Cluster, node: str) -> bool:
    return "web:1" in cluster.machines[node].state.disk["runtime"].images


def test_a_leak_ends_its_container_at_its_limit_again_and_again() -> None:
    told = scenario(
        "nodes: 1\nobjects: []\nmanifests: [{apiVersion: v1, kind: Pod, metadata: {name: leak, annotations: "
        "{program.clustersim/c: memory from 10Mi to 200Mi in 60s}}, spec: {containers: [{name: c, image: a, "
        "resources: {limits: {memory: 100Mi}}}]}}]\n"
    )
    cluster = Cluster(told)
    cluster.run_until(seconds(120))
    pod = cluster.find_pod("leak")
    assert pod is not None
    status = pod.status.container_statuses[0]
    assert status.restart_count >= 2
    assert status.last_state.terminated is not None
    assert status.last_state.terminated.reason == "OOMKilled"


def test_addons_are_there_at_zero_and_only_those_of_the_release() -> None:
    cluster = Cluster(read_scenario(parse("release: v1.36\naddons: [metrics-server]\n")))
    assert "kube-system/metrics-server" in cluster.objects("deployments")
    with pytest.raises(ScenarioError, match="metrics-server"):
        read_scenario(parse("release: v1.36\naddons: [heapster]\n"))


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_job_without_a_selector_is_taken_as_the_api_server_takes_it(release: str) -> None:
    """It gets its selector and labels before it is judged (pkg/registry/batch/job/strategy.go)."""
    manifest = """apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}
"""
    head = f"format: scenario/1\nrelease: {release}\nnodes: 1\nobjects: []\nmanifests:\n"
    cluster = Cluster(read_scenario(parse(f"{head}  - |\n{indented(manifest)}")))
    cluster.run_until(seconds(20))
    assert cluster.object("jobs", "default/once").status.succeeded == 1
