"""What is computed for one viewer: in tasks of their own, off the event loop, so that nobody waits for it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

from visualizer import workers
from visualizer.owned import OwnedTasks
from visualizer.rooms.computing import progress
from visualizer.rooms.computing.recalling import in_worker, is_large, seconds_for, telling, with_run
from visualizer.rooms.frames.looking import Looking
from visualizer.rooms.frames.questions import Failed
from visualizer.rooms.frames.stage import FromServer
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.viewer import Gone, Left
from visualizer.rooms.socket.reasons import reason_of
from visualizer.texts import Texts

R = TypeVar("R")

TELL_SECONDS: Final = 0.7
"""Who waits for an answer is told so often how far it is."""


class Sender(Protocol):
    """The viewer's connection."""

    async def say(self, frame: str) -> None: ...
    async def answer(self, frame: FromServer) -> None: ...


def _refused(why: Texts) -> Failed:
    return Failed(id="", reason=why)


class ViewerWork:
    """The tasks of one viewer. They end when the viewer goes."""

    def __init__(self, hub: Hub, viewer: Sender) -> None:
        self.hub = hub
        self.viewer: Sender = viewer
        self.tasks = OwnedTasks(room=hub.room.code)
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """The viewer has gone."""
        self.tasks.cancel()
        self.viewer = Left()

    async def compute(self, work: Callable[..., R], source: Source, *args: Any, request: str = "") -> R:
        """In a worker, for as long as this viewer is there; of a large run it hears how far that is."""
        if not is_large(source.inputs):
            return await in_worker(work, source, *args, owner=self)
        told = progress.place_of_question()
        telling_how_far = self.tasks.start(self._tell(request, told))
        try:
            return await workers.run(
                telling,
                told,
                with_run,
                work,
                source,
                *args,
                owner=self,
                seconds=seconds_for(source),
                lane=workers.Lane.LARGE,
            )
        finally:
            telling_how_far.cancel()
            progress.forget(told)

    async def _tell(self, request: str, told: str) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            if (heard := progress.read(told)) is not None:
                await self.answer_quietly(
                    Looking(id=request, phase=heard.phase, share=heard.share, left=heard.left)
                )

    def begin(
        self, work: Coroutine[Any, Any, None], refused: Callable[[Texts], FromServer] = _refused
    ) -> asyncio.Task[None]:
        """In a task of its own; refused: the frame that tells why it came to nothing."""
        return self.tasks.start(self._told(work, refused))

    async def in_turn(self, work: Coroutine[Any, Any, None]) -> None:
        """One after the other."""
        async with self._turn:
            await work

    async def _told(self, work: Coroutine[Any, Any, None], refused: Callable[[Texts], FromServer]) -> None:
        """A viewer that leaves while it is being told something is normal life."""
        with suppress(Gone):
            try:
                await work
            except Gone:
                raise
            except Exception as error:
                await self.viewer.answer(refused(self.reason(error)))

    def reason(self, error: Exception) -> Texts:
        """Why something came to nothing, for the viewer."""
        return reason_of(error, "question not answered", self.hub.room.code)

    async def fail(self, request: str, reason: Texts) -> None:
        """A question has no answer."""
        await self.answer_quietly(Failed(id=request, reason=reason))

    async def answer_quietly(self, frame: FromServer) -> None:
        """A viewer that leaves while it is being told something is normal life."""
        with suppress(Gone):
            await self.viewer.answer(frame)
