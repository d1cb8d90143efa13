"""What the scheduler did with its last pods: which nodes fell at which predicate, what the rest scored.

This answers "why is this pod pending" and "why there". The newest attempt of each pod is kept, for so many
pods. The message counts all nodes; of large clusters only some are named.
"""

from typing import Final

import msgspec

from clustersim.engine.state import State
from clustersim.engine.time import Micros
from clustersim.scheduler.scores import Score

PODS_KEPT: Final = 256
NODES_NAMED: Final = 64


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """A node and why the pod cannot run there.

    plugin: which turned it away, where the release has plugins. final: taking pods away would not help.
    """

    node: str
    reasons: tuple[str, ...]
    plugin: str = ""
    final: bool = False


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One attempt. node: the chosen one or ""; message: as people were told; tried: how often so far.

    common: points that every node has and people are not told.
    """

    t: Micros
    pod: str
    uid: str
    nodes: int
    rejected: tuple[Rejection, ...] = ()
    scores: tuple[Score, ...] = ()
    node: str = ""
    message: str = ""
    retry_at: Micros | None = None
    tried: int = 1
    common: int = 0


class AttemptsState(State):
    """The newest attempt of each pod, oldest pod first."""

    by_pod: dict[str, Attempt] = msgspec.field(default_factory=dict)


def remember(state: AttemptsState, attempt: Attempt) -> Attempt | None:
    """Keep an attempt; returns the one before of the same pod."""
    before = state.by_pod.pop(attempt.pod, None)
    if before is not None and before.uid == attempt.uid:
        attempt = msgspec.structs.replace(attempt, tried=before.tried + 1)
    else:
        before = None
    state.by_pod[attempt.pod] = msgspec.structs.replace(
        attempt, rejected=attempt.rejected[:NODES_NAMED], scores=attempt.scores[:NODES_NAMED]
    )
    while len(state.by_pod) > PODS_KEPT:
        del state.by_pod[next(iter(state.by_pod))]
    return before
