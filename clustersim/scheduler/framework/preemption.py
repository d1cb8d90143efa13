"""Making room: what is said, and done, when a pod fits nowhere.

Sources: v1.36 pkg/scheduler/framework/preemption/preemption.go,
framework/plugins/defaultpreemption/default_preemption.go.
"""

from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.decision import Decision
from clustersim.scheduler.framework.messages import NO_CLAIMS, NO_VICTIMS, NOT_HELPFUL, fit_error


def post_filter(decision: Decision) -> str:
    """What the plugins that run after the filters have to say."""
    refused = (Rejection(one.node, (NOT_HELPFUL if one.final else NO_VICTIMS,)) for one in decision.rejected)
    return f"{NO_CLAIMS}, preemption: {fit_error(decision.nodes, refused)}"
