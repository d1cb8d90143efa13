"""Objects that the garbage collector does not look at are deleted in any way one asks for."""

import pytest

from clustersim import seconds
from clustersim.api.request import Request
from tests.model.reports.typed import cluster_of, typed


@pytest.mark.parametrize("cascade", ["orphan", "foreground", "background"])
def test_roles_do_not_wait_for_the_collector(cascade: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    cluster.run_until(seconds(5))
    typed(cluster, "kubectl create role look --verb=get --resource=pods")
    assert "deleted" in typed(cluster, f"kubectl delete role/look --cascade={cascade}")
    cluster.run_until(seconds(7))
    assert "NotFound" in typed(cluster, "kubectl get role look")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@pytest.mark.parametrize("propagation", ["Orphan", "Foreground", "Background"])
def test_a_node_goes_whatever_becomes_of_what_it_owns(release: str, propagation: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects: []\n")
    cluster.run_until(seconds(5))
    typed(cluster, "systemctl stop kubelet", "n2")
    request = Request("delete", "nodes", "", "n2", propagation=propagation)
    assert cluster.world.apiserver.handle(request, "somebody").ok
    cluster.run_until(seconds(20))
    assert cluster.object("nodes", "n2") is None
