"""What a pod begins with again whose sandbox is gone, by release.

Pure functions of its specification and what the runtime has of it (pkg/kubelet/kuberuntime/
kuberuntime_manager.go: v1.7.5 computePodContainerChanges, v1.8.0 and v1.36.2 computePodActions)."""

from typing import ClassVar

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_status import should_restart
from clustersim.runtime.records import EXITED, RUNNING


class NewSandbox:
    """v1.7: what its policy restarts, and what ran until now unless the pod never restarts anything. Init
    containers that ended well are not run again: their records of the old sandbox count."""

    forgets_init: ClassVar[bool] = False
    """Only init containers of the present sandbox count."""

    def attempt(self, view: PodView) -> int:
        """How many sandboxes there were before the one to make."""
        return view.sandboxes[0].attempt + 1 if view.sandboxes else 0

    def containers(self, pod: Pod, view: PodView) -> tuple[str, ...] | None:
        """The containers it is made for; None: the pod ends with its old sandbox, and gets no other."""
        return tuple(spec.name for spec in pod.spec.containers if self.begins(pod, spec, view))

    def begins(self, pod: Pod, spec: ContainerSpec, view: PodView) -> bool:
        """One container is made anew."""
        current = view.latest(spec.name)
        was_running = current is not None and current.state == RUNNING
        return should_restart(pod, spec.name, view) or (was_running and pod.spec.restart_policy != "Never")


class NewSandboxOfV18(NewSandbox):
    """v1.8: all but those of a policy OnFailure that ended well; a pod that never restarts anything has only
    its first sandbox. Init containers are run again."""

    forgets_init = True

    def containers(self, pod: Pod, view: PodView) -> tuple[str, ...] | None:
        if pod.spec.restart_policy == "Never" and self.attempt(view):
            return ()
        if pod.spec.init_containers:
            return tuple(spec.name for spec in pod.spec.containers)
        return super().containers(pod, view)

    def begins(self, pod: Pod, spec: ContainerSpec, view: PodView) -> bool:
        current = view.latest(spec.name)
        ended_well = current is not None and current.state == EXITED and current.exit_code == 0
        return not (ended_well and (spec.restart_policy or pod.spec.restart_policy) == "OnFailure")


class NewSandboxOfToday(NewSandboxOfV18):
    """v1.36: no second sandbox either where containers were made and all are done."""

    def containers(self, pod: Pod, view: PodView) -> tuple[str, ...] | None:
        if pod.spec.restart_policy == "Never" and self.attempt(view) and view.containers:
            return None
        found = NewSandbox.containers(self, pod, view)
        if not found and any(view.latest(spec.name) is not None for spec in pod.spec.containers):
            return None
        return found
