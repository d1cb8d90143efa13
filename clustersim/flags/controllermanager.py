"""kube-controller-manager.

Defaults: v1.7.5 and v1.8.0 cmd/kube-controller-manager/app/options/options.go (equal in both) unless a group
of fields names another file.
"""

from typing import Annotated, ClassVar, Final

from clustersim.engine.time import HOUR, MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.leaderelection import LeaderElectionFlags
from clustersim.flags.serving import ADDRESS, BIND_ADDRESS, PORT, SECURE_PORT
from clustersim.flags.setting import (
    ALL_INTERFACES,
    PERIOD,
    Origin,
    count,
    duration,
    text,
    today,
    until_v1_8,
)
from clustersim.i18n import _

FEATURE_GATES: Final = (
    "TaintBasedEvictions=true",
    "TaintBasedEvictions=false",
    "TaintNodesByCondition=true",
    "TaintNodesByCondition=false",
    "PodPriority=true",
    "PodPriority=false",
)


class ControllerManagerFlags(LeaderElectionFlags, frozen=True, kw_only=True):
    """Settings of kube-controller-manager."""

    component: ClassVar[str] = "controller-manager"

    node_monitor_period: Annotated[
        Micros,
        duration(
            _("Pause between two passes in which the node controller looks at every node."),
            minimum=PERIOD,
            maximum=HOUR,
        ),
    ] = 5 * SECOND
    node_monitor_grace_period: Annotated[
        Micros,
        duration(
            _(
                "How long a node may go without a new heartbeat, counted from the pass that saw the last "
                "one, before it is marked Unknown."
            )
        ),
    ] = 40 * SECOND
    node_startup_grace_period: Annotated[
        Micros, duration(_("The grace period of a node that has never reported its status."))
    ] = 60 * SECOND
    pod_eviction_timeout: Annotated[
        Micros,
        until_v1_8(
            duration(
                _(
                    "How long after the last heartbeat seen (or after the kubelet reported not ready) the "
                    "pods of a node are deleted."
                )
            ),
            _(
                "Pods say themselves how long they tolerate a lost node, and those that do not get the API "
                "server's --default-unreachable-toleration-seconds."
            ),
        ),
    ] = 5 * MINUTE
    node_eviction_rate: Annotated[
        float,
        count(
            _("Nodes per second whose pods may be deleted, per zone, while the zone is healthy."), "nodes/s"
        ),
    ] = 0.1
    secondary_node_eviction_rate: Annotated[
        float,
        count(_("The same while a large zone is partially disrupted; small zones stop evicting."), "nodes/s"),
    ] = 0.01
    unhealthy_zone_threshold: Annotated[
        float,
        count(_("Share of nodes not ready from which a zone counts as partially disrupted."), maximum=100),
    ] = 0.55
    large_cluster_size_threshold: Annotated[
        int,
        count(
            _("A zone with more nodes than this goes on evicting, slowly, when partially disrupted."), "nodes"
        ),
    ] = 50
    enable_taint_manager: Annotated[
        bool,
        until_v1_8(
            text(
                _(
                    "Whether pods that do not tolerate a NoExecute taint are deleted from a node that gets "
                    "one."
                )
            ),
            _("The taint-eviction controller does it always."),
        ),
    ] = True
    terminated_pod_gc_threshold: Annotated[
        int,
        count(
            _("How many finished pods the cluster keeps before the oldest are deleted; 0 or less keeps all."),
            "pods",
            minimum=-1,
        ),
    ] = 12_500
    concurrent_rc_syncs: Annotated[
        int,
        count(
            _("Replication controllers synchronised at the same time."), "workers", minimum=1, maximum=1000
        ),
    ] = 5
    concurrent_replicaset_syncs: Annotated[
        int, count(_("ReplicaSets synchronised at the same time."), "workers", minimum=1, maximum=1000)
    ] = 5
    concurrent_deployment_syncs: Annotated[
        int, count(_("Deployments synchronised at the same time."), "workers", minimum=1, maximum=1000)
    ] = 5
    concurrent_gc_syncs: Annotated[
        int,
        count(_("Objects whose owners are looked for at the same time."), "workers", minimum=1, maximum=1000),
    ] = 20
    concurrent_endpoint_syncs: Annotated[
        int, count(_("Endpoints synchronised at the same time."), "workers", minimum=1, maximum=1000)
    ] = 5
    concurrent_ttl_after_finished_syncs: Annotated[
        int,
        today(
            count(
                _("Ended Jobs that are looked at at the same time, to delete those whose time is over."),
                "workers",
                minimum=1,
                maximum=1000,
            )
        ),
    ] = 5
    horizontal_pod_autoscaler_sync_period: Annotated[
        Micros,
        duration(_("Pause between two looks at a HorizontalPodAutoscaler."), minimum=PERIOD, maximum=HOUR),
    ] = 30 * SECOND
    horizontal_pod_autoscaler_upscale_delay: Annotated[
        Micros,
        until_v1_8(
            duration(_("How long after a change an autoscaler makes no more pods.")),
            _("spec.behavior.scaleUp of each HorizontalPodAutoscaler says it."),
        ),
    ] = 3 * MINUTE
    horizontal_pod_autoscaler_downscale_delay: Annotated[
        Micros,
        until_v1_8(
            duration(_("How long after a change an autoscaler removes no pods.")),
            _("--horizontal-pod-autoscaler-downscale-stabilization took its place."),
        ),
    ] = 5 * MINUTE
    horizontal_pod_autoscaler_downscale_stabilization: Annotated[
        Micros,
        today(duration(_("The highest number of pods that was wanted within this time counts."))),
    ] = 5 * MINUTE
    horizontal_pod_autoscaler_cpu_initialization_period: Annotated[
        Micros,
        today(duration(_("How long after its start the CPU of a pod counts only while it is ready."))),
    ] = 5 * MINUTE
    horizontal_pod_autoscaler_initial_readiness_delay: Annotated[
        Micros,
        today(
            duration(
                _("A pod that turned unready within this time after its start counts as never ready yet.")
            )
        ),
    ] = 30 * SECOND
    horizontal_pod_autoscaler_tolerance: Annotated[
        float,
        today(count(_("Share by which a metric may miss its target without any change."), maximum=1)),
    ] = 0.1
    kube_api_qps: Annotated[
        float,
        count(_("Requests per second that one controller may send to the API server."), "1/s", minimum=0.01),
    ] = 20.0
    kube_api_burst: Annotated[
        int, count(_("Requests that may go out at once before that limit sets in."), "requests", minimum=1)
    ] = 30
    feature_gates: Annotated[
        tuple[str, ...],
        until_v1_8(
            text(
                _(
                    "Alpha features switched on or off. With TaintBasedEvictions lost nodes are tainted, and "
                    "their pods deleted as soon as they do not tolerate that; with TaintNodesByCondition "
                    "(v1.8) nodes that are short of something are tainted, too. PodPriority is for the API "
                    "server and the scheduler."
                ),
                choices=FEATURE_GATES,
            ),
            _("The alpha features of v1.7 and v1.8 are part of v1.36, and always on."),
        ),
    ] = ()

    enable_hostpath_provisioner: Annotated[
        bool,
        text(
            _(
                "Whether claims of classes of kubernetes.io/host-path get a directory of a node, for "
                "testing, where no cloud makes volumes."
            )
        ),
    ] = False

    # Leader election: pkg/client/leaderelection/leaderelection.go (v1.8.0: client-go/tools/leaderelection).

    allocate_node_cidrs: Annotated[
        bool, text(_("Whether every node gets a range of addresses for its pods."))
    ] = False
    cluster_cidr: Annotated[str, text(_("The addresses of all pods, of which nodes get their ranges."))] = ""
    node_cidr_mask_size: Annotated[
        int, count(_("Length of the prefix of a node's range."), "bits", minimum=1, maximum=30)
    ] = 24

    address: Annotated[str, ADDRESS] = ALL_INTERFACES
    port: Annotated[int, PORT] = 10_252
    bind_address: Annotated[str, BIND_ADDRESS] = ALL_INTERFACES
    secure_port: Annotated[int, SECURE_PORT] = 10_257

    # pkg/controller/node/nodecontroller.go (v1.8.0: node_controller.go and scheduler/rate_limited_queue.go).
    node_eviction_period: Annotated[
        Micros,
        duration(
            _("Pause between two looks at the queue of nodes to evict."), Origin.CONSTANT, minimum=PERIOD
        ),
    ] = 100 * MILLISECOND
    eviction_limiter_burst: Annotated[
        int,
        count(
            _("Nodes that may be evicted at once before that rate sets in."),
            "nodes",
            Origin.CONSTANT,
            minimum=1,
        ),
    ] = 1
    node_status_update_retry: Annotated[
        int,
        count(
            _("Tries of a node status write before a pass gives the node up."),
            "tries",
            Origin.CONSTANT,
            minimum=1,
        ),
    ] = 5
    node_status_retry_sleep: Annotated[Micros, duration(_("Pause between those tries."), Origin.CONSTANT)] = (
        20 * MILLISECOND
    )

    # pkg/controller/podgc/gc_controller.go
    pod_gc_period: Annotated[
        Micros,
        duration(
            _("Pause between two passes of the pod garbage collector."), Origin.CONSTANT, minimum=PERIOD
        ),
    ] = 20 * SECOND

    # pkg/controller/controller_utils.go
    expectations_timeout: Annotated[
        Micros,
        duration(
            _("How long a controller waits for the pods it asked for to appear before it counts anew."),
            Origin.CONSTANT,
        ),
    ] = 5 * MINUTE
    replica_burst: Annotated[
        int,
        count(
            _("Pods that one synchronisation creates or deletes at most."), "pods", Origin.CONSTANT, minimum=1
        ),
    ] = 500

    monitor_pass_cost: Annotated[
        Micros,
        duration(
            _("Work of a pass over the nodes that finds nothing to write."),
            Origin.MODEL,
            minimum=1,
            maximum=SECOND,
        ),
    ] = MILLISECOND
    start_delay: Annotated[
        Micros,
        duration(_("From starting the process until it asks for the lock."), Origin.MODEL, maximum=MINUTE),
    ] = 300 * MILLISECOND
