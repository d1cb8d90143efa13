"""The control plane as items, and the deadlines its node controller keeps."""

from clustersim.apiserver.server import ApiServer
from clustersim.cluster import Cluster
from clustersim.controllermanager.node.deadlines import NodeDeadlines
from clustersim.controllermanager.process import ControllerManager
from clustersim.engine.process import Process
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros
from clustersim.etcd import Etcd
from clustersim.i18n import Message
from clustersim.scheduler.scheduler import Scheduler
from clustersim.view.nodes import process_state
from clustersim.view.structs import (
    ApiServerItem,
    ControlItem,
    ControllerManagerItem,
    DeadlineItem,
    EtcdItem,
    LoopItem,
    SchedulerItem,
    ZoneQueueItem,
    texts,
)


def control_items(cluster: Cluster) -> dict[str, ControlItem]:
    """Every process of the control plane that this cluster has."""
    found: dict[str, ControlItem] = {}
    for process in cluster.processes():
        if isinstance(process, Etcd):
            found[process.name] = _etcd(process)
        elif isinstance(process, ApiServer):
            found[process.name] = _apiserver(process)
        elif isinstance(process, ControllerManager):
            found[process.name] = _controller_manager(process)
        elif isinstance(process, Scheduler):
            found[process.name] = _scheduler(process)
    return found


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


def _apiserver(server: ApiServer) -> ApiServerItem:
    stored = server.etcd.store.objects
    return ApiServerItem(
        name=server.name,
        state=process_state(server),
        since=server.status.since,
        watches=server.open_watches(),
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


# --- deadlines ----------------------------------------------------------------------------------------------


def deadline_items(cluster: Cluster, ready: dict[str, str]) -> dict[str, DeadlineItem]:
    """What the node controller will do to which node, and when; nothing while no controller works.

    ready: status of each node's Ready condition. An eviction counts only while a node is not ready.
    """
    manager = cluster.world.controller_manager
    if not isinstance(manager, ControllerManager) or not manager.leading:
        return {}
    controller, flags = manager.node_controller, manager.flags
    found = {}
    for name, deadlines in controller.deadlines().items():
        found[f"grace/{name}"] = DeadlineItem(
            kind="grace",
            node=name,
            origin=deadlines.probe,
            origin_kind="probe",
            due=_due(deadlines.grace, deadlines.grace_pass, frozen=False),
            length=flags.node_monitor_grace_period,
            rule=deadlines.grace.rule.id,
            fired=deadlines.marked,
            frozen=None,
        )
        if ready.get(name, "True") != "True" and deadlines.eviction is not None:
            found[f"eviction/{name}"] = _eviction(deadlines, deadlines.eviction)
    return found


def _eviction(deadlines: NodeDeadlines, eviction: Verdict) -> DeadlineItem:
    return DeadlineItem(
        kind="eviction",
        node=deadlines.node,
        origin=deadlines.eviction_since,
        origin_kind=deadlines.eviction_origin,
        due=_due(eviction, deadlines.eviction_pass, frozen=deadlines.frozen is not None),
        length=deadlines.eviction_length,
        rule=eviction.rule.id,
        fired=deadlines.evicted,
        frozen=texts(Message(deadlines.frozen)) if deadlines.frozen else None,
    )


def _due(verdict: Verdict, acting: Micros | None, *, frozen: bool) -> Micros | None:
    """The pass that acts; without one, or while it does not come to that, the moment the rule names."""
    return verdict.due if frozen or acting is None else acting
