"""One scheduling decision, as a pure function of what the scheduler believes."""

from collections.abc import Iterator

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.messages import NO_NODES, fit_error
from clustersim.scheduler.predicates import Predicate, candidate, node_problems, reasons_against
from clustersim.scheduler.priorities import Score, Selectors, score
from clustersim.scheduler.select_host import Choice, select_host


class Policy(msgspec.Struct, frozen=True):
    """What differs between releases: whether nodes that are not ready are left out before the predicates see
    them, which predicates run, how the message begins."""

    leaves_out_unready: bool
    predicates: tuple[Predicate, ...]
    no_fit: str


class Decision(msgspec.Struct, frozen=True):
    """nodes: how many were looked at; choice: None if the pod fits nowhere, and then the message says why."""

    nodes: int
    rejected: tuple[Rejection, ...] = ()
    scores: tuple[Score, ...] = ()
    choice: Choice | None = None
    message: str = ""


def decide(
    pod: Pod, infos: Iterator[NodeInfo], selectors: Selectors, policy: Policy, counter: int
) -> Decision:
    """Find the node for a pod (genericScheduler.Schedule)."""
    asked = candidate(pod)
    nodes = [info for info in infos if not (policy.leaves_out_unready and _is_unready(info))]
    if not nodes:
        return Decision(0, message=NO_NODES)
    rejected, fitting = [], []
    for info in nodes:
        if reasons := reasons_against(asked, info, policy.predicates):
            rejected.append(Rejection(info.name, reasons))
        else:
            fitting.append(info)
    if not fitting:
        reasons = tuple(reason for one in rejected for reason in one.reasons)
        return Decision(len(nodes), tuple(rejected), message=fit_error(policy.no_fit, reasons))
    scores = score(pod, fitting, selectors)
    return Decision(len(nodes), tuple(rejected), tuple(scores), select_host(scores, counter))


def _is_unready(info: NodeInfo) -> bool:
    assert info.node is not None
    return bool(node_problems(info.node))
