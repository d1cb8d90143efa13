"""The control plane as items."""

from typing import Final

from clustersim.apiserver.server import ApiServer
from clustersim.cluster import Cluster
from clustersim.controllermanager.process import ControllerManager
from clustersim.engine.process import Process
from clustersim.etcd import Etcd
from clustersim.scheduler.scheduler import Scheduler
from clustersim.view.nodes import process_state
from clustersim.view.structs import (
    ApiServerItem,
    ControlItem,
    ControllerManagerItem,
    EtcdItem,
    LoopItem,
    SchedulerItem,
    ZoneQueueItem,
)

PARTS: Final = (Etcd, ApiServer, ControllerManager, Scheduler)


class Control:
    """Follows the control plane of one world. watches: how many are open, asked only when that is wanted."""

    def __init__(self, cluster: Cluster) -> None:
        self._processes = [process for process in cluster.processes() if isinstance(process, PARTS)]
        self._watches: dict[str, tuple[tuple[int, int], int]] = {}

    def items(self, lives: int | None) -> dict[str, ControlItem]:
        """Every process of the control plane that this cluster has. lives: how many processes have begun or
        ended so far, None where nobody counts them.
        """
        found: dict[str, ControlItem] = {}
        for process in self._processes:
            if isinstance(process, Etcd):
                found[process.name] = _etcd(process)
            elif isinstance(process, ApiServer):
                found[process.name] = _apiserver(process, self._open_watches(process, lives))
            elif isinstance(process, ControllerManager):
                found[process.name] = _controller_manager(process)
            else:
                found[process.name] = _scheduler(process)
        return found

    def _open_watches(self, server: ApiServer, lives: int | None) -> int:
        """Thousands of nodes have thousands of watches: they are counted when one of them was opened, or a
        process has ended.
        """
        if lives is None:
            return server.open_watches()
        key = (lives, server.streams.changes)
        known = self._watches.get(server.name)
        if known is None or known[0] != key:
            known = self._watches[server.name] = (key, server.open_watches())
        return known[1]


def _etcd(etcd: Etcd) -> EtcdItem:
    return EtcdItem(
        name=etcd.name,
        state=process_state(etcd),
        since=etcd.status.since,
        revision=etcd.store.revision,
        keys=sum(len(objects) for objects in etcd.store.objects.values()),
        health="ok" if etcd.running else "unreachable",
        port=etcd.flags.client_port,
    )


def _apiserver(server: ApiServer, watches: int) -> ApiServerItem:
    stored = server.etcd.store.objects
    return ApiServerItem(
        name=server.name,
        state=process_state(server),
        since=server.status.since,
        watches=watches,
        objects={resource: len(objects) for resource, objects in stored.items() if objects},
        port=server.flags.secure_port,
    )


def _controller_manager(manager: ControllerManager) -> ControllerManagerItem:
    loops = manager.control_loops() if manager.running else ()
    return ControllerManagerItem(
        name=manager.name,
        state=process_state(manager),
        since=manager.status.since,
        leader=manager.leading,
        loops=tuple(
            LoopItem(name=loop.name, last_active=loop.last_active, queue=loop.queue) for loop in loops
        ),
        zones=tuple(
            ZoneQueueItem(zone=queue.zone.rpartition("\0:")[2], waiting=queue.waiting, first=queue.first)
            for queue in (manager.node_controller.queues() if manager.leading else ())
        ),
        port=_port(manager),
    )


def _scheduler(scheduler: Scheduler) -> SchedulerItem:
    state = scheduler.state
    return SchedulerItem(
        name=scheduler.name,
        state=process_state(scheduler),
        since=scheduler.status.since,
        leader=state.scheduling,
        queue=scheduler.queued(),
        waiting=scheduler.waiting(),
        last_active=state.last_active,
        port=_port(scheduler),
    )


def _port(process: Process) -> int:
    """The first it listens on, 0 for none."""
    return next((listener.port for listener in process.listeners()), 0)
