"""Housekeeping of today: every pod that runs has a worker, so what nobody wants is ended by one, too
(v1.36.2 pkg/kubelet/kubelet_pods.go HandlePodCleanups)."""

from typing import TYPE_CHECKING

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.kubelet.housekeeping import Housekeeping
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.running import running_pods

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136


class HousekeepingOfToday(Housekeeping):
    """HandlePodCleanups of v1.36. The main loop stands still until the runtime has answered."""

    kubelet: "KubeletV136"

    def clean(self) -> None:
        self.kubelet.pod_workers.keep_only(self.kubelet.pod_manager.pods)
        self.ask_runtime("ps", then=self.looked, late=self.kubelet.loops["housekeeping"].state.late)

    def runtime_stirred(self) -> None:
        """A pass looks once."""

    def looked(self, reply: Reply) -> None:
        kubelet = self.kubelet
        if not reply.ok:
            error = kubelet.runtime_error(reply)
            self.log("kubelet_pods.go", f'"Error listing containers" err="{error}"', "E")
            kubelet.loops["housekeeping"].wake()
            kubelet.sync_loop.cleaned()
            return
        kubelet.status_manager.keep_only(kubelet.pod_manager.pods)
        kubelet.allocation.keep_only(kubelet.pod_manager.pods)
        kubelet.static_pods.delete_orphans()
        running = running_pods(reply.body)
        for pod in [pod for pod in kubelet.pod_manager.pods.values() if self._is_left_over(pod)]:
            if pod.metadata.uid not in running:
                kubelet.pod_workers.kill(pod)
        for found in running.values():
            if kubelet.pod_workers.worker(found.uid) is None:
                text = '"Clean up containers for orphaned pod we had not seen before"'
                self.log("kubelet_pods.go", f'{text} podUID="{found.uid}"')
                kubelet.pod_workers.kill_running(found)
        kubelet.sync_loop.cleaned()

    def _is_left_over(self, pod: Pod) -> bool:
        """A pod that was refused and never started, and is deleted (filterTerminalPodsToDelete)."""
        if not pod.metadata.deletion_timestamp or self.kubelet.pod_workers.worker(pod.metadata.uid):
            return False
        status = self.kubelet.status_manager.status_of(pod.metadata.uid) or pod.status
        return status.phase in FINISHED
