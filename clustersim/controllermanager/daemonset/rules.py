"""Rules of the DaemonSet controller, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_DAEMON: Final = "v1.7.5 pkg/controller/daemon/daemoncontroller.go manage; v1.8.0 daemon_controller.go"
_DAEMON_NAME: Final = "daemonset-controller"

DAEMON_MISSING: Final = Rule(
    "daemonset.missing",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} has no pod of the set: one is created there, whether the node is ready or not."),
)

DAEMON_UNWANTED: Final = Rule(
    "daemonset.unwanted",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} is not one of the set's any more: its pod is deleted."),
)

DAEMON_FAILED: Final = Rule(
    "daemonset.failed",
    _DAEMON_NAME,
    _DAEMON,
    _("Pod {pod} on {node} has failed: it is deleted, and another one will be made."),
)

DAEMON_TOO_MANY: Final = Rule(
    "daemonset.too-many",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} has more than one pod of the set: {pod}, which is not the oldest, is deleted."),
)

DAEMON_OUTDATED: Final = Rule(
    "daemonset.outdated",
    _DAEMON_NAME,
    "v1.7.5, v1.8.0 pkg/controller/daemon/update.go rollingUpdate",
    _(
        "Pod {pod} is of an old template, and the set may have {most:unavailable pod|unavailable pods}: "
        "it is deleted."
    ),
)

_TODAYS_DAEMON: Final = "v1.36 pkg/controller/daemon"

DAEMON_SUCCEEDED: Final = Rule(
    "daemonset.succeeded",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/daemon_controller.go podsShouldBeOnNode",
    _("Pod {pod} on {node} has ended well, which a daemon should not: it is deleted, and another one comes."),
)

DAEMON_BACKOFF: Final = Rule(
    "daemonset.back-off",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/daemon_controller.go podsShouldBeOnNode",
    _("Pod {pod} on {node} has failed, as others before it: it is left for {wait} before it is replaced."),
)

DAEMON_SURGE: Final = Rule(
    "daemonset.surge",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/update.go rollingUpdate",
    _(
        "The pod on {node} is of an old template, and the set may have {most:pod|pods} too many: the new one "
        "is created before the old one goes."
    ),
)

DAEMON_SURGED: Final = Rule(
    "daemonset.surged",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/update.go rollingUpdate",
    _("Pod {pod} is of an old template, and its node has an available new one: it is deleted."),
)
