"""The scheduler's rules, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_CORE: Final = "v1.7.5 plugin/pkg/scheduler/core/generic_scheduler.go"

FITS_NOWHERE: Final = Rule(
    "scheduler.fits-nowhere",
    "scheduler",
    f"{_CORE} findNodesThatFit",
    _(
        "None of the nodes ({nodes}) can take {pod}, and it is tried again after {wait}. "
        "The scheduler says: {reasons}"
    ),
)

NOT_TRIED: Final = Rule(
    "scheduler.not-tried",
    "scheduler",
    f"{_CORE} Schedule",
    _("Pod {pod} has no node: the scheduler is to find one."),
)

BEST_SCORE: Final = Rule(
    "scheduler.best-score",
    "scheduler",
    f"{_CORE} selectHost",
    _(
        "{fitting} of {nodes:node|nodes} can take {pod}; {equals:has|have} the best score, {score}, "
        "and the turn is {node}'s."
    ),
)

SCENARIO: Final = Rule(
    "scheduler.scenario",
    "scheduler",
    "scenario",
    _("The scenario begins with {pod} on {node}."),
)

REFUSED: Final = Rule(
    "scheduler.binding-refused",
    "scheduler",
    "v1.7.5 plugin/pkg/scheduler/scheduler.go bind",
    _("The API server did not bind {pod} to {node}: {message}"),
)

EXPIRED: Final = Rule(
    "scheduler.assumption-expired",
    "scheduler",
    "v1.7.5 plugin/pkg/scheduler/schedulercache/cache.go cleanupAssumedPods",
    _("No watch confirmed within {ttl} that {pod} is on {node}: it counts there no more."),
)

PREEMPTED: Final = Rule(
    "scheduler.displaced",
    "scheduler",
    "v1.8.0 plugin/pkg/scheduler/core/generic_scheduler.go Preempt",
    _(
        "{pod} (priority {priority}) fits nowhere, but would fit on {node} without {victim} "
        "(priority {less}): it has to go."
    ),
)
