"""Why something has not happened yet: the rules that are armed for an object, their unmet terms and the
time left.

The verdicts come from the predicates that the components themselves fire by. `predicted` is when the rule
will fire if nobody interferes, passes and limiters included; it is looked up in a copy that runs ahead.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.controllermanager.job.rules import JOB_BACKOFF, JOB_TOO_FEW
from clustersim.controllermanager.rules import NAMESPACE_EMPTY, NAMESPACE_NOT_EMPTY
from clustersim.engine.record import Event
from clustersim.engine.time import MINUTE, Micros
from clustersim.explain.ahead import ahead
from clustersim.explain.armed_rules import ArmedRule, Term, armed_rules_of
from clustersim.explain.subject import subject_of
from clustersim.explain.terms import with_terms
from clustersim.scheduler.framework.rules import BEST_NODE, WAITS_FOR_CHANGE
from clustersim.scheduler.rules import BEST_SCORE, FITS_NOWHERE

PATIENCE: Final[Micros] = 2 * MINUTE
"""How long after its due time a rule is waited for: it fires at the next pass, or waits behind a limiter."""

INSTEAD: Final = {
    FITS_NOWHERE.id: BEST_SCORE.id,
    WAITS_FOR_CHANGE.id: BEST_NODE.id,
    JOB_BACKOFF.id: JOB_TOO_FEW.id,
    NAMESPACE_NOT_EMPTY.id: NAMESPACE_EMPTY.id,
}
"""What is waited for where the armed rule says why nothing happens."""

__all__ = ["ArmedRule", "Term", "why_not"]


def why_not(cluster: Cluster, name: str, future: Iterable[Event] | None = None) -> tuple[ArmedRule, ...]:
    """The armed rules of "nodes/n1", "pods/default/web-1" or a part of the picture, the next one to fire
    first. Nothing armed: empty. future: what happens next, where that is known; None: what would, if nobody
    acted. Raises KeyError if there is no such thing.
    """
    subject = subject_of(cluster, name)
    if subject is None:
        raise KeyError(name)
    armed = list(armed_rules_of(cluster, subject))
    predicted = _predict(cluster, armed, future)
    told = [
        with_terms(cluster, msgspec.structs.replace(one, predicted=when))
        for one, when in zip(armed, predicted, strict=True)
    ]
    return tuple(
        sorted(told, key=lambda one: (one.predicted is None, one.predicted or 0, one.verdict.due or 0))
    )


def _predict(cluster: Cluster, armed: list[ArmedRule], future: Iterable[Event] | None) -> list[Micros | None]:
    """When each rule fires for its object, if it does soon after it is due."""
    found: list[Micros | None] = [None] * len(armed)
    limit = max((one.verdict.due or 0 for one in armed), default=0) - cluster.now + PATIENCE
    missing: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(armed):
        rule = one.verdict.rule.id
        missing.setdefault((one.object, INSTEAD.get(rule, rule)), []).append(index)
    if not missing:
        return found
    for event in ahead(cluster, max(limit, PATIENCE)) if future is None else future:
        if event.rule is not None and event.rule.holds:
            for index in missing.pop((event.object, event.rule.rule.id), ()):
                found[index] = event.t
        if not missing:
            break
    return found
