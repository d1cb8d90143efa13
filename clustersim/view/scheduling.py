"""The scheduler's newest attempt at a pod in sentences: why the pod is where it is, or nowhere."""

from collections import Counter

from clustersim.cluster import Cluster
from clustersim.i18n import Message, _
from clustersim.scheduler.attempts import Attempt
from clustersim.scheduler.scheduler import Scheduler
from clustersim.scheduler.scores import Score
from clustersim.view.structs import Texts, texts


def attempt_notes(cluster: Cluster, key: str, uid: str) -> tuple[Texts, ...]:
    """What the scheduler did with the pod last; nothing if it does not remember."""
    scheduler = cluster.world.scheduler
    if not isinstance(scheduler, Scheduler):
        return ()
    attempt: Attempt | None = scheduler.state.attempts.by_pod.get(key)
    if attempt is None or attempt.uid != uid:
        return ()
    return tuple(texts(message) for message in _sentences(attempt))


def _sentences(attempt: Attempt) -> list[Message]:
    found = [
        Message(
            _("The scheduler looked at {nodes:node|nodes}, attempt {tried}: {message}"),
            {"nodes": attempt.nodes, "tried": attempt.tried, "message": attempt.message},
        )
    ]
    reasons = Counter(reason for rejection in attempt.rejected for reason in rejection.reasons)
    for reason in sorted(reasons):
        nodes = [rejection.node for rejection in attempt.rejected if reason in rejection.reasons]
        values = {"reason": reason, "nodes": " ".join(nodes)}
        found.append(Message(_("{reason}: {nodes}"), values))
    for score in sorted(attempt.scores, key=lambda score: (-score.total, score.node)):
        found.append(
            Message(
                _("{node}: {total:point|points} ({parts})"),
                {"node": score.node, "total": score.total - attempt.common, "parts": _parts(score)},
            )
        )
    return found


def _parts(score: Score) -> str:
    return ", ".join(f"{part.name} {part.points}" for part in score.parts)
