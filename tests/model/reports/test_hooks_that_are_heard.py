"""Hooks that ask a server, which tells of it in its log: Kubernetes's own tests of hooks look there
(v1.36 test/e2e/common/node/lifecycle_hook.go)."""

import re

import pytest

from clustersim.cluster import Cluster
from tests.model.reports.typed import at, cluster_of, typed

HANDLER = """release: {release}
nodes: 2
objects: []
manifests:
- apiVersion: v1
  kind: Pod
  metadata: {{name: handler}}
  spec:
    containers: [{{name: c, image: 'registry.k8s.io/e2e-test-images/agnhost:2.59', args: [netexec]}}]
"""
STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "


def _with_hook(release: str, lifecycle: str) -> Cluster:
    """A pod with that hook, where ADDRESS is the server's; and deleted."""
    cluster = cluster_of(HANDLER.format(release=release))
    at(cluster, "20s")
    address = typed(cluster, "kubectl get pod handler -o jsonpath={.status.podIP}")
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
        f"spec:\n  containers:\n  - {{name: a, image: nginx, lifecycle: {lifecycle}}}\n"
    ).replace("ADDRESS", address)
    typed(cluster, f"kubectl create -f - <<EOF\n{pod}EOF")
    at(cluster, "30s")
    assert "1/1" in typed(cluster, "kubectl get pod web")
    typed(cluster, f"kubectl delete pod web{' --wait=false' if release == 'v1.36' else ''}")
    at(cluster, "75s")
    return cluster


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
@pytest.mark.parametrize("hook", ["postStart", "preStop"])
@pytest.mark.parametrize(
    "handler",
    [
        "{httpGet: {path: '/echo?msg=now', host: ADDRESS, port: 8080}}",
        "{exec: {command: [sh, -c, 'curl http://ADDRESS:8080/echo?msg=now']}}",
    ],
)
def test_a_server_tells_in_its_log_that_a_hook_has_asked_it(release: str, hook: str, handler: str) -> None:
    cluster = _with_hook(release, f"{{{hook}: {handler}}}")
    started, udp, asked, _more_is_not_known = typed(cluster, "kubectl logs handler").splitlines()
    assert re.fullmatch(f"{STAMP}Started HTTP server on port 8080", started)
    assert re.fullmatch(f"{STAMP}Started UDP server on port  8081", udp)
    assert re.fullmatch(rf"{STAMP}GET /echo\?msg=now", asked)


def test_a_hook_that_asks_nobody_is_heard_by_nobody() -> None:
    cluster = _with_hook("v1.36", "{postStart: {httpGet: {path: /echo, host: ADDRESS, port: 8090}}}")
    assert "GET" not in typed(cluster, "kubectl logs handler")
