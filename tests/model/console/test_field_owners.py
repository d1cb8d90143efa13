"""Whose the fields of an object are, for those who apply on the server: plain writes count, too (v1.36)."""

import re

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import of_web, typed

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec:
  replicas: 2
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec: {containers: [{name: c, image: nginx}]}
"""
OF = '{range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}{"\\n"}{end}'


def later(world: Cluster, line: str) -> str:
    told = typed(world, line)
    world.run_until(world.now + seconds(3))
    return told


def managers(world: Cluster, what: str) -> list[str]:
    return [
        line.strip() for line in typed(world, f"kubectl get {what} -o jsonpath='{OF}'").split("\n") if line
    ]


def on_server(world: Cluster, replicas: int, more: str = "") -> str:
    text = DEPLOYMENT.replace("replicas: 2", f"replicas: {replicas}")
    return later(world, f"kubectl apply --server-side {more} -f -{text}")


def test_what_was_applied_by_kubectl_itself_conflicts_with_another_manager() -> None:
    world = of_web()
    later(world, f"kubectl apply -f -{DEPLOYMENT}")
    told = on_server(world, 3, "--field-manager=other")
    assert told.startswith(
        'error: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: '
        ".spec.replicas\n"
    )


def test_kubectl_takes_over_what_it_applied_by_itself() -> None:
    world = of_web()
    later(world, f"kubectl apply -f -{DEPLOYMENT}")
    assert on_server(world, 3) == "deployment.apps/front serverside-applied"
    assert managers(world, "deploy front") == ["kubectl Apply", "kube-controller-manager Update status"]


@pytest.mark.parametrize(
    ("line", "manager"),
    [
        ("label deploy front a=b", "kubectl-label Update"),
        ("annotate deploy front a=b", "kubectl-annotate Update"),
        ("set image deploy front c=nginx:2", "kubectl-set Update"),
        ("scale deploy front --replicas=4", "kubectl Update scale"),
        ("rollout pause deploy front", "kubectl-rollout Update"),
        ('patch deploy front -p \'{"spec": {"minReadySeconds": 3}}\' --field-manager=me', "me Update"),
    ],
)
def test_every_command_is_remembered_by_its_name(line: str, manager: str) -> None:
    world = of_web()
    later(world, f"kubectl create -f -{DEPLOYMENT}")
    later(world, f"kubectl {line}")
    assert manager in managers(world, "deploy front")


def test_a_scaling_conflicts_with_what_is_applied() -> None:
    world = of_web()
    on_server(world, 2)
    later(world, "kubectl scale deploy front --replicas=1")
    told = on_server(world, 3)
    assert told.startswith(
        'error: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" '
        "using apps/v1: .spec.replicas\n"
    )
    assert "serverside-applied" in on_server(world, 3, "--force-conflicts")


def test_what_no_client_wrote_is_told_of_those_whose_work_it_is() -> None:
    world = of_web()
    assert managers(world, "deploy web") == ["kubectl-create Update", "kube-controller-manager Update status"]
    pod = re.findall(r"web-\S+", typed(world, "kubectl get pods"))[0]
    assert managers(world, f"pod {pod}") == ["kube-controller-manager Update", "kubelet Update status"]
    assert managers(world, "node n1")[0] == "kubelet Update"
    assert managers(world, "ns kube-system")[0] == "kube-apiserver Update"
    kept = [one.metadata.managed_fields for one in world.objects("pods").values()]
    assert kept
    assert not any(kept)


def test_a_component_is_remembered_where_a_client_wrote_before() -> None:
    world = of_web()
    typed(world, "kubectl cordon n1")
    world.run_until(world.now + seconds(3))
    found = managers(world, "node n1")
    assert "kubectl Update" in found
    assert "kube-controller-manager Update" in found  # its taint node.kubernetes.io/unschedulable


def test_the_oldest_of_many_managers_become_one() -> None:
    world = of_web()
    later(world, f"kubectl create -f -{DEPLOYMENT}")
    for number in range(14):
        later(world, f"kubectl label deploy front l{number}=x --field-manager=m{number}")
    found = managers(world, "deploy front")
    assert "ancient-changes Update" in found
    assert "m13 Update" in found
    assert len([one for one in found if "Update" in one]) == 10


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_the_old_releases_remember_nobody(release: str) -> None:
    world = of_web(release)
    typed(world, "kubectl label deploy web a=b")
    world.run_until(world.now + seconds(3))
    assert "managedFields" not in typed(world, "kubectl get deploy web -o yaml")
    assert not any(one.metadata.managed_fields for one in world.objects("deployments").values())


def test_the_managers_of_an_object_are_bounded() -> None:
    """Each of them makes every write slower: 300 took 70 ms."""
    world = of_web()
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: many}\ndata: {a: b}"
    told = [
        typed(world, f"kubectl apply --server-side --field-manager=m{number} -f -\n{text}")
        for number in range(51)
    ]
    assert told[49] == "configmap/many serverside-applied"
    assert "metadata.managedFields: Too many: 51: must have at most 50 managers" in told[50]
    assert "serverside-applied" in typed(
        world, f"kubectl apply --server-side --field-manager=m1 -f -\n{text}"
    )
