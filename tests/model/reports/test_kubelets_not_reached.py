"""Connections into pods whose kubelet the API server does not get to."""

import pytest

from clustersim import Command
from tests.model.reports.typed import at, cluster_of, typed

POST = 'error: Internal error occurred: error sending request: Post "https://{ip}:10250/{path}": '
DIALLED = "Error from server: error dialing backend: "
UPGRADED = "error: error upgrading connection: error dialing backend: "


@pytest.mark.parametrize(
    ("verb", "why"), [("stop-kubelet", "connection refused"), ("power-off", "no route to host")]
)
@pytest.mark.parametrize(
    ("release", "line", "told"),
    [
        (
            "v1.36",
            "exec p -- ls",
            POST.format(ip="{ip}", path="exec/default/p/p?command=ls&error=1&output=1"),
        ),
        (
            "v1.36",
            "exec -it p -- ls -l",
            POST.format(ip="{ip}", path="exec/default/p/p?command=ls&command=-l&input=1&output=1&tty=1"),
        ),
        ("v1.36", "attach p -q", POST.format(ip="{ip}", path="attach/default/p/p?error=1&output=1")),
        ("v1.36", "port-forward p 8080:80", UPGRADED),
        ("v1.7", "exec p -- ls", DIALLED),
        ("v1.8", "exec p -- ls", DIALLED),
        ("v1.8", "attach p", DIALLED),
        ("v1.8", "port-forward p 8080:80", UPGRADED),
    ],
)
def test_kubectl_tells_who_dialled_whom(release: str, line: str, told: str, verb: str, why: str) -> None:
    """As https://github.com/kubernetes/kubernetes/issues/137877 has it of today. Before it is told of a
    connection as such, the API server of today asks the kubelet itself (apiserver
    pkg/util/proxy/streamtranslator.go); of old it dials for kubectl (registry/generic/rest/proxy.go)."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Pod, name: p}}]\n")
    at(cluster, "30s")
    (machine,) = cluster.machines.values()
    cluster.apply(Command(verb, machine.name))
    at(cluster, "32s")
    system = "connect" if release == "v1.36" else "getsockopt"
    assert typed(cluster, f"kubectl {line}") == (
        f"{told.format(ip=machine.ip)}dial tcp {machine.ip}:10250: {system}: {why}"
    )


def test_who_attaches_is_told_what_is_recorded_before_the_kubelet_is_asked() -> None:
    """pkg/cmd/attach/attach.go Run."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: [{kind: Pod, name: p}]\n")
    at(cluster, "30s")
    (machine,) = cluster.machines.values()
    cluster.apply(Command("stop-kubelet", machine.name))
    at(cluster, "32s")
    recorded, prompt, told = typed(cluster, "kubectl attach p").splitlines()
    assert recorded.startswith("All commands and output from this session will be recorded")
    assert (prompt[:10], told[:30]) == ("If you don", "error: Internal error occurred")
