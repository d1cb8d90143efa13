"""The rules of the scheduler of v1.36, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _
from clustersim.scheduler.rules import FITS_NOWHERE

BEST_NODE: Final = Rule(
    "scheduler.best-node",
    "scheduler",
    "v1.36 pkg/scheduler/schedule_one.go selectHost",
    _(
        "{fitting} of {nodes:node|nodes} can take {pod}; {equals:has|have} the best score, {score}, "
        "and {node} was looked at first."
    ),
)

WAITS_FOR_CHANGE: Final = Rule(
    "scheduler.waits-for-change",
    "scheduler",
    "v1.36 pkg/scheduler/backend/queue/scheduling_queue.go",
    _(
        "None of the nodes ({nodes}) can take {pod}. It is tried again as soon as something changes that "
        "{plugins} cares about, and after {wait} in any case. The scheduler says: {reasons}"
    ),
)

BACKS_OFF: Final = Rule(
    "scheduler.backs-off",
    "scheduler",
    "v1.36 pkg/scheduler/backend/queue/backoff_queue.go",
    FITS_NOWHERE.text,
)
"""Where no plugin is to blame: there is no node at all."""

PREEMPTED: Final = Rule(
    "scheduler.preempted",
    "scheduler",
    "v1.36 pkg/scheduler/framework/preemption/preemption.go",
    _(
        "{pod} (priority {priority}) fits nowhere, but would fit on {node} without {victim} "
        "(priority {less}): it has to go."
    ),
)
