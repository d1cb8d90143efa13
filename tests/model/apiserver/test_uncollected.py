"""Objects that the garbage collector does not look at are deleted in any way one asks for."""

import pytest

from clustersim import seconds
from tests.model.reports.typed import cluster_of, typed

ADDED = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: doors.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: doors, singular: door, kind: Door}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
"""
DOOR = "apiVersion: example.com/v1\nkind: Door\nmetadata: {name: front}\n"


@pytest.mark.parametrize("cascade", ["orphan", "foreground", "background"])
def test_they_do_not_wait_for_the_collector(cascade: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    cluster.run_until(seconds(5))
    typed(cluster, f"kubectl apply -f -\n{ADDED}")
    typed(cluster, f"kubectl apply -f -\n{DOOR}")
    typed(cluster, "kubectl create role look --verb=get --resource=pods")
    assert "deleted" in typed(cluster, f"kubectl delete door/front role/look --cascade={cascade}")
    cluster.run_until(seconds(7))
    assert "NotFound" in typed(cluster, "kubectl get door front")
    assert "NotFound" in typed(cluster, "kubectl get role look")
