"""Computes a room's run again from its log, in a worker; the room goes on from there."""

import time
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim import Scenario
from clustersim.i18n import Message
from clustersim.recovery import Failure, recover
from clustersim.run import Inputs, Run
from clustersim.scenario.canonical import canonical
from visualizer.rooms.computing import progress
from visualizer.rooms.computing.recalling import handed_over, is_large
from visualizer.rooms.kept import moments, saved
from visualizer.rooms.kept.log import History
from visualizer.rooms.kept.sources import Moment, Source

WRITE_EVERY: Final = 5.0
"""Seconds of computing after which what has been computed is kept on disk."""
WORTH_KEEPING: Final = 0.3
"""What took so many seconds to compute is kept on disk, if reading it takes not much longer: writing it takes
as long, and somebody waits for the room.
"""


class Opened(msgspec.Struct, frozen=True):
    """A run that holds. left_out: the commands that are no part of it, by their place in the history, and
    why. failure: why it ends before the mark. seconds: how long it took.
    """

    moment: Moment
    left_out: Mapping[int, Message]
    failure: Failure | None
    seconds: float


def source(scenario: Any, history: History) -> Source:
    """The run of this scenario (as kept in the database) up to the mark of its history."""
    own = history.scenario if history.scenario is not None else scenario
    return Source(Inputs(canonical(msgspec.convert(own, Scenario)), history.given()), history.mark)


def begun(source: Source, kept: str) -> saved.Opened | None:
    """The run as it was kept on disk. Where the file of a large one is missing or broken, any other that is
    part of it will do: to boot it again would take minutes.
    """
    known = saved.read(kept, source)
    if known is None and is_large(source.inputs):
        return moments.newest(source)
    return known


def opened(source: Source, kept: str) -> Opened:
    """The run of a log, without what it cannot bear; from the snapshot kept on disk, if that is part of it. A
    large one to which nothing has come since is handed over unread: whoever takes it over reads it. Raises
    recovery.Unbootable.
    """
    began = written = time.perf_counter()
    teller = progress.Teller(kept)

    def along(run: Run) -> None:
        """Who is stopped before the end goes on from here the next time."""
        nonlocal written
        teller.tell(progress.REPLAY, run.now / source.until)
        if kept and time.perf_counter() - written > WRITE_EVERY:
            keep(run, kept)
            written = time.perf_counter()

    def booting(share: float) -> None:
        teller.tell(progress.BOOT, share)

    try:
        if is_large(source.inputs) and saved.is_all_of(kept, source):
            teller.tell(progress.HANDOVER, 0)
            if file := saved.hand_over_kept(kept):
                moment = Moment(source.inputs, source.until, file=file)
                return Opened(moment, {}, None, time.perf_counter() - began)
        known = begun(source, kept)
        read = time.perf_counter()
        found = recover(source.inputs, source.until, known.run if known else None, along, booting)
        run = found.run
        teller.tell(progress.HANDOVER, 0)
        path = known.path if known is not None and known.is_still(run) else ""
        if not path and kept and time.perf_counter() - read > max(WORTH_KEEPING, (read - began) / 2):
            path = kept if keep(run, kept) else ""
        moment = handed_over(run, path)
    finally:
        teller.done()
    return Opened(moment, found.left_out, found.failure, time.perf_counter() - began)


def keep(run: Run, path: str) -> bool:
    """The run as it stands, kept there; whether that could be done."""
    state_hash = "" if is_large(run) else run.head.state_hash()
    return saved.write(path, run.inputs, run.head.as_it_stands(), state_hash)


def replay(scenario: Any, history: History) -> Run:
    """The same in this process, however long it takes."""
    asked = source(scenario, history)
    return recover(asked.inputs, asked.until).run
