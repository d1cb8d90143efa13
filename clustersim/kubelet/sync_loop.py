"""The main loop: one iteration for everything that comes in on one of its channels (v1.7.5
pkg/kubelet/kubelet.go).

```
 awake --an iteration ended and docker is not well--> asleep, 5 s
   ^                                                     |
   +---- errors gone, what came meanwhile is handled ----+---- errors still there: asleep again
```
Right after the start there always are errors, since nothing was asked yet: no pod is touched for 5 s.
"""

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.loop import Loop
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, Micros
from clustersim.kubelet import config, rules
from clustersim.kubelet.config import PodUpdate
from clustersim.kubelet.part import Part
from clustersim.kubelet.pleg import DIED, REMOVED, LifecycleEvent


class Unhealthy(msgspec.Struct, frozen=True):
    """A container of the pod failed its liveness probe."""

    pod: Pod


Item = PodUpdate | LifecycleEvent | Unhealthy


class SyncLoopMemory(State):
    """asleep: until when, None while awake; cleaning: since when housekeeping waits for docker.

    entered: start of the last iteration before it fell asleep; pause: how long it slept last.

    held: what came in while asleep, with its cause; due: pods to be synced again, when, and whether only
    because it is time."""

    asleep: Micros | None = None
    pause: Micros = 0
    cleaning: Micros | None = None
    entered: Micros = 0
    source_ready: bool = False
    clean_pending: bool = False
    sync_pending: bool = False
    held: list[tuple[Item, int]] = msgspec.field(default_factory=list)
    due: dict[str, tuple[Micros, bool]] = msgspec.field(default_factory=dict)


class SyncLoop(Part):
    """syncLoop with its channels: config, PLEG, sync ticker, housekeeping ticker."""

    name = "sync-loop"

    def memory(self) -> SyncLoopMemory:
        return SyncLoopMemory()

    def make_loops(self) -> tuple[Loop, Loop]:
        """Both tickers: exact, since Go's tickers do not wait for whoever listens."""
        flags = self.kubelet.flags
        return (
            Loop(self.kubelet, "sync-ticker", self.sync_tick, flags.sync_ticker_period),
            Loop(self.kubelet, "housekeeping", self.housekeeping_tick, flags.housekeeping_period),
        )

    def start(self) -> None:
        """The loop begins, looks at the runtime, and usually falls asleep at once."""
        self.log("kubelet.go", self.kubelet.words.main_loop())
        for name in ("sync-ticker", "housekeeping"):
            loop = self.kubelet.loops[name]
            loop.start(loop.period)
        self._look()

    @property
    def healthy(self) -> bool:
        """What /healthz of ports 10250 and 10255 says of it: it looked at its channels lately."""
        memory: SyncLoopMemory = self.state
        limit = max(2 * MINUTE, self.kubelet.flags.syncloop_threshold)
        entered = memory.entered if memory.asleep is not None else memory.cleaning
        return entered is None or self.now - entered <= limit

    @property
    def blocked(self) -> bool:
        """Nothing can be handled: the loop sleeps, or docker keeps its housekeeping longer than usual."""
        memory: SyncLoopMemory = self.state
        if memory.asleep is not None:
            return True
        return memory.cleaning is not None and self.now > memory.cleaning + 2 * self.kubelet.runtime_latency

    # --- falling asleep and waking ----------------------------------------------------------------

    def _look(self) -> None:
        """Between two iterations: sleep while docker is not well."""
        memory: SyncLoopMemory = self.state
        if memory.cleaning is not None:
            return  # the iteration that cleans is not over
        if errors := self.kubelet.runtime_state.errors():
            self.log("kubelet.go", self.kubelet.words.skipping(errors))
            if memory.asleep is None:
                memory.entered = self.now
                memory.pause = 0
            pause = self.pause()
            memory.asleep = self.now + pause
            self.post(pause, self.wake_up)
        else:
            memory.asleep = None

    def pause(self) -> Micros:
        """How long it sleeps before it looks again."""
        return self.kubelet.flags.runtime_error_sleep

    def wake_up(self) -> None:
        """The sleep is over; if docker is well now, handle what came in, one iteration each."""
        self._look()
        if self.state.asleep is None:
            verdict = rules.LOOP_AWAKE.holds(
                limit=self.kubelet.flags.runtime_error_sleep, runtime=self.kubelet.words.runtime
            )
            self.kubelet.emit("decision", "woke-up", f"nodes/{self.kubelet.node_name}", rule=verdict)
        self._catch_up()

    def cleaned(self) -> None:
        """Housekeeping is over."""
        blocked = self.blocked
        memory: SyncLoopMemory = self.state
        if memory.cleaning is not None:
            took = self.now - memory.cleaning
            missed = took >= self.kubelet.flags.housekeeping_period
            memory.clean_pending = memory.clean_pending or missed
        memory.cleaning = None
        self._look()
        if blocked:
            self._catch_up()

    def _catch_up(self) -> None:
        memory: SyncLoopMemory = self.state
        if not self.blocked and memory.clean_pending:
            memory.clean_pending = False
            self.housekeeping_tick()
        while not self.blocked and memory.held:
            item, cause = memory.held.pop(_first(memory.held))
            self.kubelet.engine.cause = cause
            self._handle(item)
            self._look()
        if not self.blocked and memory.sync_pending:
            memory.sync_pending = False
            self.sync_tick()

    def _take(self, item: Item) -> None:
        memory: SyncLoopMemory = self.state
        if (memory.asleep is not None or memory.cleaning is not None) and self.blocked:
            memory.held.append((item, self.kubelet.engine.cause))
        else:
            self._handle(item)
            self._look()

    def _handle(self, item: Item) -> None:
        if isinstance(item, PodUpdate):
            self._handle_config(item)
        elif isinstance(item, LifecycleEvent):
            self._handle_lifecycle(item)
        else:
            self.log("kubelet.go", self.kubelet.words.unhealthy(item.pod))
            if (pod := self.kubelet.pod_manager.get(item.pod.metadata.uid)) is not None:
                self.kubelet.sync_handler.dispatch(pod)

    # --- config -----------------------------------------------------------------------------------

    def config_update(self, update: PodUpdate) -> None:
        """The API server wants something else."""
        self._take(update)

    def _handle_config(self, update: PodUpdate) -> None:
        kubelet = self.kubelet
        if update.operation != config.RECONCILE:
            self.log("kubelet.go", kubelet.words.sync_loop(update.operation, update.pods, update.source))
        for pod in update.pods:
            if update.operation == config.REMOVE:
                kubelet.sync_handler.removed(pod)
            elif update.operation == config.ADD:
                kubelet.sync_handler.added(pod)
            else:
                old = kubelet.pod_manager.get(pod.metadata.uid)
                kubelet.pod_manager.put(pod)
                if update.operation == config.RECONCILE:
                    kubelet.sync_handler.reported(old, pod)
                else:
                    kubelet.sync_handler.changed(old, pod)
        if update.synced:
            self.state.source_ready = True
        kubelet.sync_handler.handled(update)
        if update.operation != config.RECONCILE:
            kubelet.wanted_changed()

    # --- PLEG -------------------------------------------------------------------------------------

    def lifecycle_event(self, event: LifecycleEvent) -> None:
        """Something happened to a container."""
        self._take(event)

    def _handle_lifecycle(self, event: LifecycleEvent) -> None:
        kubelet = self.kubelet
        pod = kubelet.pod_manager.get(event.uid)
        if event.type != REMOVED and pod is not None:
            self.log("kubelet.go", kubelet.words.pleg_event(pod, event.type, event.container_id))
            kubelet.sync_handler.dispatch(pod)
        if event.type == DIED:
            kubelet.container_gc.prune(event.uid, event.container_id)

    def unhealthy(self, pod: Pod) -> None:
        """A liveness probe failed."""
        self._take(Unhealthy(pod))

    # --- tickers ----------------------------------------------------------------------------------

    def sync_tick(self) -> None:
        """Sync the pods that are due."""
        memory: SyncLoopMemory = self.state
        if not self.kubelet.runtime_state.well:
            for name in ("sync-ticker", "housekeeping"):
                self.kubelet.loops[name].wake()
        if self.blocked:
            memory.sync_pending = True
            return
        if not memory.due:
            self._look()
            return
        due = sorted((when, uid) for uid, (when, _) in memory.due.items() if when <= self.now)
        for _, uid in due:
            _, again = memory.due.pop(uid)
            pod = self.kubelet.pod_manager.get(uid)
            if pod is not None and not (again and self._finds_nothing(pod)):
                self.kubelet.sync_handler.dispatch(pod)
        self._look()

    def _finds_nothing(self, pod: Pod) -> bool:
        """What a resync would do beyond nothing is not modelled: write the status of a pod again that is
        being deleted, wait for a docker that is not well, or have a worker that is at work look once more."""
        kubelet = self.kubelet
        busy = kubelet.pod_workers.busy(pod.metadata.uid)
        return bool(pod.metadata.deletion_timestamp) or busy or not kubelet.runtime_state.well

    def sync_at(self, uid: str, delay: Micros, *, again: bool = False) -> None:
        """Sync a pod at the first tick after `delay`; again: though nothing has happened to it."""
        self.state.due[uid] = (self.now + delay, again)
        self.post(max(0, delay - 1), self.tick_is_near)

    @property
    def due(self) -> dict[str, tuple[Micros, bool]]:
        """When pods are to be synced that nobody has asked for, and whether though nothing has happened."""
        memory: SyncLoopMemory = self.state
        return memory.due

    def not_due(self, uid: str) -> None:
        """A sync of the pod was good: the one that a failure before it had asked for is not needed."""
        self.state.due.pop(uid, None)

    def tick_is_near(self) -> None:
        """The sync ticker's next pass has something to do."""
        self.kubelet.loops["sync-ticker"].wake()

    def housekeeping_tick(self) -> None:
        """Clean up, once the wanted pods are known."""
        memory: SyncLoopMemory = self.state
        if self.blocked or memory.cleaning is not None:
            memory.clean_pending = True
        elif not memory.source_ready:
            self.kubelet.loops["housekeeping"].wake()
        else:
            memory.cleaning = self.kubelet.loops["housekeeping"].began
            self.kubelet.housekeeping.clean()


def _first(held: list[tuple[Item, int]]) -> int:
    """Which channel is read first is chance in Go; recordings show what is wanted before what runs."""
    return next((i for i, (item, _) in enumerate(held) if isinstance(item, PodUpdate)), 0)
