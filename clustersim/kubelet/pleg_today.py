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
    events_between,
    records_in,
    view_of,
)

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
        found = {key: one for key, one in records_in(reply.body).items() if one.pod_uid == uid}
        before = {key: one for key, one in memory.known.items() if one.pod_uid == uid}
        events: list[LifecycleEvent] = []
        for identity in [*before, *(key for key in found if key not in before)]:
            events += events_between(uid, identity, before.get(identity), found.get(identity))
        for identity in before:
            del memory.known[identity]
        memory.known.update(found)
        memory.pods[uid] = after(memory.pods.get(uid), view_of(uid, reply.body, asked))
        cause = self.kubelet.engine.cause
        for event in events or [LifecycleEvent(uid, POD_SYNC, "")]:
            self.kubelet.engine.cause = cause
            self.kubelet.sync_loop.lifecycle_event(event)
        self.kubelet.runtime_changed()
        if uid in memory.waiting:
            self.kubelet.engine.cause = memory.waiting.pop(uid) or cause
            self.kubelet.pod_workers.cache_renewed(uid)
