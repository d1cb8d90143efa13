"""A cluster and its pace: everything of a running room that needs no I/O."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from clustersim import Cluster
from clustersim.run import Run
from clustersim.view import Changes, covered
from clustersim.view.far import from_afar, is_far, told_afar
from visualizer.lessons.room_lesson import RoomLesson
from visualizer.rooms.feed import Feed
from visualizer.rooms.frames.stage import MAX_SNAPSHOT, Snapshot, Tick, encode
from visualizer.rooms.running.closeness import Closeness
from visualizer.rooms.running.letting_go import let_go
from visualizer.rooms.running.next_event import AHEAD, WayToNextEvent
from visualizer.rooms.running.pace import LONGEST_STEP, SECOND, Rate, next_leg
from visualizer.rooms.running.time_slices import TimeSlicer

MARK_AHEAD: Final = 1.0
"""The write-ahead mark is this many seconds of play ahead ..."""
MARK_LEFT: Final = 0.5
"""... and renewed when this little is left of it."""
SURELY_LARGE: Final = 1500
"""The snapshot of so many nodes is too large for a frame, even from afar."""
FRESH: Final = 5 * SECOND
"""A click is never stale within this much simulated time: less than any loop of a cluster takes."""


@dataclass(slots=True)
class Player:
    """Plays a cluster up to the mark, and makes the frames that tell about it."""

    run: Run
    slicer: TimeSlicer
    branch: int
    epoch: int
    mark: int
    speed: float = 1.0
    playing: bool = False
    ease: bool = False
    goal: int | None = None
    """Go to this time as fast as possible, then pause."""
    way: WayToNextEvent | None = None
    """Go on as fast as possible until something happens, then pause."""
    found_nothing: bool = False
    """Such a way has just ended, and nothing has happened."""
    room_lesson: RoomLesson | None = None
    """The lesson, in a room that teaches one: time passes through it."""
    closer: Closeness = field(default_factory=Closeness)
    """Which nodes of a large room somebody looks at."""
    seq: int = 0
    eased: bool = False
    behind: bool = False
    """The budget of the last step was too small for what was asked of it."""
    rate: Rate = field(default_factory=Rate)
    feed: Feed = field(init=False)
    previous: int = field(init=False)
    """The time of the tick before the last one."""
    shown: int = field(init=False)
    _snapshot: tuple[tuple[int, bool], str] | None = None
    _timeline: tuple[int, bytes] | None = None
    _was_blind: bool = False

    def __post_init__(self) -> None:
        self.feed = Feed(self.cluster)
        self.previous = self.shown = self.cluster.now

    @property
    def cluster(self) -> Cluster:
        """The live cluster: the head of the run."""
        return self.run.head

    @property
    def blind(self) -> bool:
        """Viewers are shown nothing of the cluster: what is wrong with it is to be found out."""
        return self.room_lesson is not None and self.room_lesson.blind

    @property
    def now(self) -> int:
        return self.run.now

    @property
    def moving(self) -> bool:
        return self.playing or self.goal is not None or self.way is not None

    def rest(self) -> None:
        """Go nowhere."""
        self.goal, self.way, self.playing = None, None, False

    def seek_event(self) -> None:
        """Go on until something happens."""
        self.goal, self.way = None, WayToNextEvent(self.room_lesson or self.run, self.cluster)

    def ahead(self) -> int:
        """Where the mark belongs: a second of play ahead, or exactly here when the room is at rest."""
        if self.goal is not None:
            return max(self.goal, self.now)
        if self.way is not None:
            return max(self.now, min(self.now + AHEAD, self.way.end))
        return self.now + round(self.speed * MARK_AHEAD * SECOND) if self.playing else self.now

    def needs_mark(self) -> bool:
        """Little is left of the mark, and the room is about to go past it."""
        if self.goal is not None:
            return self.mark < self.goal
        if self.way is not None:
            return self.mark < self.way.end and self.mark - self.now < AHEAD // 2
        return self.playing and self.mark - self.now < self.speed * MARK_LEFT * SECOND

    def advance(self, wall: float) -> None:
        """Let that many seconds pass, as far as mark and budget allow."""
        before, self.behind, self.found_nothing = self.now, False, False
        if self.way is not None:
            self._seek(self.way)
        elif self.goal is not None:
            until = min(self.goal, self.mark)
            self.behind = not self.slicer.run(self.room_lesson or self.run, until)
            if self.now >= self.goal:
                self.goal, self.playing = None, False
        elif self.playing:
            self._play(min(wall, LONGEST_STEP))
        if self.room_lesson is not None and self.room_lesson.held:
            self.rest()
            self.behind = False
        self.rate.add(wall, self.now - before)

    def _seek(self, way: WayToNextEvent) -> None:
        arrived = self.slicer.run(way, min(way.end, self.mark))
        self.behind = not arrived and not way.found
        if way.is_over:
            self.found_nothing = not way.found
            self.rest()

    def _play(self, wall: float) -> None:
        while wall > 0 and self.now < self.mark:
            leg = next_leg(self.now, wall, self.speed, self.feed.deadlines() if self.ease else ())
            self.eased = leg.eased
            wall -= leg.wall
            if not self.slicer.run(self.room_lesson or self.run, min(leg.until, self.mark)):
                self.behind = True
                return

    def show(self, run: Run, branch: int, feed: Feed) -> list[Run | Feed]:
        """Go on with another branch, by a feed of its cluster. A seq is left out, so that every viewer misses
        it and gets a snapshot. Returns what is left behind, for `let_go` in a thread.
        """
        left: list[Run | Feed] = [self.run, self.feed]
        self.run, self.branch, self.feed = run, branch, feed
        self.goal, self.way, self.mark = None, None, run.now
        self.previous = self.shown = run.now
        self.seq += 1
        self.rate.clear()
        return left

    def dissolve(self) -> None:
        """Let go of the world: the room has closed."""
        left: list[Run | Feed] = [self.run, self.feed]
        del self.run, self.feed, self.room_lesson
        self._snapshot = self._timeline = None
        let_go(left)

    def stale(self, seen: int) -> bool:
        """Whether somebody who looks at that time has missed more than the tick that is on its way."""
        return self.now - seen > FRESH and seen < self.previous

    def tick(self) -> str:
        """What happened since the last tick."""
        self.seq += 1
        if self.blind != self._was_blind:
            self._was_blind = self.blind
            self.seq += 1  # every viewer misses one, and gets a snapshot
        self.previous, self.shown = self.shown, self.now
        news = self.feed.next()
        if self.blind:
            return encode(Tick(**self._pace(), events=(), messages=(), changes=Changes()))
        changes = told_afar(news.changes, self.closer.names) if is_far(self.feed.view) else news.changes
        return encode(Tick(**self._pace(), events=news.events, messages=news.messages, changes=changes))

    def snapshot(self, href: str) -> str:
        """Everything as of the last tick; only the address where it is, if it is too large for a frame."""
        if len(self.feed.view.nodes) < SURELY_LARGE:
            text = self.full_snapshot()
            if len(text) <= MAX_SNAPSHOT:
                return text
        return encode(
            Snapshot(**self._pace(), branch=self.branch, epoch=self.epoch, view=None, events=(), href=href)
        )

    def full_snapshot(self) -> str:
        """Everything as of the last tick, encoded once however many ask for it."""
        return self.whole()()

    def whole(self) -> Callable[[], str]:
        """The same, to be encoded in a thread: that of thousands of nodes would hold up other rooms."""
        key, known = (self.seq, self.blind), self._snapshot
        if known is not None and known[0] == key:
            return lambda: known[1]
        view = covered(self.feed.view) if self.blind else self.feed.view
        snapshot = Snapshot(
            **self._pace(),
            branch=self.branch,
            epoch=self.epoch,
            view=view,
            events=() if self.blind else self.feed.recent(),
        )

        def encoded() -> str:
            shown = from_afar(view) if is_far(view) else view
            text = encode(msgspec.structs.replace(snapshot, view=shown))
            self._snapshot = (key, text)
            return text

        return encoded

    def timeline(self) -> bytes:
        """What the timeline draws of the branch, encoded once however many ask for it at the same tick."""
        if self._timeline is None or self._timeline[0] != self.seq:
            self._timeline = (self.seq, msgspec.json.encode(self.feed.timeline(self.branch)))
        return self._timeline[1]

    def _pace(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "t": self.shown,
            "rate": self.rate.value if self.moving else 0.0,
            "speed": self.speed,
            "playing": self.playing or self.way is not None,
            "ease": self.ease,
            "eased": self.eased and self.playing and not self.blind,
        }
