"""The kubelet's conditions: what makes a node NotReady, what waits, what is kept and what is killed."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

RUNTIME_DOWN: Final = Rule(
    "kubelet.runtime-down",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/runtime.go runtimeErrors",
    _("{runtime} has given no good answer for {since}; from {limit} on it counts as down."),
)

PLEG_UNHEALTHY: Final = Rule(
    "kubelet.pleg-unhealthy",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/pleg/generic.go Healthy",
    _("The list of containers has not been read for {since}; after more than {limit} the node is not ready."),
)

LOOP_AWAKE: Final = Rule(
    "kubelet.loop-awake",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet.go syncLoop",
    _("The kubelet's main loop handles pods once {runtime} is well; until then it looks again in {limit}."),
)

CONTAINER_RESTART: Final = Rule(
    "kubelet.container-restart",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go doBackOff",
    _("Container {container} ended {since} ago; it is started again {delay} after its end."),
)

IMAGE_PULL: Final = Rule(
    "kubelet.image-pull",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/images/image_manager.go EnsureImageExists",
    _("The last pull of {image} failed {since} ago; it is tried again {delay} after that."),
)

POD_RECLAIMED: Final = Rule(
    "kubelet.pod-reclaimed",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet_pods.go PodResourcesAreReclaimed",
    _(
        "A deleted pod leaves the API server once none of its containers runs: "
        "{running:container runs|containers run}."
    ),
)

POD_RECLAIMED_RECORDS: Final = Rule(
    "kubelet.pod-reclaimed-records",
    "kubelet",
    "kubelet v1.8.0 pkg/kubelet/kubelet_pods.go PodResourcesAreReclaimed",
    _(
        "A deleted pod leaves the API server once none of its containers runs and docker has forgotten them: "
        "{running:container runs|containers run}, {records:record is|records are} left."
    ),
)

POD_FINISHED: Final = Rule(
    "kubelet.pod-finished",
    "kubelet",
    "kubelet v1.36.2 pkg/kubelet/status/status_manager.go canBeDeleted",
    _(
        "A deleted pod leaves the API server once it is reported as over and its worker has finished: "
        "its phase is {phase}."
    ),
)

POD_DELETED: Final = Rule(
    "kubelet.pod-deleted",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet.go syncPod",
    _("Pod {pod} is marked for deletion: its containers are told to stop, and have {grace} to do so."),
)

NODE_SHUTDOWN: Final = Rule(
    "kubelet.node-shutdown",
    "kubelet",
    "v1.36 pkg/kubelet/nodeshutdown/nodeshutdown_manager.go killPods",
    _("The machine is about to go off: {pod} has to end first, within {grace}."),
)

PREEMPTED: Final = Rule(
    "kubelet.preempted",
    "kubelet",
    "v1.36 pkg/kubelet/preemption/preemption.go getPodsToPreempt",
    _("The critical pod {critical} does not fit on the node: pod {pod} has to go for it."),
)

EVICT: Final = Rule(
    "kubelet.evict",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/eviction/eviction_manager.go synchronize",
    _(
        "{resource} is {available} MiB, and {wanted} MiB must remain: pod {pod} is the first in the ranking "
        "and must go."
    ),
)

EVICT_FOR_PROCESSES: Final = Rule(
    "kubelet.evict-for-processes",
    "kubelet",
    "kubelet v1.36 pkg/kubelet/eviction/eviction_manager.go synchronize, helpers.go rankPIDPressure",
    _(
        "There can be {available} more processes, and {wanted} must be possible: pod {pod} is the first in "
        "the ranking and must go."
    ),
)

EVICT_OVER_LIMIT: Final = Rule(
    "kubelet.evict-over-limit",
    "kubelet",
    "kubelet v1.36 pkg/kubelet/eviction/eviction_manager.go localStorageEviction",
    _("Pod {pod} has written {written} MiB to {place}, where it may have {limit} MiB: it must go."),
)

IMAGE_UNUSED: Final = Rule(
    "kubelet.image-unused",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/images/image_gc_manager.go freeSpace",
    _("The disk is {used} percent full, and no container has the image {image}: it is removed."),
)

POD_UNWANTED: Final = Rule(
    "kubelet.pod-unwanted",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kubelet_pods.go HandlePodCleanups",
    _("Containers of pod {pod} run, but the API server knows no such pod on this node: they are killed."),
)

POD_KEPT: Final = Rule(
    "kubelet.pod-kept",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodContainerChanges",
    _("Pod {pod} is wanted as it was, and its containers run: they are kept."),
)

SANDBOX_CHANGED: Final = Rule(
    "kubelet.sandbox-changed",
    "kubelet",
    "kubelet v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_manager.go podSandboxChanged",
    _("The sandbox of pod {pod} does not run any more: all of the pod is made again, with another address."),
)
