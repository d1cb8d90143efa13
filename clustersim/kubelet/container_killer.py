"""Killing: all containers of a pod at the same time, sidecars when the others have ended, then the sandbox
(v1.7.5, v1.36.2 pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer, kuberuntime_manager.go
killPodWithSyncResult).

The event Killing is recorded when a container has stopped, not before; today it is the other way round.
"""

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.part import Part
from clustersim.runtime.records import Container, Sandbox


class Done(msgspec.Struct, frozen=True, gc=False):
    """Whom to tell: a part's `method(error, *args)`; error is empty when all went well."""

    part: str
    method: str
    args: tuple["str | int | Done", ...]


class KillJob(State):
    """One killing: since when, what is left of the grace at least, what follows the containers, how many
    answers are still to come, and whom to tell. known: the API server's pod is at hand, so that an Event can
    refer to it.

    running: ids of containers that have not ended, with the turn of each: none is told to stop before those
    of earlier turns have ended, or its own grace is over; held: those that wait for that, with their grace
    and since when."""

    sandboxes: tuple[Sandbox, ...]
    done: Done
    reason: str
    began: Micros
    floor: Micros
    waiting: int = 0
    error: str = ""
    known: bool = True
    running: dict[str, int] = msgspec.field(default_factory=dict)
    held: dict[str, tuple[Container, Micros, Micros]] = msgspec.field(default_factory=dict)


class ContainerKillerMemory(State):
    """Killings under way."""

    next_job: int = 1
    jobs: dict[int, KillJob] = msgspec.field(default_factory=dict)


class ContainerKiller(Part):
    """Stops containers and sandboxes."""

    name = "container-killer"

    def memory(self) -> ContainerKillerMemory:
        return ContainerKillerMemory()

    def kill(
        self,
        containers: tuple[Container, ...],
        sandboxes: tuple[Sandbox, ...],
        grace: Micros | None,
        reason: str,
        done: Done,
        floor: Micros | None = None,
        known: bool = True,
    ) -> None:
        """Stop these, each with that grace or the one its labels tell. floor: what is left of it at least,
        None for --minimum-grace-period. known: Events can refer to the pod."""
        memory: ContainerKillerMemory = self.state
        number = memory.next_job
        memory.next_job = number + 1
        least = self.kubelet.flags.minimum_grace_period if floor is None else floor
        job = memory.jobs[number] = KillJob(sandboxes, done, reason, self.now, least, known=known)
        job.waiting, job.running = len(containers), self.turns(containers)
        for one in containers:
            self._stop(number, job, one, one.grace_seconds * SECOND if grace is None else grace)
        if not containers:
            self._stop_sandboxes(number, job)

    def turns(self, containers: tuple[Container, ...]) -> dict[str, int]:
        """In which turn each is told to stop, by id: all at once."""
        return {one.id: 0 for one in containers}

    def _stop(self, number: int, job: KillJob, container: Container, wanted: Micros) -> None:
        """The preStop hook takes its time from the grace; at least two seconds are left after it."""
        seconds = max(0, wanted) // SECOND
        self.log("kuberuntime_container.go", self.kubelet.words.killing_log(container, seconds))
        if self.announces:
            self._tell(container, job.reason)
        hook = self.kubelet.lifecycle_hooks.before_stop(container, wanted)
        pause = min(max(0, wanted), hook.takes)
        failure = hook.told if hook.takes <= wanted > 0 else None
        left = wanted - pause
        if pause:
            self.post(pause, self.hook_over, number, container, left, failure)
        else:
            self.hook_over(number, container, left, failure)

    def hook_over(self, number: int, container: Container, left: Micros, failure: str | None) -> None:
        """A hook that failed is told of, and holds up nothing. left: of the grace."""
        job: KillJob = self.state.jobs[number]
        if failure is not None:
            text = self.kubelet.words.hook_failed("PreStop", failure)
            self.kubelet.recorder.of_container(container, "Warning", "FailedPreStopHook", text)
        if left > 0 and not _has_turn(job, container):
            job.held[container.id] = (container, left, self.now)
            self.post(left, self.turn_has_come, number, container.id)
        else:
            self.tell_to_stop(number, container, max(left, job.floor))

    def turn_has_come(self, number: int, container_id: str) -> None:
        """A container that waited for others is told to stop, with what is left of its grace: waiting is
        counted in whole seconds (waitForTurn)."""
        job: KillJob | None = self.state.jobs.get(number)
        if job is not None and (found := job.held.pop(container_id, None)) is not None:
            container, left, since = found
            waited = (self.now - since) // SECOND * SECOND
            self.tell_to_stop(number, container, max(left - waited, job.floor))

    @property
    def announces(self) -> bool:
        """The event Killing comes before a container is told to stop, not after it has stopped."""
        return False

    def tell_to_stop(self, number: int, container: Container, allowed: Micros) -> None:
        """The hook is over: SIGTERM."""
        self.kubelet.call(
            self.kubelet.runtime,
            "serve_stop",
            container.id,
            allowed,
            then=self.then(self.container_stopped, number, container),
            timeout=self.kubelet.flags.runtime_request_timeout + allowed,
        )

    def container_stopped(self, reply: Reply, number: int, container: Container) -> None:
        """One container has ended."""
        job = self.state.jobs[number]
        if not reply.ok:
            job.error = job.error or (
                f'failed to "KillContainer" for "{container.name}" with KillContainerError: '
                f'"{self.kubelet.runtime_error(reply)}"'
            )
        else:
            job.running.pop(container.id, None)
            if not self.announces and job.known:
                self._tell(container, job.reason)
        job.waiting -= 1
        for waiting in [one for one, _left, _since in job.held.values() if _has_turn(job, one)]:
            self.turn_has_come(number, waiting.id)
        if not job.waiting:
            self._stop_sandboxes(number, job)

    def _tell(self, container: Container, reason: str) -> None:
        message = self.kubelet.words.killing(container, reason)
        self.kubelet.recorder.of_container(container, "Normal", "Killing", message)

    def _stop_sandboxes(self, number: int, job: KillJob) -> None:
        ready = tuple(sandbox for sandbox in job.sandboxes if sandbox.ready)
        job.waiting = len(ready)
        for sandbox in ready:
            self.ask_runtime("stop_sandbox", sandbox.id, then=self.sandbox_stopped, extra=(number,))
        if not ready:
            self._finish(number)

    def sandbox_stopped(self, reply: Reply, number: int) -> None:
        """One sandbox has stopped."""
        job = self.state.jobs[number]
        if not reply.ok:
            job.error = job.error or (
                f'failed to "KillPodSandbox" with KillPodSandboxError: "{self.kubelet.runtime_error(reply)}"'
            )
        job.waiting -= 1
        if not job.waiting:
            self._finish(number)

    def _finish(self, number: int) -> None:
        job = self.state.jobs.pop(number)
        done = job.done
        getattr(self.kubelet.parts[done.part], done.method)(job.error, *done.args)


class AnnouncingKiller(ContainerKiller):
    """The container killer of v1.36: sidecars have their turn after the others, one by one from the last
    (kuberuntime_termination_order.go)."""

    @property
    def announces(self) -> bool:
        return True

    def turns(self, containers: tuple[Container, ...]) -> dict[str, int]:
        sidecars = [one for one in containers if one.spec.restart_policy == "Always"]
        if sidecars:
            pod = self.kubelet.pod_manager.get(sidecars[0].pod_uid)
            order = [] if pod is None else [spec.name for spec in pod.spec.init_containers]
            sidecars.sort(key=lambda one: -order.index(one.name) if one.name in order else 0)
        later = {one.id: at for at, one in enumerate(sidecars, 1)}
        return {one.id: later.get(one.id, 0) for one in containers}


def _has_turn(job: KillJob, container: Container) -> bool:
    """All that come before it have ended."""
    turn = job.running.get(container.id, 0)
    return not turn or min(job.running.values()) >= turn
