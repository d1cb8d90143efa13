"""What the kubelet says about itself: :10248/healthz on the node alone, and /healthz of 10250 and 10255.

10248 knows only "ping": it stays ok with docker dead or the API server out of reach. The others also look
whether the main loop still turns (v1.7.5 cmd/kubelet/app/server.go, pkg/kubelet/server/server.go)."""

from typing import TYPE_CHECKING

from clustersim.engine.process import HUNG, RUNNING
from clustersim.engine.serving import Health, health

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet


def healthz(kubelet: "Kubelet", port: int, *, verbose: bool = False) -> Health:
    """What `curl http://127.0.0.1:<port>/healthz` on the node gets."""
    flags = kubelet.flags
    if not kubelet.host.state.powered or kubelet.status.phase not in (RUNNING, HUNG):
        return _refused(port)
    checks = [("ping", True)]
    if port in (flags.port, flags.read_only_port):
        checks.append(("syncloop", not kubelet.state.started or kubelet.sync_loop.healthy))
    elif port != flags.healthz_port:
        return _refused(port)
    if not port or not kubelet.state.started:
        return _refused(port)
    if kubelet.status.phase == HUNG:
        return Health(0, "curl: (28) Operation timed out with 0 bytes received")
    return health(tuple(checks), verbose=verbose)


def _refused(port: int) -> Health:
    return Health(0, f"curl: (7) Failed to connect to 127.0.0.1 port {port}: Connection refused")
