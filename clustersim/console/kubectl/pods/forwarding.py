"""What answers at a port of a pod, as a forwarded port reaches it: from inside the pod, past any Service.

Sources: v1.7.5, v1.8.0 pkg/kubelet/dockershim/docker_streaming.go; v1.36 containerd cri sandbox_portforward.
"""

from typing import Any, NamedTuple

from clustersim.cluster import Cluster
from clustersim.console.nodes.lookup import own_names
from clustersim.console.nodes.served_files import served_file
from clustersim.programs import server
from clustersim.runtime.listening import listening
from clustersim.runtime.usage import running_on


class Reached(NamedTuple):
    """An answer of a program: the HTTP status, and what it says."""

    status: int
    body: str


def refused(cluster: Cluster, pod: Any, port: int) -> str:
    """Why nobody takes a connection at a port of a pod, in the words of its runtime; empty: somebody does."""
    machine = cluster.machines[pod.spec.node_name]
    if listening(machine, pod.status.pod_ip, port):
        return ""
    if cluster.world.release.name in ("v1.7", "v1.8"):
        return f"exit status 1: socat[1] E connect(5, AF=2 127.0.0.1:{port}, 16): Connection refused\n"
    return (
        f"failed to execute portforward in network namespace: failed to connect to localhost:{port} inside "
        f"namespace, IPv4: dial tcp4 127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6: address "
        "localhost: no suitable address"
    )


def reached(cluster: Cluster, pod: Any, port: int, path: str, method: str = "GET") -> Reached | None:
    """What a program of the pod answers to a request; None: it took the connection and says nothing."""
    for one in running_on(cluster.machines[pod.spec.node_name]):
        if one.pod_uid != pod.metadata.uid or not one.serving:
            continue
        status = server.status(one.spec, one.program, port, path)
        if status == server.OK or server.is_webserver(one.spec):
            file = served_file(cluster, one)
            return Reached(*server.says(one.spec, port, method, path, own_names(pod)[0], file))
        if status != server.REFUSED:
            return Reached(status, "")
    return None
