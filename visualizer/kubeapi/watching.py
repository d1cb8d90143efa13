"""A watch: what there is, then line by line what changes, as long as its client listens."""

import time
from collections.abc import AsyncIterator
from typing import Final

from clustersim.apiserver.rehearsal import check_reachable
from clustersim.etcd import Store
from visualizer.kubeapi.lines import Lines
from visualizer.kubeapi.look import Shape, encode_event, encode_line, shape_of
from visualizer.kubeapi.pages import INITIAL, check_options, version_asked
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError, status_body
from visualizer.kubeapi.rooms import Place
from visualizer.rooms.running.watches import Watch, Watches

LONGEST_WATCH: Final = 3600.0
"""Seconds; real servers end watches after 30 to 60 minutes."""
BOOKMARK: Final = 60.0
"""Seconds between two bookmarks."""


class Stream(Lines):
    """An answer that comes line by line. gone: the reason of a 410."""

    def __init__(
        self, watches: Watches, watch: Watch, first: list[bytes], seconds: float, shape: Shape, gone: str
    ) -> None:
        super().__init__(seconds)
        self._watches = watches
        self._watch = watch
        self._first = first
        self._shape = shape
        self._gone_reason = gone
        self._bookmarked = time.monotonic()

    async def lines(self, heartbeat: float) -> AsyncIterator[list[bytes]]:
        """What there is to send, at least every `heartbeat` seconds, then perhaps nothing."""
        yield self._first
        while (left := self._ends - time.monotonic()) > 0:
            lines = await self._watch.news(min(left, heartbeat))
            if self._watch.hung_up:
                yield lines
                return
            if self._watch.ended:
                gone = status_body(410, "too old resource version: list again", self._gone_reason)
                yield [*lines, encode_line("ERROR", gone)]
                return
            if not lines and self._shape.bookmarks and time.monotonic() - self._bookmarked > BOOKMARK:
                lines = [self._shape.bookmark(self._watches.revision)]
            if lines:
                self._bookmarked = time.monotonic()
            yield lines

    def left(self) -> None:
        super().left()
        self._watch.end()

    def close(self) -> None:
        self._watches.close(self._watch)


def watch(place: Place, target: Target, request: HttpRequest) -> Stream:
    """A watch from a resource version on, or from now with what there is."""
    if place.hub is None:
        raise WireError(405, "the past does not change: it cannot be watched")
    shape = shape_of(place.cluster, target, request)
    server, store = place.cluster.world.apiserver, place.cluster.world.etcd.store
    check_reachable(server)
    check_options(place.cluster, request, watch=True)
    since = version_asked(request)
    first: list[bytes] = []
    initial = request.flag(INITIAL)
    if not since or initial:
        since = store.revision
        if initial or INITIAL not in request.query:
            first = [encode_event(shape, "ADDED", obj) for obj in shape.objects(place.cluster)]
        if initial and shape.bookmarks:
            first.append(shape.bookmark(since, initial=True))
    elif since < store.compacted or since > store.revision:
        first = [encode_line("ERROR", status_body(410, _too_old(since, store), server.gone))]
        since = store.revision
    form = f"{shape.form} {shape.meta_version} {shape.api_version} {shape.include}"
    opened = Watch(
        target.resource, since, shape.select, form, lambda kind, obj: encode_event(shape, kind, obj)
    )
    place.watches.open(opened)
    seconds = min(float(request.number("timeoutSeconds") or LONGEST_WATCH), LONGEST_WATCH)
    return Stream(place.watches, opened, first, seconds, shape, server.gone)


def _too_old(since: int, store: Store) -> str:
    return f"too old resource version: {since} ({store.compacted})"
