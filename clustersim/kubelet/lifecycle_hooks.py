"""What a container is told after it starts (v1.7.5, v1.8.0, v1.36.2
pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go).

```
  started --postStart--> done: the container is up
                     --> failed: Event FailedPostStartHook, the container is killed, and started anew later
```
The pod's worker waits for the end of a postStart hook: until then nothing else of the pod is started, nor its
status told. A request or a connection is over at once here, and goes well.
"""

from typing import Final

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.engine.time import SECOND
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_manager import pod_text
from clustersim.runtime.records import Container

FAILED: Final = "FailedPostStartHook"


class LifecycleHooks(Part):
    """Runs postStart hooks; `done` hears (reason, message), both empty if all went well."""

    name = "lifecycle-hooks"

    def after_start(self, pod: Pod, container: Container, done: Done) -> None:
        """The container has been started."""
        lifecycle = container.spec.lifecycle
        hook = None if lifecycle is None else lifecycle.post_start
        if hook is None or (hook.exec is None and hook.sleep is None):
            self.over("", "", done)
        elif hook.exec is not None:
            command = hook.exec.command
            then, extra = self.executed, (pod, container, command, done)
            self.ask_runtime("exec", container.id, command, then=then, extra=extra, timeout=False)
        elif hook.sleep is not None:
            self.post(hook.sleep.seconds * SECOND, self.over, "", "", done)

    def executed(
        self, reply: Reply, pod: Pod, container: Container, command: tuple[str, ...], done: Done
    ) -> None:
        """The hook's command has ended."""
        if reply.ok and not reply.body:
            self.over("", "", done)
            return
        words = " ".join(command)
        error = (
            f"command '{words}' exited with {reply.body}: " if reply.ok else self.kubelet.runtime_error(reply)
        )
        told = (
            f'Exec lifecycle hook ([{words}]) for Container "{container.name}" in Pod "{pod_text(pod)}" '
            f'failed - error: {error}, message: ""'
        )
        kubelet = self.kubelet
        kubelet.pod_event(pod, "Warning", FAILED, kubelet.words.hook_failed(told), container.name)
        reason, message = "PostStartHookError", told
        if not kubelet.names_start_errors:
            reason, message = f"PostStart handler: {error}", "PostStart Hook Failed"
        killed = Done(self.name, "killed", (reason, message, done))
        kubelet.container_killer.kill((container,), (), None, FAILED, killed)

    def killed(self, _error: str, reason: str, message: str, done: Done) -> None:
        """The container is gone, too."""
        self.over(reason, message, done)

    def over(self, reason: str, message: str, done: Done) -> None:
        """The hook is done with."""
        getattr(self.kubelet.parts[done.part], done.method)(reason, message, *done.args)
