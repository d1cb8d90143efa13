"""The taint-eviction controller's rules."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

COMPONENT: Final = "taint-eviction-controller"
_CONTROLLER: Final = "v1.36.2 pkg/controller/tainteviction/taint_eviction.go processPodOnNode"

NOT_TOLERATED: Final = Rule(
    "taint-eviction.not-tolerated",
    COMPONENT,
    _CONTROLLER,
    _("Pod {pod} does not tolerate a NoExecute taint of {node}: it is deleted at once."),
)

TOLERATION_OVER: Final = Rule(
    "taint-eviction.toleration-over",
    COMPONENT,
    _CONTROLLER,
    _(
        "Pod {pod} tolerates the NoExecute taints of {node} for {limit} from when this controller saw them "
        "(tolerationSeconds): then it is deleted."
    ),
)

CALLED_OFF: Final = Rule(
    "taint-eviction.called-off",
    COMPONENT,
    _CONTROLLER,
    _(
        "The NoExecute taints of pod {pod} are gone, or it tolerates them for ever: its deletion is "
        "called off."
    ),
)

RULES: Final = (NOT_TOLERATED, TOLERATION_OVER, CALLED_OFF)
