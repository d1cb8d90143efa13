"""Why something has not happened yet: the rules that are armed for an object, their unmet terms and the
time left.

The verdicts come from the predicates that the components themselves fire by. `predicted` is when the rule
will fire if nobody interferes, passes and limiters included; it is looked up in a copy that runs ahead.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.controllermanager.node.deadlines import NodeDeadlines, node_deadlines
from clustersim.controllermanager.process import ControllerManager
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MINUTE, Micros
from clustersim.explain.ahead import ahead
from clustersim.i18n import _
from clustersim.kubelet.armed import armed_for_node, armed_for_pod
from clustersim.kubelet.kubelet import Kubelet
from clustersim.scheduler.attempts import Attempt, AttemptsState
from clustersim.scheduler.rules import FITS_NOWHERE

PATIENCE: Final[Micros] = 2 * MINUTE
"""How long after its due time a rule is waited for: it fires at the next pass, or waits behind a limiter."""

NOBODY_LOOKS = _("The controller-manager does not work: nobody looks.")


class Armed(msgspec.Struct, frozen=True):
    """A rule that would change the object.

    verdict: what the component's predicate says now, its `due` being the earliest moment at which it can
    hold. predicted: when it will fire, None if not within the time looked ahead. frozen: why it does not
    although it is due (a msgid). funnel: for a pod without a node the scheduler's last attempt.
    """

    object: str
    verdict: Verdict
    predicted: Micros | None = None
    frozen: str | None = None
    funnel: Attempt | None = None


def why_not(cluster: Cluster, reference: str) -> tuple[Armed, ...]:
    """The armed rules of "nodes/n1" or "pods/default/web-1", the next one to fire first. Nothing armed:
    empty."""
    resource, _slash, key = reference.partition("/")
    if resource == "nodes":
        armed = [*_of_node(cluster, key), *_of_kubelet(cluster, key)]
    elif resource == "pods":
        armed = list(_of_pod(cluster, key))
    else:
        armed = []
    predicted = _predict(cluster, armed)
    armed = [msgspec.structs.replace(one, predicted=when) for one, when in zip(armed, predicted, strict=True)]
    return tuple(
        sorted(armed, key=lambda one: (one.predicted is None, one.predicted or 0, one.verdict.due or 0))
    )


def _of_node(cluster: Cluster, node: str) -> Iterator[Armed]:
    manager = cluster.process("controller-manager")
    if not isinstance(manager, ControllerManager):
        return
    deadlines: NodeDeadlines | None = node_deadlines(manager.node_controller).get(node)
    if deadlines is None:
        return
    frozen = None if manager.leading else NOBODY_LOOKS
    reference = f"nodes/{node}"
    if not deadlines.marked:
        yield Armed(reference, deadlines.grace, frozen=frozen)
    if deadlines.token is not None:
        yield Armed(reference, deadlines.token, frozen=frozen or deadlines.frozen)
    elif not deadlines.evicted:
        yield Armed(reference, deadlines.eviction, frozen=frozen or deadlines.frozen)


def _of_pod(cluster: Cluster, key: str) -> Iterator[Armed]:
    pod = cluster.object("pods", key)
    if not isinstance(pod, Pod):
        return
    if not pod.spec.node_name:
        attempts: AttemptsState = cluster.process("scheduler").state.attempts
        attempt = attempts.by_pod.get(key)
        if attempt is not None and attempt.uid == pod.metadata.uid and not attempt.node:
            wait = None if attempt.retry_at is None else attempt.retry_at - attempt.t
            verdict = FITS_NOWHERE.holds(
                False, due=attempt.retry_at, nodes=attempt.nodes, pod=key, reasons=attempt.message, wait=wait
            )
            yield Armed(f"pods/{key}", verdict, funnel=attempt)
        return
    yield from _of_node(cluster, pod.spec.node_name)
    yield from _of_kubelet(cluster, pod.spec.node_name)
    kubelet = _kubelet(cluster, pod.spec.node_name)
    if kubelet is not None:
        yield from (Armed(f"pods/{key}", verdict) for verdict in armed_for_pod(kubelet, pod))


def _of_kubelet(cluster: Cluster, node: str) -> Iterator[Armed]:
    kubelet = _kubelet(cluster, node)
    if kubelet is not None:
        yield from (Armed(f"nodes/{node}", verdict) for verdict in armed_for_node(kubelet))


def _kubelet(cluster: Cluster, node: str) -> Kubelet | None:
    found = cluster.process("kubelet", node) if node in cluster.machines else None
    return found if isinstance(found, Kubelet) else None


def _predict(cluster: Cluster, armed: list[Armed]) -> list[Micros | None]:
    """When each rule fires for its object in a run that nobody disturbs, if it does soon after it is due."""
    found: list[Micros | None] = [None] * len(armed)
    limit = max((one.verdict.due or 0 for one in armed), default=0) - cluster.now + PATIENCE
    missing = {(one.object, one.verdict.rule.id): index for index, one in enumerate(armed)}
    for event in ahead(cluster, limit):
        if event.rule is not None and event.rule.holds:
            index = missing.pop((event.object, event.rule.rule.id), None)
            if index is not None:
                found[index] = event.t
        if not missing:
            break
    return found
