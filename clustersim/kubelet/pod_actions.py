"""What a sync of a pod has to do: pure functions from the specification, what the runtime has of the pod, and
what its probes say (v1.7.5, v1.36.2 pkg/kubelet/kuberuntime/kuberuntime_manager.go,
kuberuntime_container.go).

```
 sandbox gone --> kill all, a new sandbox, begin with the first init container
 init containers one after another; one with restartPolicy Always, a sidecar, only has to be up --> containers
```
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.api.container_restarts import restarts
from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod
from clustersim.api.pod_containers import every_container
from clustersim.kubelet.new_sandbox import NewSandbox
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_status import should_restart
from clustersim.kubelet.resizing import Resize, has_other_definition, resizes, wants_restart
from clustersim.kubelet.words import Words
from clustersim.runtime.records import CREATED, EXITED, RUNNING, Container

STARTUP: Final = "startup"
LIVENESS: Final = "liveness"


class ProbeResults(msgspec.Struct, frozen=True, gc=False):
    """What probes say of a pod. failed: ids of containers to be restarted, and which probe says so; started:
    names of containers whose startup probe succeeded or that have none."""

    failed: Mapping[str, str] = {}
    started: Mapping[str, bool] = {}


class PodActions(msgspec.Struct, frozen=True, gc=False):
    """What a sync has to do. start: names of containers; kill: running ones that are not as they should be;
    resizes: what is done to running ones that get another size without a restart.

    sandbox: the attempt number of the sandbox to make, None when the present one stays.
    """

    sandbox: int | None = None
    had_sandbox: bool = False
    start: tuple[str, ...] = ()
    kill: tuple[tuple[Container, str], ...] = ()
    stop_sandbox: bool = False
    resizes: tuple[Resize, ...] = ()

    @property
    def nothing(self) -> bool:
        """Everything is as it should be."""
        idle = self.sandbox is None and not self.start and not self.stop_sandbox
        return idle and not self.kill and not self.resizes


def is_sidecar(spec: ContainerSpec) -> bool:
    """An init container that goes on beside the others."""
    return spec.restart_policy == "Always"


def spec_of(pod: Pod, name: str) -> ContainerSpec:
    """The specification of a pod's container."""
    for spec in pod.spec.containers:
        if spec.name == name:
            return spec
    return next(spec for spec in every_container(pod) if spec.name == name)


def compute_actions(
    pod: Pod, view: PodView, probes: ProbeResults, words: Words, new_sandbox: NewSandbox
) -> PodActions:
    """Compare specification and reality. new_sandbox: what a pod of which it is gone begins with."""
    latest = view.sandboxes[0] if view.sandboxes else None
    ready = [sandbox for sandbox in view.sandboxes if sandbox.ready]
    if latest is None or not latest.ready or len(ready) > 1:
        start = new_sandbox.containers(pod, view)
        if start is None:
            return PodActions(None, True, stop_sandbox=True)
        if start and pod.spec.init_containers:
            start = _beginning(pod, view, probes, words, new_sandbox, start)
        return PodActions(new_sandbox.attempt(view), latest is not None, start)
    init = _InitContainers(pod, view, probes, words, forgets=new_sandbox.forgets_init)
    if init.failed:
        return PodActions(None, True, stop_sandbox=True)
    looking = _looking(pod, view)
    if not init.initialized:
        start = (*looking, *init.start)
        return PodActions(None, True, start, tuple(init.kill), resizes=resizes(init.kept))
    return _with_containers(pod, view, probes, words, init, looking)


def _beginning(
    pod: Pod,
    view: PodView,
    probes: ProbeResults,
    words: Words,
    new_sandbox: NewSandbox,
    wanted: tuple[str, ...],
) -> tuple[str, ...]:
    """What is started first in a new sandbox."""
    if new_sandbox.forgets_init or not view.sandboxes:
        return (pod.spec.init_containers[0].name,)
    init = _InitContainers(pod, view, probes, words, forgets=False)
    if init.failed:
        return ()
    return wanted if init.initialized else tuple(init.start)


def _looking(pod: Pod, view: PodView) -> tuple[str, ...]:
    """Ephemeral containers that were never started: they come first, and never a second time."""
    return tuple(one.name for one in pod.spec.ephemeral_containers if view.latest(one.name) is None)


def _with_containers(
    pod: Pod,
    view: PodView,
    probes: ProbeResults,
    words: Words,
    init: "_InitContainers",
    looking: tuple[str, ...],
) -> PodActions:
    starts: list[str] = []
    kill: list[tuple[Container, str]] = []
    kept: list[tuple[ContainerSpec, Container]] = init.kept
    staying = 0
    for spec in pod.spec.containers:
        current = view.latest(spec.name)
        if current is None or current.state != RUNNING:
            if should_restart(pod, spec.name, view):
                starts.append(spec.name)
        elif has_other_definition(spec, current.spec):
            kill.append((current, words.spec_changed(pod, spec, current.spec)))
            starts.append(spec.name)
        elif current.id in probes.failed:
            again = (spec.restart_policy or pod.spec.restart_policy) != "Never"
            kill.append((current, words.not_alive(pod, spec.name, probes.failed[current.id], again=again)))
            if again:
                starts.append(spec.name)
        elif wants_restart(spec, current.spec):
            kill.append((current, words.resize_restarts(spec.name)))
            starts.append(spec.name)
        else:
            kept.append((spec, current))
            staying += 1
    if not starts and not staying:
        return PodActions(None, True, stop_sandbox=True)
    return PodActions(
        None, True, (*looking, *init.start, *starts), (*init.kill, *kill), resizes=resizes(kept)
    )


class _InitContainers:
    """computeInitContainerActions: looked at from the last to the first, since records of those that are
    over may be gone. forgets: only containers of the present sandbox count."""

    def __init__(self, pod: Pod, view: PodView, probes: ProbeResults, words: Words, *, forgets: bool) -> None:
        self.pod = pod
        self.probes = probes
        self.words = words
        self.start: list[str] = []
        self.kill: list[tuple[Container, str]] = []
        self.kept: list[tuple[ContainerSpec, Container]] = []
        self.failed = False
        self.initialized = not pod.spec.init_containers
        box = view.sandboxes[0].id
        self.current: dict[str, Container] = {}
        for container in view.containers:
            if container.sandbox_id == box or not forgets:
                self.current.setdefault(container.name, container)
        if pod.spec.init_containers:
            self._look()
            self.start.reverse()

    def _look(self) -> None:
        main = (self.current.get(spec.name) for spec in self.pod.spec.containers)
        self.initialized = any(found is not None and found.state in (CREATED, RUNNING) for found in main)
        previously = self.initialized
        for index in range(len(self.pod.spec.init_containers) - 1, -1, -1):
            spec = self.pod.spec.init_containers[index]
            known = self.current.get(spec.name)
            if known is None:
                if previously and is_sidecar(spec):
                    self.start.append(spec.name)
                continue
            if previously and not is_sidecar(spec):
                continue
            self._look_at(index, spec, known, previously)
            if self.failed:
                return
            previously = True
        if not previously:
            self.start.append(self.pod.spec.init_containers[0].name)

    def _look_at(self, index: int, spec: ContainerSpec, known: Container, previously: bool) -> None:
        if known.state == CREATED or (known.state == EXITED and is_sidecar(spec)):
            self.start.append(spec.name)
        elif known.state == RUNNING and is_sidecar(spec):
            started = self.probes.started.get(spec.name)
            if started:
                self._is_done(index, previously)
            if started and has_other_definition(spec, known.spec):
                self.kill.append((known, self.words.sidecar_changed(spec.name)))
                self.start.append(spec.name)
            elif known.id in self.probes.failed:
                failed = self.probes.failed[known.id]
                self.kill.append((known, self.words.sidecar_not_alive(spec.name, failed)))
                self.start.append(spec.name)
            elif wants_restart(spec, known.spec):
                self.kill.append((known, self.words.resize_restarts(spec.name)))
                self.start.append(spec.name)
            else:
                self.kept.append((spec, known))
        elif known.state == RUNNING:
            self.kept.append((spec, known))
        elif known.state == EXITED and known.exit_code == 0:
            self._is_done(index, previously)
        elif known.state == EXITED and not restarts(self.pod, spec.name, known.exit_code):
            self.failed = True
            self.start.clear()
        elif known.state == EXITED:
            self.start.append(spec.name)

    def _is_done(self, index: int, previously: bool) -> None:
        if index == len(self.pod.spec.init_containers) - 1:
            self.initialized = True
        elif not previously:
            self.start.append(self.pod.spec.init_containers[index + 1].name)
