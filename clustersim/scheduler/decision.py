"""One scheduling decision, as a pure function of what the scheduler believes."""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.scheduler.attempts import NODES_NAMED, Rejection
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.claims import Storage
from clustersim.scheduler.messages import NO_NODES, fit_error, unbound_claim
from clustersim.scheduler.predicates import Predicate, candidate, node_problems, reasons_against
from clustersim.scheduler.priorities import Selectors, score
from clustersim.scheduler.scores import Score, scores, totals
from clustersim.scheduler.select_host import Choice, select_host

NO_STORAGE: Final = Storage()

MANY_NODES: Final = NODES_NAMED + 1
"""From so many nodes on not each is looked at for each pod; of fewer all are named, so all are looked at."""


class Policy(msgspec.Struct, frozen=True, gc=False):
    """What differs between releases: whether nodes that are not ready are left out before the predicates see
    them, which predicates run, how the message begins."""

    leaves_out_unready: bool
    predicates: tuple[Predicate, ...]
    no_fit: str


class Decision(msgspec.Struct, frozen=True, gc=False):
    """nodes: how many there are; visited: how many were looked at; fitting: how many would do. refused: the
    plugin that wants no node at all, whatever pods leave; no plugin after it was asked.

    choice: None if the pod fits nowhere, and then the message says why. scores: of the first nodes.
    """

    nodes: int
    rejected: tuple[Rejection, ...] = ()
    scores: tuple[Score, ...] = ()
    choice: Choice | None = None
    message: str = ""
    visited: int = 0
    fitting: int = 0
    refused: str = ""

    def after(self, visited: int, fitting: int) -> "Decision":
        """The same, with how many nodes were looked at and would do."""
        return replace(self, visited=visited, fitting=fitting)


def decide(
    pod: Pod,
    infos: Iterator[NodeInfo],
    selectors: Selectors,
    policy: Policy,
    counter: int,
    storage: Storage = NO_STORAGE,
) -> Decision:
    """Find the node for a pod (genericScheduler.Schedule)."""
    everything = list(infos)
    nodes = [info for info in everything if not (policy.leaves_out_unready and _is_unready(info))]
    if not nodes:
        return Decision(0, message=NO_NODES)
    if claim := storage.unbound(pod):
        return Decision(len(nodes), message=unbound_claim(claim, len(nodes)))
    asked = candidate(pod, everything, storage.zones(pod))
    rejected, fitting = [], []
    for info in nodes:
        if reasons := reasons_against(asked, info, policy.predicates):
            rejected.append(Rejection(info.name, reasons))
        else:
            fitting.append(info)
    if not fitting:
        reasons = tuple(reason for one in rejected for reason in one.reasons)
        return Decision(len(nodes), tuple(rejected), message=fit_error(policy.no_fit, reasons))
    names = [info.name for info in fitting]
    columns = score(pod, fitting, selectors, everything)
    choice = select_host(names, totals(columns, len(names)), counter)
    named = scores(names, columns, NODES_NAMED)
    return Decision(len(nodes), tuple(rejected), named, choice, visited=len(nodes), fitting=len(fitting))


def _is_unready(info: NodeInfo) -> bool:
    assert info.node is not None
    return bool(node_problems(info.node))
