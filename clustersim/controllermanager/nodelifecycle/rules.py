"""The node lifecycle controller's rules, as they fire, explain and predict."""

from typing import Final

from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.rules import GraceRules, ZoneRules
from clustersim.engine.rules import Rule
from clustersim.i18n import _

COMPONENT: Final = "node-lifecycle-controller"
_CONTROLLER: Final = "v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go"

SILENT: Final = Rule(
    "node-lifecycle.grace-exceeded",
    COMPONENT,
    f"{_CONTROLLER} tryUpdateNodeHealth",
    _(
        "Node {node} is marked Unknown by the first pass more than {grace} after the pass that saw its last "
        "sign of life, a renewed Lease or a new status; that was {age} ago."
    ),
    flags=("controller-manager.node-monitor-grace-period", "controller-manager.node-monitor-period"),
)

NEVER_HEARD: Final = Rule(
    "node-lifecycle.startup-grace-exceeded",
    COMPONENT,
    f"{_CONTROLLER} tryUpdateNodeHealth",
    _(
        "Node {node} has never reported its status nor renewed its Lease; it is marked Unknown by the first "
        "pass more than {grace} after its creation, {age} ago."
    ),
    flags=("controller-manager.node-startup-grace-period", "controller-manager.node-monitor-period"),
)

SAVED: Final = Rule(
    "node-lifecycle.saved-by-conflict", COMPONENT, f"{_CONTROLLER} monitorNodeHealth", rules.SAVED.text
)

GRACE: Final = GraceRules(SILENT, NEVER_HEARD, SAVED)

NOT_READY: Final = Rule(
    "node-lifecycle.taint-due",
    COMPONENT,
    f"{_CONTROLLER} processTaintBaseEviction",
    _(
        "Node {node} is not ready (Ready is {status}): it is queued for the NoExecute taint {taint}, from "
        "which the time counts that its pods tolerate."
    ),
)

SWAPPED: Final = Rule(
    "node-lifecycle.taint-swapped",
    COMPONENT,
    f"{_CONTROLLER} processTaintBaseEviction",
    _(
        "Node {node} has another NoExecute taint than its Ready condition asks for: it gets {taint} in its "
        "place, without waiting for the limiter."
    ),
)

REACHABLE: Final = Rule(
    "node-lifecycle.reachable-again",
    COMPONENT,
    f"{_CONTROLLER} markNodeAsReachable",
    _(
        "This pass finds node {node} Ready: it needs no NoExecute taint, and whatever waited for it is "
        "called off."
    ),
)

LIMITER: Final = Rule(
    "node-lifecycle.taint-rate",
    COMPONENT,
    f"{_CONTROLLER} doNoExecuteTaintingPass; golang.org/x/time/rate",
    _("Node {node} gets its NoExecute taint when its turn comes: {rate} nodes per second in its zone."),
    flags=("controller-manager.node-eviction-rate", "controller-manager.secondary-node-eviction-rate"),
)

CONDITION: Final = Rule(
    "node-lifecycle.condition-taint",
    COMPONENT,
    f"{_CONTROLLER} doNoScheduleTaintingPass",
    _("The conditions of node {node} ask for these NoSchedule taints: {taints}."),
)

LABELS: Final = Rule(
    "node-lifecycle.labels",
    COMPONENT,
    f"{_CONTROLLER} reconcileNodeLabels",
    _("Old labels of node {node} follow the stable ones: {labels}."),
)

POD_MARKED: Final = Rule(
    "node-lifecycle.pods-of-silent-node",
    COMPONENT,
    "v1.36.2 pkg/controller/util/node/controller_utils.go MarkPodsNotReady",
    _("Node {node} has just been marked Unknown: its {pods:pod counts|pods count} as not ready from now on."),
)

POD_ON_LOST_NODE: Final = Rule(
    "node-lifecycle.pod-on-lost-node",
    COMPONENT,
    f"{_CONTROLLER} processPod",
    _("Pod {pod} has come to node {node}, which is not ready: it counts as not ready, too."),
)

_ZONES: Final = f"{_CONTROLLER} ComputeZoneState, setLimiterInZone"

ZONES: Final = ZoneRules(
    state=Rule(
        "node-lifecycle.zone-state",
        COMPONENT,
        _ZONES,
        _(
            "The zone has {total:node|nodes}, {not_ready} of them not ready: it is in state {state}, and "
            "nodes get their NoExecute taint at {rate} per second (0: not at all)."
        ),
        flags=(
            "controller-manager.unhealthy-zone-threshold",
            "controller-manager.large-cluster-size-threshold",
            "controller-manager.node-eviction-rate",
            "controller-manager.secondary-node-eviction-rate",
        ),
    ),
    all_lost=Rule(
        "node-lifecycle.master-disruption",
        COMPONENT,
        f"{_CONTROLLER} handleDisruption",
        _(
            "No node of any zone is ready (not ready: {not_ready}): the fault is taken to be on the side of "
            "the control plane. All NoExecute taints for lost nodes are removed, and none is added."
        ),
    ),
    some_back=Rule(
        "node-lifecycle.master-disruption-over",
        COMPONENT,
        f"{_CONTROLLER} handleDisruption",
        _(
            "{ready:node is|nodes are} ready again: the time of every node starts anew, and lost nodes may "
            "be tainted again."
        ),
    ),
)

RULES: Final = (
    SILENT,
    NEVER_HEARD,
    SAVED,
    NOT_READY,
    SWAPPED,
    REACHABLE,
    LIMITER,
    CONDITION,
    POD_MARKED,
    POD_ON_LOST_NODE,
    *ZONES,
)
