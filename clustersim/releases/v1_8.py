"""Kubernetes v1.8: commit 0b9efaeb of 2017-09-28, and how its defaults differ from those of v1.7."""

from typing import Final

import msgspec

from clustersim.apiserver.server import ApiServerV18
from clustersim.controllermanager.process import ControllerManagerV18
from clustersim.engine.calendar import OF_2017
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import ControllerManagerFlags, Flags, KubeletFlags
from clustersim.kubelet.kubelet import KubeletV18
from clustersim.kubeproxy import KubeProxy
from clustersim.releases.release import Release
from clustersim.releases.v1_7 import V1_7
from clustersim.scheduler import SchedulerV18

# cmd/kubelet/app/server.go: heartbeats have a client of their own whose time limit is the heartbeat's period.
# The start of the controller-manager is the model's own: as recorded, twice as long as in v1.7.
_FLAGS: Final = msgspec.structs.replace(
    Flags(),
    kubelet=KubeletFlags(heartbeat_timeout=10 * SECOND),
    controller_manager=ControllerManagerFlags(start_delay=540 * MILLISECOND),
)

V1_8: Final = Release(
    name="v1.8",
    version="v1.8.0",
    runtime_version="1.12.6",
    kernel="4.4.0-96-generic",
    calendar=OF_2017,
    flags=_FLAGS,
    components={
        **V1_7.components,
        "kube-proxy": KubeProxy,
        "apiserver": ApiServerV18,
        "controller-manager": ControllerManagerV18,
        "scheduler": SchedulerV18,
        "kubelet": KubeletV18,
    },
    node_roles=True,
)
