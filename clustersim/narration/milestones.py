"""Milestones in words: what became visible, to whom."""

from typing import Final

from clustersim.conformance.observation import Milestone
from clustersim.conformance.vocabulary import FAMILIES
from clustersim.i18n import Message, _

_SENTENCES: Final = {
    "node-not-ready": _("{of} is no longer Ready"),
    "node-ready-again": _("{of} is Ready again"),
    "node-deleted": _("{of} is deleted"),
    "node-registered": _("{of} is registered"),
    "node-tainted-noschedule": _("{of} is tainted NoSchedule"),
    "node-tainted-noexecute": _("{of} is tainted NoExecute"),
    "node-untainted-noschedule": _("{of} loses its NoSchedule taint"),
    "node-untainted-noexecute": _("{of} loses its NoExecute taint"),
    "node-cordoned": _("{of} is cordoned"),
    "node-uncordoned": _("{of} is uncordoned"),
    "node-rebooted": _("{of} is seen to have rebooted"),
    "heartbeat-resumed": _("{of} reports again"),
    "component-exited": _("{of} ends itself"),
    "component-started": _("{of} is started again"),
    "leader-acquired": _("{of} becomes leader"),
    "apiserver-answers": _("the API server answers"),
    "pods-ready-false-first": _("first pod of {of} not ready"),
    "pods-ready-false-last": _("last pod of {of} not ready"),
    "pods-unknown-first": _("first pod of {of} Unknown"),
    "pods-unknown-last": _("last pod of {of} Unknown"),
    "pods-unknown-cleared-first": _("first pod of {of} no longer Unknown"),
    "pods-unknown-cleared-last": _("last pod of {of} no longer Unknown"),
    "eviction-announced": _("eviction of {of} announced"),
    "eviction-cancelled-first": _("first deletion on {of} cancelled"),
    "eviction-cancelled-last": _("last deletion on {of} cancelled"),
    "pods-deletion-timestamp-first": _("first pod of {of} marked for deletion"),
    "pods-deletion-timestamp-last": _("last pod of {of} marked for deletion"),
    "old-containers-told-to-stop-first": _("first old container on {of} told to stop"),
    "old-containers-told-to-stop-last": _("last old container on {of} told to stop"),
    "old-containers-exited-first": _("first old container on {of} ended"),
    "old-containers-exited-last": _("last old container on {of} ended"),
    "old-containers-removed-first": _("first old container on {of} removed"),
    "old-containers-removed-last": _("last old container on {of} removed"),
    "old-pods-gone-first": _("first old pod of {of} gone"),
    "old-pods-gone-last": _("last old pod of {of} gone"),
    "pods-ready-again-first": _("first pod of {of} ready again"),
    "pods-ready-again-last": _("last pod of {of} ready again"),
    "pod-unknown": _("pod {of} Unknown"),
    "pod-unknown-cleared": _("pod {of} no longer Unknown"),
    "pod-deletion-timestamp": _("pod {of} marked for deletion"),
    "pod-gone": _("pod {of} gone"),
    "pod-finished": _("pod {of} has ended"),
    "pods-collected": _("finished pods collected"),
    "unschedulable": _("a pod of {of} fits nowhere"),
    "scale-down-deletion-timestamp-first": _("first surplus pod of {of} marked for deletion"),
    "scale-down-deletion-timestamp-last": _("last surplus pod of {of} marked for deletion"),
    "scale-down-pods-gone": _("surplus pods of {of} gone"),
    "placement-settled": _("pods of {of} placed"),
    "endpoints-shrunk": _("Service {of} has fewer endpoints"),
    "endpoints-lowest": _("Service {of} has the fewest endpoints"),
    "endpoints-full-again": _("Service {of} has all endpoints again"),
    "endpoints-reached": _("Service {of} has the endpoints wanted"),
    "container-started": _("container of {of} reported running"),
    "container-launched": _("container of {of} started by docker"),
    "pod-waiting": _("pod {of} waits"),
    "pull-attempted": _("image pull of {of}"),
    "sandbox-changed": _("sandbox of {of} made again"),
    "pod-ip-changed": _("pod {of} has another address"),
}

_OF_FAMILY: Final = {
    "created": _("first new pod of {of} created"),
    "created-last": _("last new pod of {of} created"),
    "bound": _("first new pod of {of} bound"),
    "bound-last": _("last new pod of {of} bound"),
    "running": _("first new pod of {of} running"),
    "running-last": _("last new pod of {of} running"),
    "ready": _("first new pod of {of} ready"),
    "all-ready": _("all new pods of {of} ready"),
}


def narrate_milestone(milestone: Milestone) -> Message:
    """A few words for a table or a mark; the name itself where there are none."""
    name = milestone.name
    for family in FAMILIES:
        if name.startswith(f"{family}-") and (text := _OF_FAMILY.get(name.removeprefix(f"{family}-"))):
            return Message(text, {"of": milestone.of})
    return Message(_SENTENCES.get(name, "{name} {of}"), {"name": name, "of": milestone.of})
