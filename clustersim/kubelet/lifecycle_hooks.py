"""What a container is told after it starts, and before it stops (v1.7.5, v1.8.0, v1.36.2
pkg/kubelet/lifecycle/handlers.go, pkg/kubelet/kuberuntime/kuberuntime_container.go).

```
  started --postStart--> done: the container is up
                     --> failed: Event FailedPostStartHook, the container is killed, and started anew later;
                         v1.7.5 loses the error on the way, so that it counts as started, and as ended
  to stop --preStop--> done: SIGTERM
                   --> failed: Event FailedPreStopHook, and SIGTERM all the same
```
The pod's worker waits for the end of a postStart hook: until then nothing else of the pod is started, nor its
status told. A request is over at once here: it fails where nobody listens, and whatever is answered is well.
"""

import re
from typing import Final

import msgspec

from clustersim.api.core_v1 import LifecycleHandler, Pod, Probe, TCPSocketAction
from clustersim.api.status import Reply
from clustersim.engine.time import HOUR, MILLISECOND, SECOND, Micros
from clustersim.kubelet.answers import answer, number_of
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.machine import Machine
from clustersim.programs import REFUSED, of_command
from clustersim.runtime.containers import Containers
from clustersim.runtime.listening import listening
from clustersim.runtime.records import Container

FAILED: Final = "FailedPostStartHook"
_CALLED: Final = re.compile(
    r"\b(?:curl|wget)\b.*?\bhttps?://(?P<host>[\d.]{7,15})(?::(?P<port>\d{1,5}))?(?P<path>/[^\s'\";|&]*)?"
)
"""A command that asks a server by its address."""


class Outcome(msgspec.Struct, frozen=True):
    """How long a hook takes, and what is told of it if it fails; None if it does not."""

    takes: Micros = 0
    told: str | None = None


class LifecycleHooks(Part):
    """Runs hooks; `done` of one after the start hears (reason, message), both empty if all went well."""

    name = "lifecycle-hooks"

    def before_stop(self, container: Container, grace: Micros) -> Outcome:
        """The hook of a container that is to stop begins: what it does. A command is known as far as its
        words say what it does. Today there is none where there is no grace."""
        lifecycle = container.spec.lifecycle
        hook = None if lifecycle is None else lifecycle.pre_stop
        if hook is None or (grace <= 0 and self.kubelet.container_killer.announces):
            return Outcome()
        if hook.sleep is not None:
            return Outcome(hook.sleep.seconds * SECOND)
        self._ask(container, hook)
        if hook.exec is None:
            error = self._request_error(container, hook)
            return Outcome(0, self._failure(container, hook, error) if error else None)
        program = of_command(hook.exec.command) if hook.exec.command else None
        if program is None:
            return Outcome()
        if program.ends is None:
            return Outcome(HOUR)
        code = program.ends.code
        error = self._exit_error(hook.exec.command, code)
        return Outcome(
            program.ends.after_ms * MILLISECOND, self._failure(container, hook, error) if code else None
        )

    def after_start(self, pod: Pod, container: Container, done: Done) -> None:
        """The container has been started."""
        lifecycle = container.spec.lifecycle
        hook = None if lifecycle is None else lifecycle.post_start
        if hook is None:
            self.over("", "", done)
            return
        self._ask(container, hook)
        if hook.exec is not None:
            then, extra = self.executed, (pod, container, hook, done)
            self.ask_runtime("exec", container.id, hook.exec.command, then=then, extra=extra, timeout=False)
        elif hook.sleep is not None:
            self.post(hook.sleep.seconds * SECOND, self.over, "", "", done)
        elif error := self._request_error(container, hook):
            self._fail(pod, container, hook, error, done)
        else:
            self.over("", "", done)

    def executed(
        self, reply: Reply, pod: Pod, container: Container, hook: LifecycleHandler, done: Done
    ) -> None:
        """The hook's command has ended."""
        if reply.ok and not reply.body:
            self.over("", "", done)
            return
        assert hook.exec is not None
        error = (
            self._exit_error(hook.exec.command, reply.body) if reply.ok else self.kubelet.runtime_error(reply)
        )
        self._fail(pod, container, hook, error, done)

    def _fail(self, pod: Pod, container: Container, hook: LifecycleHandler, error: str, done: Done) -> None:
        kubelet, told = self.kubelet, self._failure(container, hook, error)
        event = kubelet.words.hook_failed("PostStart", told)
        kubelet.recorder.of_pod(pod, "Warning", FAILED, event, container.name)
        reason, message = ("PostStartHookError", told) if kubelet.names_start_errors else ("", "")
        killed = Done(self.name, "killed", (reason, message, done))
        kubelet.container_killer.kill((container,), (), None, FAILED, killed)

    def killed(self, _error: str, reason: str, message: str, done: Done) -> None:
        """The container is gone, too."""
        self.over(reason, message, done)

    def over(self, reason: str, message: str, done: Done) -> None:
        """The hook is done with."""
        getattr(self.kubelet.parts[done.part], done.method)(reason, message, *done.args)

    def _ask(self, container: Container, hook: LifecycleHandler) -> None:
        """The server that a hook asks, by itself or by a command, hears of it, and its log tells."""
        disk = self.kubelet.host.state.disk["runtime"]
        sandbox = disk.sandboxes.get(container.sandbox_id)
        if (asked := hook.http_get) is not None:
            host, port = asked.host or ("" if sandbox is None else sandbox.ip), asked.port
            number, path = number_of(container.spec, port), asked.path
        elif hook.exec is not None and (found := _CALLED.search(" ".join(hook.exec.command))) is not None:
            host, number, path = found["host"], int(found["port"] or 80), found["path"] or "/"
        else:
            return
        if number is None:
            return
        kind = self.kubelet.runtime.partition("@")[0]
        for machine in (self.kubelet.host, *self.kubelet.engine.actors.values()):
            if not isinstance(machine, Machine) or not machine.state.powered:
                continue
            for server in listening(machine, host, number):
                runtime = self.kubelet.engine.actors[f"{kind}@{machine.name}"]
                assert isinstance(runtime, Containers)
                runtime.hear(server.id, "GET", path)
                return

    def _request_error(self, container: Container, hook: LifecycleHandler) -> str:
        """Why a request does not get through, empty if it does. What goes to another host is not asked."""
        asked = hook.http_get
        if asked is None:
            return "invalid handler: "
        if asked.host:
            return ""
        port = number_of(container.spec, asked.port)
        if port is None:
            return f"couldn't find port: {asked.port} in {container.name}"
        disk = self.kubelet.host.state.disk["runtime"]
        every = [one for one in disk.containers.values() if one.sandbox_id == container.sandbox_id]
        if answer(container, every, Probe(tcp_socket=TCPSocketAction(port=port))) != REFUSED:
            return ""
        sandbox = disk.sandboxes.get(container.sandbox_id)
        address = f"{'' if sandbox is None else sandbox.ip}:{port}"
        return self.kubelet.words.hook_refused(address, asked.path)

    def _failure(self, container: Container, hook: LifecycleHandler, error: str) -> str:
        pod = f"{container.pod}_{container.namespace}({container.pod_uid})"
        whose = f'for Container "{container.name}" in Pod "{pod}" failed - error: {error}'
        if hook.exec is not None:
            return self.kubelet.words.exec_hook_failed(hook.exec.command, whose)
        if hook.http_get is None:
            return f"Cannot run handler: {error}"
        return self.kubelet.words.http_hook_failed(hook.http_get.path, whose)

    def _exit_error(self, command: tuple[str, ...], code: int) -> str:
        return f"command '{' '.join(command)}' exited with {code}: "
