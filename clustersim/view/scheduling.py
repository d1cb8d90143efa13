"""The scheduler's newest attempt at a pod in sentences: why the pod is where it is, or nowhere."""

from clustersim.cluster import Cluster
from clustersim.i18n import Message, _
from clustersim.scheduler.attempts import Attempt, Rejection
from clustersim.scheduler.scores import Score
from clustersim.view.structs import Texts, texts


def attempt_notes(cluster: Cluster, key: str, uid: str) -> tuple[Texts, ...]:
    """What the scheduler did with the pod last; nothing if it does not remember."""
    attempt: Attempt | None = cluster.world.scheduler.state.attempts.by_pod.get(key)
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
    nodes: dict[str, list[str]] = {}
    for rejection in attempt.rejected:
        for reason in failures_of(rejection):
            nodes.setdefault(reason, []).append(rejection.node)
    for reason in sorted(nodes):
        found.append(Message(_("{reason}: {nodes}"), {"reason": reason, "nodes": " ".join(nodes[reason])}))
    for score in sorted(attempt.scores, key=lambda score: (-score.total, score.node)):
        found.append(
            Message(
                _("{node}: {total:point|points} ({parts})"),
                {
                    "node": score.node,
                    "total": score.total - attempt.common,
                    "parts": _parts(score, attempt.common),
                },
            )
        )
    return found


def points_of(score: Score, common: int) -> dict[str, int]:
    """A node's points by priority or plugin, with its weight; without what all nodes have alike."""
    return {
        f"{part.name} x {part.weight}" if part.weight > 1 else part.name: part.points
        for part in score.parts
        if not common or part.points * part.weight != common
    }


def failures_of(rejection: Rejection) -> tuple[str, ...]:
    """Why a node was turned away, with the plugin that did it."""
    plugin = f"{rejection.plugin}: " if rejection.plugin else ""
    return tuple(plugin + reason for reason in rejection.reasons)


def _parts(score: Score, common: int) -> str:
    return ", ".join(f"{name}: {points}" for name, points in points_of(score, common).items())
