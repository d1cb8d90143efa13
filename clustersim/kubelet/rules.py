"""The kubelet's conditions: what makes a node NotReady, what waits, what is kept and what is killed."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

RUNTIME_DOWN: Final = Rule(
    "kubelet.runtime-down",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/runtime.go runtimeErrors",
    _("docker gave its last good answer {since} ago; after {limit} without one it counts as down"),
)

PLEG_UNHEALTHY: Final = Rule(
    "kubelet.pleg-unhealthy",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/pleg/generic.go Healthy",
    _("the list of containers was last read {since} ago; after {limit} the node is not ready"),
)

LOOP_AWAKE: Final = Rule(
    "kubelet.loop-awake",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet.go syncLoop",
    _("the kubelet's main loop handles no pod unless it finds docker well; it looks again every {limit}"),
)

CONTAINER_RESTART: Final = Rule(
    "kubelet.container-restart",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff",
    _("container {container} ended {since} ago; it is started again {delay} after its end"),
)

IMAGE_PULL: Final = Rule(
    "kubelet.image-pull",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/images/image_manager.go EnsureImageExists",
    _("the last pull of {image} failed {since} ago; it is tried again {delay} after that"),
)

POD_RECLAIMED: Final = Rule(
    "kubelet.pod-reclaimed",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet_pods.go PodResourcesAreReclaimed",
    _("a deleted pod leaves the API when nothing of it runs: {running} containers run"),
)

POD_RECLAIMED_RECORDS: Final = Rule(
    "kubelet.pod-reclaimed-records",
    "kubelet",
    "kubelet v1.8.0 pkg/kubelet/kubelet_pods.go PodResourcesAreReclaimed",
    _(
        "a deleted pod leaves the API when nothing of it runs and docker has forgotten its containers: "
        "{running} containers run, {records} records are left"
    ),
)

POD_DELETED: Final = Rule(
    "kubelet.pod-deleted",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet.go syncPod",
    _("the API server wants pod {pod} gone, so its containers are told to stop; they have {grace}"),
)

POD_UNWANTED: Final = Rule(
    "kubelet.pod-unwanted",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet_pods.go HandlePodCleanups",
    _("containers of pod {pod} run, but the API server knows no such pod on this node"),
)

POD_KEPT: Final = Rule(
    "kubelet.pod-kept",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodContainerChanges",
    _("pod {pod} is still wanted as it was and its containers run: they are kept"),
)

SANDBOX_CHANGED: Final = Rule(
    "kubelet.sandbox-changed",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go podSandboxChanged",
    _("the sandbox of pod {pod} does not run any more: everything in it is made again, with another address"),
)
