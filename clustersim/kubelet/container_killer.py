"""Killing: all containers of a pod at the same time, then its sandbox (v1.7.5 pkg/kubelet/kuberuntime/
kuberuntime_container.go killContainer, kuberuntime_manager.go killPodWithSyncResult).

The event Killing is recorded when a container has stopped, not before.
"""

from typing import Final

import msgspec

from clustersim.api.status import Reply
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet.part import Part
from clustersim.runtime.records import Container, Sandbox

NEED_TO_KILL: Final = "Need to kill Pod"


class Done(msgspec.Struct, frozen=True):
    """Whom to tell: a part's `method(error, *args)`; error is empty when all went well."""

    part: str
    method: str
    args: tuple[str | int, ...]


class KillJob(State):
    """One killing: how many answers are still to come, what follows the containers, and whom to tell."""

    sandboxes: tuple[Sandbox, ...]
    done: Done
    waiting: int = 0
    error: str = ""


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
    ) -> None:
        """Stop these, each with that grace or the one its labels tell."""
        memory: ContainerKillerMemory = self.state
        number = memory.next_job
        memory.next_job = number + 1
        job = memory.jobs[number] = KillJob(sandboxes, done, len(containers))
        for container in containers:
            wanted = container.grace_seconds * SECOND if grace is None else grace
            self.log("kuberuntime_container.go", self.kubelet.words.killing_log(container, wanted // SECOND))
            allowed = max(wanted, self.kubelet.flags.minimum_grace_period)
            limit = self.kubelet.flags.runtime_request_timeout + allowed
            self.kubelet.call(
                self.kubelet.runtime,
                "serve_stop",
                container.id,
                allowed,
                then=self.then(self.container_stopped, number, container, reason),
                timeout=limit,
            )
        if not containers:
            self._stop_sandboxes(number, job)

    def container_stopped(self, reply: Reply, number: int, container: Container, reason: str) -> None:
        """One container has ended."""
        job = self.state.jobs[number]
        if reply.ok:
            message = self.kubelet.words.killing(container, reason)
            self.kubelet.container_event(container, "Normal", "Killing", message)
        else:
            job.error = job.error or (
                f'failed to "KillContainer" for "{container.name}" with KillContainerError: '
                f'"{self.kubelet.runtime_error(reply)}"'
            )
        job.waiting -= 1
        if not job.waiting:
            self._stop_sandboxes(number, job)

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
