"""Pods that are to become larger than their node is (v1.36 plugin/pkg/admission/podresize)."""

from tests.model.reports.typed import at, cluster_of, typed

POD = (
    "release: v1.36\nnodes: 1\nobjects: []\nmanifests:\n- apiVersion: v1\n  kind: Pod\n"
    "  metadata: {name: web}\n"
    "  spec: {containers: [{name: web, image: nginx, resources: {requests: {cpu: 100m}}}]}\n"
)


def _resized(size: str) -> str:
    cluster = cluster_of(POD)
    at(cluster, "20s")
    body = f'{{"spec":{{"containers":[{{"name":"web","resources":{{"requests":{{{size}}}}}}}]}}}}'
    return typed(cluster, f"kubectl patch pod web --subresource=resize -p '{body}'")


def test_a_size_beyond_what_the_node_can_give_is_refused() -> None:
    told = (
        'Error from server (Forbidden): pods "web" is forbidden: '
        "node didn't have enough allocatable resources: cpu, requested: 2001, allocatable: 2000"
    )
    assert _resized('"cpu":"2001m"') == told


def test_all_that_a_node_can_give_may_be_asked_for() -> None:
    assert _resized('"cpu":"2"') == "pod/web patched"
