"""The PLEG of today: beside the list of everything once a second, the list of one pod right after something
was done to it, so that what was started is reported at once (v1.36.2 pkg/kubelet/pleg/generic.go)."""

from typing import Final

from clustersim.api.status import Reply
from clustersim.engine.time import Micros
from clustersim.kubelet.pleg import (
    LifecycleEvent,
    Pleg,
    PlegMemory,
    after,
    differences,
    events_between,
    view_of,
)
from clustersim.runtime.records import Listing

POD_SYNC: Final = "PodSync"


class PlegOfToday(Pleg):
    """The relist of everything, and of single pods."""

    def request_relist(self, uid: str) -> None:
        """Look at one pod now; it is synced after that in any case."""
        self.ask_runtime("ps", then=self.pod_listed, extra=(uid, self.now + 1))

    def pod_listed(self, reply: Reply, uid: str, asked: Micros) -> None:
        """What the runtime has of that pod."""
        if not reply.ok:
            return  # the next list of everything tells
        memory: PlegMemory = self.state
        before, now = of_pod(uid, memory.known), of_pod(uid, reply.body)
        events = [
            event
            for one, old, new in differences(before, now)
            for event in events_between(uid, one.id, old, new)
        ]
        memory.known = with_pod(uid, memory.known, now)
        memory.pods[uid] = after(memory.pods.get(uid), view_of(uid, reply.body, asked))
        cause = self.kubelet.engine.cause
        for event in events or [LifecycleEvent(uid, POD_SYNC, "")]:
            self.kubelet.engine.cause = cause
            self.kubelet.sync_loop.lifecycle_event(event)
        self.kubelet.runtime_changed()
        if uid in memory.waiting:
            self.kubelet.engine.cause = memory.waiting.pop(uid) or cause
            self.kubelet.pod_workers.cache_renewed(uid)


def of_pod(uid: str, listing: Listing) -> Listing:
    """What of a list is of one pod."""
    return Listing(
        tuple([one for one in listing.containers if one.pod_uid == uid]),
        tuple([one for one in listing.sandboxes if one.pod_uid == uid]),
    )


def with_pod(uid: str, listing: Listing, now: Listing) -> Listing:
    """A list with that in the place of what it tells of the pod."""
    return Listing(
        (*[one for one in listing.containers if one.pod_uid != uid], *now.containers),
        (*[one for one in listing.sandboxes if one.pod_uid != uid], *now.sandboxes),
    )
