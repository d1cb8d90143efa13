"""`kubectl describe node`. Source: v1.7.5 and v1.8.0 describe.go describeNode, describeNodeResource."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clustersim.api.core_v1 import NodeCondition, Pod
from clustersim.api.quantity import byte_count, millicores
from clustersim.api.resources import Resources, pod_limits, requests_v136
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today, moment
from clustersim.kubectl.describe.parts import TODAY, annotations, pairs, several
from clustersim.kubectl.describe.unread import slices_of_node
from clustersim.kubectl.nodes import node_roles


def node_lines(
    node: Any, pods: Sequence[Any], lease: Any, slices: Sequence[Any], release: str, now: Micros
) -> Iterable[str]:
    """Everything but the events; `pods`: those on it that have not finished; `lease`: its, where the release
    has such; `slices`: of devices that it has."""
    metadata, status = node.metadata, node.status
    today = release in TODAY
    roles = node_roles(node)
    yield f"Name:\t{metadata.name}"
    yield f"Role:\t{','.join(roles)}" if release == "v1.7" else f"Roles:\t{','.join(roles) or '<none>'}"
    yield from pairs("Labels", metadata.labels)
    yield from annotations(metadata.annotations, release)
    if today:
        yield f"CreationTimestamp:\t{moment(metadata.creation_timestamp)}"
    found = sorted(node.spec.taints, key=lambda taint: (taint.effect, taint.key))
    taints = [f"{t.key}={t.value}:{t.effect}" if t.value else f"{t.key}:{t.effect}" for t in found]
    yield from several("Taints", taints)
    if today:
        yield f"Unschedulable:\t{str(node.spec.unschedulable).lower()}"
        yield from _lease(lease, metadata.name)
    else:
        yield f"CreationTimestamp:\t{moment(metadata.creation_timestamp)}"
    if status.conditions:
        yield "Conditions:"
        yield "  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage"
        yield "  ----\t------\t-----------------\t------------------\t------\t-------"
    yield from (_condition(condition) for condition in status.conditions)
    yield "Addresses:"
    yield from (f"  {address.type}:\t{address.address}" for address in status.addresses)
    for title, amounts in (("Capacity", status.capacity), ("Allocatable", status.allocatable)):
        if amounts:
            yield f"{title}:"
        yield from (f" {' ' if today else ''}{name}:\t{amounts[name]}" for name in sorted(amounts))
    yield from slices_of_node(slices)
    yield from _system(node, today=today)
    allocatable = status.allocatable or status.capacity
    yield from _resources_today(allocatable, pods, now) if today else _resources(allocatable, pods)


def _lease(lease: Any, name: str) -> Iterable[str]:
    if lease is None:
        yield f'Lease:\tFailed to get lease: leases.coordination.k8s.io "{name}" not found'
        return
    yield "Lease:"
    yield f"  HolderIdentity:\t{lease.spec.holder_identity}"
    yield f"  AcquireTime:\t{moment(lease.spec.acquire_time)}"
    yield f"  RenewTime:\t{moment(lease.spec.renew_time)}"


def _system(node: Any, *, today: bool) -> Iterable[str]:
    info, indent = node.status.node_info, "  " if today else " "
    yield "System Info:"
    yield f"{indent}Machine ID:\t{info.machine_id}"
    yield f"{indent}System UUID:\t{info.system_uuid or info.machine_id}"
    yield f"{indent}Boot ID:\t{info.boot_id}"
    yield f"{indent}Kernel Version:\t{info.kernel_version}"
    yield f"{indent}OS Image:\t{info.os_image}"
    yield f"{indent}Operating System:\t{info.operating_system}"
    yield f"{indent}Architecture:\t{info.architecture}"
    yield f"{indent}Container Runtime Version:\t{info.container_runtime_version}"
    yield f"{indent}Kubelet Version:\t{info.kubelet_version}"
    if not today:
        yield f"{indent}Kube-Proxy Version:\t{info.kube_proxy_version}"
    if node.spec.pod_cidr:
        yield f"PodCIDR:\t{node.spec.pod_cidr}"
    if today and node.spec.pod_cidr:
        yield f"PodCIDRs:\t{node.spec.pod_cidr}"
    if not today:
        yield f"ExternalID:\t{node.spec.external_id}"
    elif node.spec.provider_id:
        yield f"ProviderID:\t{node.spec.provider_id}"


def _condition(condition: NodeCondition) -> str:
    return (
        f"  {condition.type} \t{condition.status} \t{moment(condition.last_heartbeat_time)} "
        f"\t{moment(condition.last_transition_time)} \t{condition.reason} \t{condition.message}"
    )


def _resources(allocatable: Mapping[str, str], pods: Sequence[Pod]) -> Iterable[str]:
    cpu = millicores(allocatable.get("cpu", "0")) or 1
    memory = byte_count(allocatable.get("memory", "0")) or 1
    yield f"Non-terminated Pods:\t({len(pods)} in total)"
    yield "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits"
    yield "  ---------\t----\t\t------------\t----------\t---------------\t-------------"
    totals = [0, 0, 0, 0]
    for pod in pods:
        amounts = _amounts(pod)
        totals = [one + other for one, other in zip(totals, amounts, strict=True)]
        cells = "\t".join(_shares(amounts, cpu, memory))
        yield f"  {pod.metadata.namespace}\t{pod.metadata.name}\t\t{cells}"
    yield "Allocated resources:"
    yield "  (Total limits may be over 100 percent, i.e., overcommitted.)"
    yield "  CPU Requests\tCPU Limits\tMemory Requests\tMemory Limits"
    yield "  ------------\t----------\t---------------\t-------------"
    yield "  " + "\t".join(_shares(totals, cpu, memory))


def _resources_today(allocatable: Mapping[str, str], pods: Sequence[Any], now: Micros) -> Iterable[str]:
    cpu = millicores(allocatable.get("cpu", "0")) or 1
    memory = byte_count(allocatable.get("memory", "0")) or 1
    yield f"Non-terminated Pods:\t({len(pods)} in total)"
    yield "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge"
    yield "  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---"
    wanted = limits = Resources()
    for pod in pods:
        wanted += requests_v136(pod).counted
        limits += pod_limits(pod)
        cells = "\t".join(_shares(_amounts(pod), cpu, memory))
        since = age_today(pod.metadata.creation_timestamp, now)
        yield f"  {pod.metadata.namespace}\t{pod.metadata.name}\t\t{cells}\t{since}"
    shares = list(_shares([wanted.cpu, limits.cpu, wanted.memory, limits.memory], cpu, memory))
    yield "Allocated resources:"
    yield "  (Total limits may be over 100 percent, i.e., overcommitted.)"
    yield "  Resource\tRequests\tLimits"
    yield "  --------\t--------\t------"
    yield f"  cpu\t{shares[0]}\t{shares[1]}"
    yield f"  memory\t{shares[2]}\t{shares[3]}"
    yield from _others(allocatable, wanted, limits)


def _others(allocatable: Mapping[str, str], wanted: Resources, limits: Resources) -> Iterable[str]:
    """Disk, huge pages, and what the node has of a kind of its own, which has no shares."""
    pages = sorted(name for name in allocatable if name.startswith("hugepages-"))
    for name in ("ephemeral-storage", *pages):
        whole = byte_count(allocatable.get(name, "0"))
        cells = [
            f"{_memory(amount)} ({amount * 100 // whole if whole else 0}%)"
            for amount in (wanted.amount(name), limits.amount(name))
        ]
        yield f"  {name}\t{cells[0]}\t{cells[1]}"
    for name in sorted(allocatable.keys() - {"cpu", "memory", "pods", "ephemeral-storage", *pages}):
        yield f"  {name}\t{_memory(wanted.amount(name))}\t{_memory(limits.amount(name))}"


def _amounts(pod: Pod) -> list[int]:
    """CPU requests and limits in thousandths, memory requests and limits in bytes: those of the containers
    together, or of an init container that has more (PodRequestsAndLimits)."""
    wanted, limits = requests_v136(pod).counted, pod_limits(pod)
    return [wanted.cpu, limits.cpu, wanted.memory, limits.memory]


def _shares(amounts: Sequence[int], cpu: int, memory: int) -> Iterable[str]:
    for index, amount in enumerate(amounts):
        whole = cpu if index < 2 else memory
        yield f"{_cpu(amount) if index < 2 else _memory(amount)} ({amount * 100 // whole}%)"


def _cpu(thousandths: int) -> str:
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def _memory(amount: int) -> str:
    for unit, size in (("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)):
        if amount and amount % size == 0:
            return f"{amount // size}{unit}"
    return str(amount)
