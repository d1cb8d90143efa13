"""The main loop of today: while the runtime is not well it sleeps 100 ms, then twice as long, up to 5 s
(v1.36.2 pkg/kubelet/kubelet.go syncLoop)."""

from clustersim.engine.time import Micros
from clustersim.kubelet.sync_loop import SyncLoop


class SyncLoopOfToday(SyncLoop):
    """syncLoop of v1.36."""

    def pause(self) -> Micros:
        flags = self.kubelet.flags
        memory = self.state
        memory.pause = min(
            max(2 * memory.pause, flags.runtime_error_sleep_minimum), flags.runtime_error_sleep
        )
        pause: Micros = memory.pause
        return pause
