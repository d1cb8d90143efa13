"""The node controller's rules, as they fire, explain and predict."""

from typing import Final, NamedTuple

from clustersim.engine.rules import Rule
from clustersim.i18n import _

COMPONENT: Final = "node-controller"
_CONTROLLER: Final = (
    "v1.7.5 pkg/controller/node/nodecontroller.go, v1.8.0 pkg/controller/node/node_controller.go"
)
_QUEUE: Final = (
    "v1.7.5 pkg/controller/node/rate_limited_queue.go, "
    "v1.8.0 pkg/controller/node/scheduler/rate_limited_queue.go"
)

GRACE_EXCEEDED: Final = Rule(
    "node-controller.grace-exceeded",
    COMPONENT,
    f"{_CONTROLLER} tryUpdateNodeStatus",
    _(
        "Node {node} is marked Unknown by the first pass more than {grace} after the pass that saw its last "
        "heartbeat; that was {age} ago."
    ),
    flags=("controller-manager.node-monitor-grace-period", "controller-manager.node-monitor-period"),
)

STARTUP_GRACE_EXCEEDED: Final = Rule(
    "node-controller.startup-grace-exceeded",
    COMPONENT,
    f"{_CONTROLLER} tryUpdateNodeStatus",
    _(
        "Node {node} has never reported its status; it is marked Unknown by the first pass more than {grace} "
        "after its creation, {age} ago."
    ),
    flags=("controller-manager.node-startup-grace-period", "controller-manager.node-monitor-period"),
)

EVICTION_FROM_PROBE: Final = Rule(
    "node-controller.eviction-due-from-heartbeat",
    COMPONENT,
    f"{_CONTROLLER} monitorNodeStatus",
    _(
        "The pods of {node}, which is Unknown, are deleted once {timeout} have passed since its last "
        "heartbeat was seen; that was {age} ago."
    ),
    flags=("controller-manager.pod-eviction-timeout", "controller-manager.node-monitor-period"),
)

EVICTION_FROM_TRANSITION: Final = Rule(
    "node-controller.eviction-due-from-transition",
    COMPONENT,
    f"{_CONTROLLER} monitorNodeStatus",
    _(
        "The pods of {node}, whose kubelet reports that it is not ready, are deleted once {timeout} have "
        "passed since that was first seen, {age} ago."
    ),
    flags=("controller-manager.pod-eviction-timeout", "controller-manager.node-monitor-period"),
)

READY_AGAIN: Final = Rule(
    "node-controller.ready-again",
    COMPONENT,
    f"{_CONTROLLER} cancelPodEviction",
    _("Node {node} is Ready again: the eviction of its pods is called off, until another outage."),
)

LIMITER: Final = Rule(
    "node-controller.eviction-rate",
    COMPONENT,
    f"{_QUEUE} Try; juju/ratelimit 5b9ff866",
    _("The pods of {node} are deleted when its turn comes: {rate} nodes per second in its zone."),
    flags=("controller-manager.node-eviction-rate", "controller-manager.secondary-node-eviction-rate"),
)

ZONE_STATE: Final = Rule(
    "node-controller.zone-state",
    COMPONENT,
    f"{_CONTROLLER} ComputeZoneState, setLimiterInZone",
    _(
        "The zone has {total:node|nodes}, {not_ready} of them not ready: it is in state {state}, and nodes "
        "are evicted at {rate} per second (0: not at all)."
    ),
    flags=(
        "controller-manager.unhealthy-zone-threshold",
        "controller-manager.large-cluster-size-threshold",
        "controller-manager.node-eviction-rate",
        "controller-manager.secondary-node-eviction-rate",
    ),
)

MASTER_DISRUPTION: Final = Rule(
    "node-controller.master-disruption",
    COMPONENT,
    f"{_CONTROLLER} handleDisruption",
    _(
        "No node of any zone is ready (not ready: {not_ready}): the fault is taken to be on the side of the "
        "master, and nothing is evicted."
    ),
)

MASTER_DISRUPTION_OVER: Final = Rule(
    "node-controller.master-disruption-over",
    COMPONENT,
    f"{_CONTROLLER} handleDisruption",
    _("{ready:node is|nodes are} ready again: the time of every node starts anew, and evictions may go on."),
)

POD_MARKED: Final = Rule(
    "node-controller.pods-of-silent-node",
    COMPONENT,
    "v1.7.5 pkg/controller/node/controller_utils.go markAllPodsNotReady",
    _("Node {node} has just been marked Unknown: its {pods:pod counts|pods count} as not ready from now on."),
)

_TAINTS: Final = (
    "v1.7.5 pkg/controller/node/taint_controller.go, "
    "v1.8.0 pkg/controller/node/scheduler/taint_controller.go processPodOnNode"
)

TAINT: Final = Rule(
    "taint-manager.not-tolerated",
    "taint-manager",
    _TAINTS,
    _("Pod {pod} does not tolerate a NoExecute taint of {node}: it is deleted at once."),
    flags=("controller-manager.enable-taint-manager",),
)

TOLERATION_OVER: Final = Rule(
    "taint-manager.toleration-over",
    "taint-manager",
    _TAINTS,
    _("Pod {pod} tolerates the NoExecute taints of {node} for {limit} from when they were seen."),
    flags=("controller-manager.enable-taint-manager",),
)


class GraceRules(NamedTuple):
    """What a release says about nodes that are silent, about those that never reported, and about one that
    reported in the very moment."""

    silent: Rule
    never_heard: Rule
    saved: Rule


SAVED: Final = Rule(
    "node-controller.saved-by-conflict",
    COMPONENT,
    f"{_CONTROLLER} monitorNodeStatus",
    _(
        "Node {node} was to be marked Unknown, but its kubelet wrote first: the API server refused the mark "
        "(409), the controller read the node again and found it well."
    ),
)

GRACE: Final = GraceRules(GRACE_EXCEEDED, STARTUP_GRACE_EXCEEDED, SAVED)


class ZoneRules(NamedTuple):
    """What a release says about its zones."""

    state: Rule
    all_lost: Rule
    some_back: Rule


ZONES: Final = ZoneRules(ZONE_STATE, MASTER_DISRUPTION, MASTER_DISRUPTION_OVER)

RULES: Final = (
    SAVED,
    TAINT,
    TOLERATION_OVER,
    GRACE_EXCEEDED,
    STARTUP_GRACE_EXCEEDED,
    EVICTION_FROM_PROBE,
    EVICTION_FROM_TRANSITION,
    READY_AGAIN,
    LIMITER,
    ZONE_STATE,
    MASTER_DISRUPTION,
    MASTER_DISRUPTION_OVER,
    POD_MARKED,
)
