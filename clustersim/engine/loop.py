"""Periodic loops that cost nothing while they would find nothing.

A loop is client-go's `wait.Until` (sliding): a pass starts one period after the end of the one before, and
every pass takes a little time. While nothing it looks at changes, the passes lie on a grid with a closed
form, so a lazy loop runs only the passes after it was woken. Its ticking twin (Engine.ticking) runs them
all; both must leave the same trace.
"""

from collections.abc import Callable

from clustersim.engine.at_hand import AtHand
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.state import State
from clustersim.engine.time import Micros


class LoopState(State):
    """`anchor`: the end of the last pass that ran, or one period before the first; `due`: the pass that is
    armed; `late`: by how much it is armed later than it begins; `left_out`: passes before that one that are
    left out; `cause`: what woke the loop, and so the cause of its next pass."""

    anchor: Micros = 0
    due: Micros | None = None
    late: Micros = 0
    left_out: int = 0
    token: int = 0
    running: bool = False
    again: bool = False
    cause: int = 0


class Loop:
    """One loop of a process.

    period, cost: microseconds; cost is what an idle pass takes. jitter: each period is stretched by a
    random part up to this share. `always`: every pass matters, the loop is never lazy. A pass calls
    `spend()` for time it takes beyond its cost, or, if it waits for answers, is declared `waits` and calls
    `done()` when it has them.
    """

    def __init__(
        self,
        process: Process,
        name: str,
        body: Callable[[], None],
        period: Micros,
        *,
        cost: Micros = 0,
        jitter: float = 0.0,
        always: bool = False,
        waits: bool = False,
    ) -> None:
        self.process = process
        self.name = name
        self.body = body
        self.period = period
        self.cost = cost
        self.jitter = jitter
        self.always = always or jitter > 0
        self.waits = waits
        process.loops[name] = self

    @AtHand
    def state(self) -> LoopState:
        """The loop's part of the process's memory."""
        loops: dict[str, LoopState] = self.process.state.loops
        try:
            return loops[self.name]
        except KeyError:
            state = loops[self.name] = LoopState()
            return state

    def start(self, delay: Micros = 0) -> None:
        """The first pass comes after `delay` and always runs."""
        self.rouse()
        self.state.anchor = self.process.now + delay - self.period
        self.state.cause = self.process.engine.cause
        self.arm(self.process.now + delay)

    def stop(self) -> None:
        """No further passes until started again."""
        state = self.state
        state.due = None
        state.token += 1

    def wake(self, in_flight: Micros = 0) -> None:
        """Something the loop looks at has changed: its next pass on the grid must run. in_flight: so must one
        that began so shortly ago that what it asks has not arrived yet."""
        process = self.process
        state: LoopState | None = process.state.loops.get(self.name)
        if state is None or process.status.phase == STOPPED:
            return
        if not state.cause:
            state.cause = process.engine.cause
        if state.running:
            state.again = True
        elif state.due is None and state.token:
            now = process.engine.state.now
            due = self.next_pass(now - in_flight - 1 if in_flight else now)
            state.late = max(0, now - due)
            self.arm(due + state.late, sent=None if state.late else self.armed_at(due))

    def armed_at(self, due: Micros) -> Micros:
        """When the ticking twin armed the pass that is due then: loops that meet at a microsecond come in the
        order in which they were armed, left out passes or not."""
        return due - self.period - (0 if self.waits else self.cost)

    @property
    def began(self) -> Micros:
        """When the pass that runs now began."""
        return self.process.now - self.state.late

    def next_pass(self, after: Micros) -> Micros:
        """The first pass on the grid later than `after`, if nothing happens until then."""
        state = self.state
        first = state.anchor + self.period
        if first > after:
            return first
        step = self.period + self.cost
        return first + ((after - first) // step + 1) * step

    def resumed(self, since: Micros) -> None:
        """The process hung since then: a pass that fell into that time runs now, as its timer has long gone
        off."""
        state, now = self.state, self.process.now
        waits = state.due is None or state.due > now
        if state.token and not state.running and waits and self.next_pass(since) <= now:
            self.arm(now)

    def spend(self, extra: Micros) -> None:
        """The running pass takes so much longer than an idle one."""
        self.state.anchor += extra

    def leave_out(self) -> None:
        """The pass that runs finds nothing, and is as one that was left out: what changes in a moment may
        still come in time for it (`wake`)."""
        state = self.state
        state.running = False
        state.anchor = self.began - self.period

    def done(self) -> None:
        """A pass that waited for answers is over: the next starts one period from now."""
        state = self.state
        if state.running:
            state.running = False
            state.anchor = self.process.engine.state.now
            self._follow()
            if state.again:
                state.again = False
                self.wake()

    def run(self, token: int) -> None:
        """A pass is due."""
        state = self.state
        if token != state.token or state.due is None:
            return
        engine = self.process.engine
        state.due = None
        state.left_out = 0
        state.anchor = engine.state.now - state.late + self.cost
        engine.cause, state.cause = state.cause, 0
        if self.waits:
            state.running = True
            self.body()
            state.late = 0
            return
        self.body()
        state.late = 0
        if self.state is state:
            self._follow()

    def _follow(self) -> None:
        state = self.state
        ticking = self.always or self.process.engine.ticking
        if ticking and state.due is None and self.process.running:
            self.arm(state.anchor + self.pause())

    def rest(self, until: Micros) -> None:
        """A pass is over (as `done`), and those before `until` would find nothing, in no time: they are left
        out, unless the loop is roused. Their pauses are drawn already, since chance tells which pass comes
        first then."""
        state = self.state
        if self.process.engine.ticking:
            self.done()
            return
        state.running = False
        state.anchor = self.process.now
        due = state.anchor + self.pause()
        while due < until:
            due += self.pause()
            state.left_out += 1
        self.arm(due)

    def rouse(self) -> None:
        """Passes that were to be left out would find something now: the next one on the grid runs."""
        state = self.state
        if not state.left_out:
            return
        for _ in range(state.left_out + 1):
            self.take_back_pause()
        state.left_out = 0
        due = state.anchor + self.pause()
        while due <= self.process.now:
            state.anchor, due = due, due + self.pause()
        self.arm(due)

    def pause(self) -> Micros:
        """From the end of a pass to the next: the period, and a part by chance."""
        period = self.period
        if self.jitter:
            period += int(self.process.random(f"loop/{self.name}").random() * self.jitter * period)
        return period

    def take_back_pause(self) -> None:
        """The last one was not used: the next is the same."""
        if self.jitter:
            self.process.random(f"loop/{self.name}").take_back()

    def under_way(self, begun: Micros) -> None:
        """A pass that began then waits for its answers."""
        state = self.state
        state.running, state.due, state.anchor = True, None, begun + self.cost

    def arm(self, due: Micros, sent: Micros | None = None) -> None:
        """The next pass runs then. sent: it was armed at that time, if not now."""
        state = self.state
        state.token += 1
        state.due = due
        process = self.process
        args = (self.name, state.token)
        process.engine.post(due, process.name, process.status.incarnation, "run_loop", args, sent)
