"""containerd as the kubelet and crictl see it.

Every container has a shim of its own that goes on when the daemon ends, so nothing but power takes the
containers with it (containerd 2.2 docs/PLUGINS.md, core/runtime/v2/README.md).
"""

from typing import ClassVar, Final

from msgspec.structs import replace

from clustersim.engine.time import MILLISECOND, Micros
from clustersim.flags.node import ContainerdFlags
from clustersim.runtime.records import Container
from clustersim.runtime.runtime import ContainerRuntime

NOT_STARTED: Final = 128


class Containerd(ContainerRuntime):
    """The containerd of a machine."""

    kind: ClassVar[str] = "containerd"
    network_prefix: ClassVar[str] = "10.244"
    own_work: ClassVar[Micros] = 16 * MILLISECOND
    stop_work: ClassVar[Micros] = 31 * MILLISECOND
    flags: ContainerdFlags

    @property
    def outlived(self) -> bool:
        return True

    def grace_is_over(self, call: int, container_id: str, code: int) -> None:
        """Who asked has gone meanwhile: the wait ended with the connection, and nobody is killed
        (internal/cri/server/container_stop.go stopContainer)."""
        if self.network.is_awaited(call):
            self.container_obeys(container_id, code)

    def not_found(self, image: str) -> str:
        reference = image if "/" in image else f"docker.io/library/{image}"
        return (
            f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}": '
            f"{reference}: not found"
        )

    def unstartable(self, container: Container, missing: str) -> Container:
        """It has ended without having begun (internal/cri/server/container_start.go: errorStartReason,
        errorStartExitCode; runc 1.2 and later)."""
        runc = "OCI runtime create failed: runc create failed: unable to start container process"
        why = f"failed to create shim task: {runc}: error during container init: {missing}"
        error = f"failed to create containerd task: {why}"
        return replace(container, start_error=error, exit_code=NOT_STARTED, finished_at=self.now)

    def no_network(self, pod: str) -> str:
        """The sandbox it wanted to make has an id by then."""
        wanted = self.random("ids").digits(8)
        why = f'failed to setup network for sandbox "{wanted}": cni plugin not initialized'
        return f"rpc error: code = Unknown desc = {why}"
