"""Nodes as items: what the API server believes of each, and what is really there."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from clustersim.api.coordination import Lease
from clustersim.api.core_v1 import Node, NodeCondition, Pod
from clustersim.api.timestamp import micros
from clustersim.api.topology import OLD_ZONE, ZONE
from clustersim.cluster import Cluster
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import UNKNOWN
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.tables import table_of
from clustersim.machine import Machine
from clustersim.runtime.records import CREATED, RUNNING, Container, RuntimeDisk
from clustersim.view.differences import differences
from clustersim.view.since import since
from clustersim.view.structs import ContainerItem, Difference, MachineItem, NodeItem, PartItem, PodItem

PARTS: Final = ("kubelet", "docker", "kube-proxy")
ZONES: Final = (ZONE, OLD_ZONE)
RACKS: Final = ("topology.kubernetes.io/rack", "rack")
"""There is no well-known label for racks; these are common."""
CRASH_LOOPING: Final = "crash-looping"
STATES: Final = {"True": "Ready", "False": "NotReady"}


def process_state(process: Process) -> str:
    """running, hung, stopped, or crash-looping: ended by itself and to be started again."""
    status = process.status
    return CRASH_LOOPING if status.phase == STOPPED and status.exited else status.phase


def containers_of(machine: Machine) -> list[Container]:
    """Docker's containers that have been started, oldest first."""
    disk: RuntimeDisk | None = machine.state.disk.get("runtime")
    return [found for found in disk.containers.values() if found.state != CREATED] if disk else []


def rule_count(machine: Machine) -> int:
    """Rules of Services in the kernel: to a Service's chain, to each endpoint's, and two in each of those;
    one that rejects where there are no endpoints."""
    kernel: dict[str, tuple[Any, ...]] = machine.state.kernel_rules
    return sum(1 + 3 * len(port.backends) for ports in kernel.values() for port in ports)


def _container_item(container: Container) -> ContainerItem:
    running = container.state == RUNNING
    since = container.started_at if running else container.finished_at
    return ContainerItem(
        id=container.id,
        pod_uid=container.pod_uid,
        pod=container.pod,
        name=container.name,
        image=container.image,
        state="running" if running else "exited",
        since=container.created_at if since is None else since,
        attempt=container.attempt,
    )


def _network(cluster: Cluster, machine: str) -> str:
    state = cluster.network.state
    return state.walls.get(machine) or ("cut" if machine in state.cut else "up")


def _machine_item(cluster: Cluster, machine: Machine, node: Node | None) -> MachineItem:
    return MachineItem(
        power="on" if machine.state.powered else "off",
        network=_network(cluster, machine.name),
        kernel=machine.state.kernel,
        os=node.status.node_info.os_image if node else "",
        cpu=machine.cpu,
        memory_mib=machine.memory_mib,
        boot_id=machine.boot_id,
    )


def part_process(cluster: Cluster, kind: str, node: str) -> Process:
    """The process behind a part of a node. What the page calls docker is the runtime of the release."""
    return cluster.process("runtime" if kind == "docker" else kind, node)


def _parts(cluster: Cluster, machine: Machine) -> dict[str, PartItem]:
    parts = {}
    for kind in PARTS:
        process = part_process(cluster, kind, machine.name)
        rules = rule_count(machine) if kind == "kube-proxy" else None
        parts[kind] = PartItem(state=process_state(process), since=process.status.since, rules=rules)
    return parts


class Load(NamedTuple):
    """What is on a node: the pods it should run, the containers it really has, where the two part."""

    pods: tuple[PodItem, ...]
    containers: tuple[ContainerItem, ...]
    differs: tuple[Difference, ...]


def load_of(machine: Machine, pods: list[Pod], item: Callable[[Pod], PodItem]) -> Load:
    """What is on a machine; item: of one of its pods."""
    containers = containers_of(machine)
    return Load(
        tuple(map(item, pods)), tuple(map(_container_item, containers)), differences(pods, containers)
    )


def node_item(cluster: Cluster, machine: Machine, load: Load) -> NodeItem:
    """A machine and the node it is."""
    release = cluster.release
    node: Node | None = cluster.object("nodes", machine.name)
    ready = ready_of(node)
    table = table_of("nodes", release)
    header = table.header()
    rows = [header, *([_row(node, table.row(node, 0), header, release)] if node else [])]
    lines = [*lines_of(rows, release), ""]
    return NodeItem(
        name=machine.name,
        registered=node is not None,
        state=STATES.get(ready.status, "Unknown") if ready else "Unknown",
        ready=ready.status if ready else "Unknown",
        unschedulable=node.spec.unschedulable if node else False,
        printed=lines[1],
        printed_header=lines[0],
        ready_since=micros(ready.last_transition_time) if ready and ready.last_transition_time else None,
        pods=load.pods,
        containers=load.containers,
        differs=load.differs,
        parts=_parts(cluster, machine),
        runtime=cluster.world.release.runtime,
        machine=_machine_item(cluster, machine, node),
        last_heartbeat=last_heartbeat(cluster, machine.name, ready),
        zone=_label(node, ZONES),
        rack=_label(node, RACKS),
    )


def _row(node: Node, row: tuple[str, ...], header: tuple[str, ...], release: str) -> tuple[str, ...]:
    """A row of `kubectl get nodes` in which the page says the age."""
    place, created = header.index("AGE"), node.metadata.creation_timestamp
    age = since(release)(micros(created)) if created else UNKNOWN
    return (*row[:place], age, *row[place + 1 :])


def _label(node: Node | None, keys: tuple[str, ...]) -> str:
    labels = node.metadata.labels if node else {}
    return next((labels[key] for key in keys if key in labels), "")


def ready_of(node: Node | None) -> NodeCondition | None:
    """Its Ready condition: the last one that a kubelet writes, so the search begins at the end."""
    conditions = node.status.conditions if node else ()
    return next((found for found in reversed(conditions) if found.type == "Ready"), None)


def last_heartbeat(cluster: Cluster, name: str, ready: NodeCondition | None) -> Micros | None:
    """When the kubelet last said that it lives: the later of its Lease and the status it posts."""
    lease: Lease | None = cluster.object("leases", f"kube-node-lease/{name}")
    posted = micros(ready.last_heartbeat_time) if ready and ready.last_heartbeat_time else None
    renewed = micros(lease.spec.renew_time) if lease and lease.spec.renew_time else None
    if posted is None or renewed is None:
        return renewed if posted is None else posted
    return max(posted, renewed)
