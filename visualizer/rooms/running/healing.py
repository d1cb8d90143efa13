"""Repairs a room whose run broke while people watched: it is computed again without the command that is to
blame, or up to the last good moment."""

import asyncio
import time
from collections import deque
from typing import Final

from clustersim.recovery import reason
from visualizer import metrics, trouble
from visualizer.rooms.computing.opening import open_branch
from visualizer.rooms.feed import Feed
from visualizer.rooms.kept.troubles import Failing
from visualizer.rooms.running.held import HeldRoom
from visualizer.rooms.running.letting_go import let_go
from visualizer.texts import Texts

MOST_BREAKS: Final = 5
BREAKS_WITHIN: Final = 60.0
"""A room that breaks so often within so many seconds is closed."""


class Healer:
    """Of one room."""

    def __init__(self, held: HeldRoom) -> None:
        self._held = held
        self._breaks: deque[float] = deque(maxlen=MOST_BREAKS)

    async def heal(self, error: Exception) -> Texts:
        """The model broke, or showing it did: the run goes on as if the command that is to blame had not been
        given; where none is, it stands at its last good moment. What people are told. Raises RuntimeError
        where the room breaks again and again.
        """
        held, player, branch = self._held, self._held.player, self._held.lease.branch
        await held.marked()
        now = time.monotonic()
        reference = trouble.report("run broke", **held.about())
        if len(self._breaks) == MOST_BREAKS and now - self._breaks[0] < BREAKS_WITHIN:
            raise RuntimeError(f"the run broke {MOST_BREAKS} times; the last time is {reference}")
        self._breaks.append(now)
        until = max(player.now, player.shown)
        found = await open_branch(held.lease, branch, until=until)
        left = player.show(found.run, branch, await asyncio.to_thread(Feed, found.run.head))
        await asyncio.to_thread(let_go, left)
        failing = found.failing
        if failing is None and not found.told:
            failing = Failing(branch, until, found.run.now, reason(error), reference, again=False)
        if failing is not None:
            player.rest()
        metrics.recoveries.inc()
        held.beat.restart()
        await held.keep_lesson()
        await held.rest()
        if failing is not None:
            await held.troubles.fail(failing)
            return failing.words(covered=player.blind)
        await held.audience.notify(found.told)
        return found.told[-1]
