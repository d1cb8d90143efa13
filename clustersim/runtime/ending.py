"""What becomes of containers when their daemon ends, or their machine loses its power."""

from collections.abc import Callable
from typing import Final

import msgspec

from clustersim.engine.process import STOPPED
from clustersim.engine.time import SECOND, Micros
from clustersim.flags.node import RuntimeDelays
from clustersim.programs import Program, stop_code
from clustersim.runtime.own_programs import OwnPrograms
from clustersim.runtime.records import LOST_POWER, RUNNING, SIGKILLED, Container, RuntimeDisk

STOP_TIMEOUT: Final[Micros] = 10 * SECOND
"""How long a container has that ends with its daemon (container/container_unix.go DefaultStopTimeout)."""


def stopped_by_hand(container: Container) -> int:
    """With which code a container ends that somebody stops who waits long enough."""
    heeds = container.program is None or container.program.stops
    return stop_code(container.spec, container.program) if heeds else SIGKILLED


class Ending(OwnPrograms):
    """The part of a runtime that sees to them."""

    delays: RuntimeDelays

    @property
    def outlived(self) -> bool:
        """Containers go on without their daemon."""
        return False

    def kill(self) -> None:
        """SIGKILL. Containers that have outlived their daemon do not outlive the power."""
        if self.status.phase == STOPPED and not self.host.state.powered:
            self._lose_power()
        super().kill()

    def hang_up(self) -> None:
        """The daemon ends, and with it its containers: all of them without power, otherwise those that cannot
        go on without it, which it tells to stop before. It refuses calls from then on, and a container that
        makes it wait for ten seconds is killed; here that is done at once (daemon/daemon.go Shutdown)."""
        if not self.host.state.powered:
            self._lose_power()
        elif not self.outlived and not self.state.outright:
            self._end_all(lambda container: self.stop_code(container, STOP_TIMEOUT))
        self.engine.signal(self.name)

    def _lose_power(self) -> None:
        self.disk.lost += [one.id for one in self.disk.containers.values() if one.state == RUNNING]
        self._end_all(lambda _container: LOST_POWER)

    def kill_outright(self) -> None:
        """SIGKILL to the daemon alone: each container runs on under a process of its own."""
        self.state.outright = True
        self.kill()

    def obeys(self, container: Container, grace: Micros) -> bool:
        """It ends by itself when it is told to stop and has so long."""
        return (container.program or Program()).stops and self.delays.stop <= grace

    def stop_code(self, container: Container, grace: Micros) -> int:
        """With which code it ends then."""
        return stop_code(container.spec, container.program) if self.obeys(container, grace) else SIGKILLED

    def _end_all(self, code: Callable[[Container], int]) -> None:
        for container in list(self.disk.containers.values()):
            if container.state == RUNNING:
                self.ended(container, code(container))
        self.end_sandboxes()

    def end_sandboxes(self) -> None:
        """No pod has a network any more."""
        for sandbox in list(self.disk.sandboxes.values()):
            if sandbox.ready:
                self.put_sandbox(msgspec.structs.replace(sandbox, ready=False))

    def lose_everything(self) -> None:
        """Containers, sandboxes and images are gone without a trace, as with a wiped disk."""
        self.host.state.disk["runtime"] = RuntimeDisk(last_address=self.disk.last_address)
        self.engine.signal(self.name)

    def miss(self) -> None:
        """Containers that ran are no more: they end now, as far as anybody can tell (containerd
        internal/cri/server/restart.go loadContainer; docker daemon/monitor.go StateChanged)."""
        lost, self.disk.lost = self.disk.lost, []
        for found in lost:
            if (container := self.disk.containers.get(found)) is not None:
                self.put(msgspec.structs.replace(container, finished_at=self.now, unseen=True))
