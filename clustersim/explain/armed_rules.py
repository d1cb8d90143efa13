"""Which rules are armed for an object: asked of the components' own predicates."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.controllermanager import rules as controller_rules
from clustersim.controllermanager.podgc.base import PodGarbageCollector
from clustersim.controllermanager.pods import is_active, is_ready, is_terminated
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import Micros
from clustersim.explain.subject import RESOURCES
from clustersim.i18n import Message, _
from clustersim.kubelet import rules as kubelet_rules
from clustersim.kubelet.armed_rules import armed_rules_of_node, armed_rules_of_pod
from clustersim.kubelet.kubelet import Kubelet
from clustersim.runtime.records import RUNNING, RUNTIMES
from clustersim.scheduler.attempts import Attempt
from clustersim.scheduler.rules import NOT_TRIED

NOBODY_LOOKS: Final = _("The controller-manager does not work: nobody looks.")
NOBODY_BINDS: Final = _("The scheduler does not work: nobody looks for a node.")
KUBELET_SILENT: Final = _("The kubelet of the node does not work: nobody starts, stops or reports its pods.")
COUNTED: Final = {
    "replicationcontrollers": (controller_rules.TOO_FEW, controller_rules.TOO_MANY),
    "replicasets": (controller_rules.SET_TOO_FEW, controller_rules.SET_TOO_MANY),
}
"""The rules of those that keep a number of pods."""

CUT_OFF: Final = _("The node is cut off: its kubelet hears and says nothing.")


class Term(msgspec.Struct, frozen=True):
    """One condition. left: until time alone meets it, None if time alone does not."""

    text: Message
    met: bool
    left: Micros | None = None


class ArmedRule(msgspec.Struct, frozen=True):
    """A rule that would change the object.

    verdict: what the component's predicate says now, its `due` being the earliest moment at which it can
    hold. predicted: when it will fire, None if not within the time looked ahead. frozen: why it does not
    although it is due (a msgid). funnel: for a pod without a node the scheduler's last attempt. terms: its
    conditions one by one.
    """

    object: str
    verdict: Verdict
    predicted: Micros | None = None
    frozen: str | None = None
    funnel: Attempt | None = None
    terms: tuple[Term, ...] = ()


def armed_rules_of(cluster: Cluster, subject: str) -> Iterator[ArmedRule]:
    """The armed rules of a node, pod, owner, Service, or of a process on a node."""
    resource, _slash, key = subject.partition("/")
    component, _at, node = subject.partition("@")
    if resource == "nodes":
        yield from _of_node(cluster, key)
        yield from _of_kubelet(cluster, key)
    elif resource == "pods":
        yield from _of_pod(cluster, key)
    elif resource in ("services", "endpoints"):
        yield from _of_service(cluster, key)
    elif resource in RESOURCES.values():
        yield from _of_owner(cluster, resource, key)
        yield from _of_controllers(cluster, resource, key)
    elif component in ("kubelet", *RUNTIMES):
        yield from _of_kubelet(cluster, node)


# --- nodes -------------------------------------------------------------------------------------------------


def _of_node(cluster: Cluster, node: str) -> Iterator[ArmedRule]:
    manager = cluster.world.controller_manager
    deadlines = manager.node_controller.deadlines().get(node)
    if deadlines is None:
        return
    frozen = None if manager.leading else NOBODY_LOOKS
    reference = f"nodes/{node}"
    if not deadlines.marked:
        yield ArmedRule(reference, deadlines.grace, frozen=frozen)
    if deadlines.token is not None:
        yield ArmedRule(reference, deadlines.token, frozen=frozen or deadlines.frozen)
    elif deadlines.eviction is not None and not deadlines.evicted:
        yield ArmedRule(reference, deadlines.eviction, frozen=frozen or deadlines.frozen)


def _of_kubelet(cluster: Cluster, node: str) -> Iterator[ArmedRule]:
    kubelet = _kubelet(cluster, node)
    if kubelet is not None:
        yield from (ArmedRule(f"nodes/{node}", verdict) for verdict in armed_rules_of_node(kubelet))


def _kubelet(cluster: Cluster, node: str) -> Kubelet | None:
    return cluster.world.kubelets.get(node)


# --- pods --------------------------------------------------------------------------------------------------


def _of_pod(cluster: Cluster, key: str) -> Iterator[ArmedRule]:
    pod = cluster.object("pods", key)
    if not isinstance(pod, Pod):
        return
    node = pod.spec.node_name
    if not node:
        yield from _of_pending(cluster, key, pod)
        return
    yield from _of_node(cluster, node)
    yield from _of_kubelet(cluster, node)
    kubelet = _kubelet(cluster, node)
    if kubelet is None:
        return
    frozen = _unreachable(cluster, kubelet, node)
    reference = f"pods/{key}"
    if frozen is None:
        yield from (ArmedRule(reference, verdict) for verdict in armed_rules_of_pod(kubelet, pod))
    elif pod.metadata.deletion_timestamp:
        containers = cluster.runtime(node).disk.containers.values()
        running = sum(one.pod_uid == pod.metadata.uid and one.state == RUNNING for one in containers)
        yield ArmedRule(reference, kubelet_rules.POD_RECLAIMED.holds(False, running=running), frozen=frozen)
    if cluster.object("nodes", node) is None:
        yield from _of_orphan(cluster, reference, pod)
    if is_terminated(pod):
        yield from _of_terminated(cluster, reference)


def _collector(cluster: Cluster) -> PodGarbageCollector | None:
    found = cluster.world.controller_manager.controllers.get("pod-gc")
    return found if isinstance(found, PodGarbageCollector) else None


def _of_orphan(cluster: Cluster, reference: str, pod: Pod) -> Iterator[ArmedRule]:
    """A pod whose node is gone waits for the pod garbage collector."""
    if (collector := _collector(cluster)) is not None:
        yield ArmedRule(reference, msgspec.structs.replace(collector.orphan_verdict(pod), holds=False))


def _unreachable(cluster: Cluster, kubelet: Kubelet, node: str) -> str | None:
    """Why the kubelet can do nothing about its pods."""
    if not kubelet.running or not kubelet.state.started:
        return KUBELET_SILENT
    return CUT_OFF if node in cluster.network.state.cut else None


def _of_pending(cluster: Cluster, key: str, pod: Pod) -> Iterator[ArmedRule]:
    scheduler = cluster.world.scheduler
    frozen = None if scheduler.running else NOBODY_BINDS
    attempt: Attempt | None = scheduler.state.attempts.by_pod.get(key)
    if attempt is not None and attempt.uid == pod.metadata.uid and not attempt.node:
        yield ArmedRule(f"pods/{key}", scheduler.armed(attempt), funnel=attempt, frozen=frozen)
    elif frozen is not None:
        yield ArmedRule(f"pods/{key}", NOT_TRIED.holds(False, pod=pod.metadata.name), frozen=frozen)


def _of_terminated(cluster: Cluster, reference: str) -> Iterator[ArmedRule]:
    """A pod that has ended stays until too many have."""
    ended = sum(is_terminated(pod) for pod in cluster.objects("pods").values())
    leading = cluster.world.controller_manager.leading
    if (collector := _collector(cluster)) is not None:
        verdict = collector.threshold_verdict(ended)
        yield ArmedRule(reference, verdict, frozen=None if leading else NOBODY_LOOKS)


# --- owners and Services -----------------------------------------------------------------------------------


def _of_owner(cluster: Cluster, resource: str, key: str) -> Iterator[ArmedRule]:
    owner: Any = cluster.object(resource, key)
    if owner is None:
        return
    for name, replica_set in cluster.objects("replicasets").items():
        if _owns(owner, replica_set):
            yield from _of_owner(cluster, "replicasets", name)
    pods = {name: pod for name, pod in cluster.objects("pods").items() if _owns(owner, pod)}
    if resource in COUNTED:
        yield from _of_count(cluster, resource, key, pods, owner.spec.replicas)
    for name, pod in pods.items():
        if not is_ready(pod):
            yield from _of_pod(cluster, name)


def _of_controllers(cluster: Cluster, resource: str, key: str) -> Iterator[ArmedRule]:
    """What the controllers themselves say that they wait for."""
    manager = cluster.world.controller_manager
    frozen = None if manager.leading else NOBODY_LOOKS
    for controller in manager.controllers.values():
        for verdict in controller.armed(resource, key):
            yield ArmedRule(f"{resource}/{key}", verdict, frozen=frozen)


def _of_count(
    cluster: Cluster, resource: str, key: str, pods: dict[str, Pod], wanted: int
) -> Iterator[ArmedRule]:
    """Pods are made or deleted when not as many are active as wanted."""
    too_few, too_many = COUNTED[resource]
    active = sum(map(is_active, pods.values()))
    if active == wanted:
        yield from _of_deposed(too_few, resource, key, pods, wanted)
        return
    leading = cluster.world.controller_manager.leading
    rule = too_few if active < wanted else too_many
    verdict = rule.holds(name=key, wanted=wanted, active=active, difference=abs(wanted - active))
    yield ArmedRule(f"{resource}/{key}", verdict, frozen=None if leading else NOBODY_LOOKS)


def _of_deposed(
    rule: Rule, resource: str, key: str, pods: dict[str, Pod], wanted: int
) -> Iterator[ArmedRule]:
    """All pods are active, though some sit on lost nodes: only their eviction changes that."""
    lost = sorted({p.spec.node_name for p in pods.values() if is_active(p) and not is_ready(p)} - {""})
    if not lost:
        return
    verdict = rule.holds(False, name=key, wanted=wanted, active=wanted, difference=0)
    sentence = _("Pods that are not ready still count as active until they are deleted: on {nodes}.")
    term = Term(Message(sentence, {"nodes": " ".join(lost)}), False)
    yield ArmedRule(f"{resource}/{key}", verdict, terms=(term,))


def _of_service(cluster: Cluster, key: str) -> Iterator[ArmedRule]:
    """A Service gets an endpoint when one of its pods becomes ready."""
    service = cluster.object("services", key)
    if service is None:
        return
    selector = service.spec.selector
    namespace = key.partition("/")[0]
    for name, pod in cluster.objects("pods").items():
        if pod.metadata.namespace != namespace or is_ready(pod) or not selector:
            continue
        if all(pod.metadata.labels.get(label) == value for label, value in selector.items()):
            yield from _of_pod(cluster, name)


def _owns(owner: Any, owned: Any) -> bool:
    return any(reference.uid == owner.metadata.uid for reference in owned.metadata.owner_references)
