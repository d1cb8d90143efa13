"""containerd as the kubelet and crictl see it.

Every container has a shim of its own that goes on when the daemon ends, so nothing but power takes the
containers with it (containerd 2.2 docs/PLUGINS.md, core/runtime/v2/README.md).
"""

from typing import ClassVar

from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags.node import ContainerdFlags
from clustersim.runtime.records import RUNNING, Container, Sandbox
from clustersim.runtime.runtime import ContainerRuntime


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

    def not_found(self, image: str) -> str:
        reference = image if "/" in image else f"docker.io/library/{image}"
        return (
            f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}": '
            f"{reference}: not found"
        )

    def no_network(self, pod: str) -> str:
        """The sandbox it wanted to make has an id by then."""
        wanted = self.random("ids").digits(8)
        why = f'failed to setup network for sandbox "{wanted}": cni plugin not initialized'
        return f"rpc error: code = Unknown desc = {why}"

    # --- looking: what crictl prints ----------------------------------------------------------------

    def crictl_ps(self, *, everything: bool = False) -> tuple[tuple[str, ...], ...]:
        """`crictl ps`, with `-a` also what has ended: CONTAINER, IMAGE, CREATED, STATE, NAME, ATTEMPT,
        POD ID, POD, NAMESPACE; the newest first."""
        return tuple(
            self._container_row(container)
            for container in reversed(self.disk.containers.values())
            if everything or container.state == RUNNING
        )

    def crictl_pods(self) -> tuple[tuple[str, ...], ...]:
        """`crictl pods`: POD ID, CREATED, STATE, NAME, NAMESPACE, ATTEMPT, RUNTIME; the newest first."""
        return tuple(self._sandbox_row(sandbox) for sandbox in reversed(self.disk.sandboxes.values()))

    def crictl_images(self) -> tuple[tuple[str, str], ...]:
        """`crictl images`: IMAGE and TAG."""
        rows = []
        for image in self.disk.images:
            name, _, tag = image.partition(":")
            rows.append((name if "/" in name else f"docker.io/library/{name}", tag or "latest"))
        return tuple(rows)

    def _container_row(self, container: Container) -> tuple[str, ...]:
        since = container.started_at if container.started_at is not None else container.created_at
        return (
            container.id[:13],
            container.image,
            ago(self.now - since),
            container.state.capitalize(),
            container.name,
            str(container.attempt),
            container.sandbox_id[:13],
            container.pod,
            container.namespace,
        )

    def _sandbox_row(self, sandbox: Sandbox) -> tuple[str, ...]:
        state = "Ready" if sandbox.ready else "NotReady"
        age = ago(self.now - sandbox.created_at)
        return (
            sandbox.id[:13],
            age,
            state,
            sandbox.pod,
            sandbox.namespace,
            str(sandbox.attempt),
            "(default)",
        )


def ago(age: int) -> str:
    """ "5 minutes ago", as crictl writes it (docker/go-units HumanDuration)."""
    seconds = age // SECOND
    for limit, size, unit in ((46 * 60, 60, "minute"), (24 * 3600, 3600, "hour"), (None, 86_400, "day")):
        if seconds < 60:
            break
        if limit is None or seconds < limit:
            count = seconds // size or 1
            if count == 1:
                return {"minute": "About a minute ago", "hour": "About an hour ago"}.get(unit, "24 hours ago")
            return f"{count} {unit}s ago"
    if seconds < 1:
        return "Less than a second ago"
    return "1 second ago" if seconds == 1 else f"{seconds} seconds ago"
