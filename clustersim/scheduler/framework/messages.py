"""What the scheduler tells people, word by word.

Sources: v1.36 pkg/scheduler/framework/types.go (FitError), schedule_one.go,
framework/preemption/preemption.go, framework/plugins/dynamicresources/dynamicresources.go (PostFilter).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.scheduler.attempts import Rejection

NO_CLAIMS: Final = "no new claims to deallocate"
CLAIMS_REMAIN: Final = "still not schedulable"
"""Of a pod whose claims were looked at."""

NEVER_ASKED: Final = "not found"
"""What the plugin of devices has noted of a pod that another plugin refused before it was asked: nothing. It
ends the look for victims, too (RunPostFilterPlugins, CycleState.Read)."""

NOT_HELPFUL: Final = "Preemption is not helpful for scheduling"
NO_VICTIMS: Final = "No preemption victims found for incoming pod"


def fit_error(nodes: int, rejected: Iterable[Rejection], refused: str = "") -> str:
    """Why a pod fits nowhere: reasons with the number of nodes, sorted as text; or `refused`, what keeps it
    off all nodes alike."""
    message = f"0/{nodes} nodes are available"
    if refused:
        return f"{message}: {refused}."
    counted = Counter(reason for one in rejected for reason in one.reasons)
    reasons = sorted(f"{count} {reason}" for reason, count in counted.items())
    return f"{message}: {', '.join(reasons)}." if reasons else f"{message}:"


def assigned(pod: Pod, node: str) -> str:
    """The message of a success."""
    return f"Successfully assigned {pod.metadata.namespace}/{pod.metadata.name} to {node}"
