"""What the command line of a kubelet sets, in every release.

Defaults: v1.7.5 pkg/apis/componentconfig/v1alpha1/defaults.go and v1.8.0
pkg/kubelet/apis/kubeletconfig/v1alpha1/defaults.go (equal but where releases say so). Refusals: v1.8.0
pkg/kubelet/apis/kubeletconfig/validation/validation.go.
"""

from typing import Annotated

from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import (
    ALL_INTERFACES,
    count,
    duration,
    in_v1_7,
    only_shown,
    since_v1_8,
    tcp_port,
    text,
)
from clustersim.i18n import _


class KubeletOptions(ComponentFlags, frozen=True, kw_only=True):
    """The first part of a kubelet's settings; kubelet.py has the rest."""

    node_status_update_frequency: Annotated[
        Micros,
        duration(
            _("Pause between two posts of the node's status: the heartbeat."), minimum=100 * MILLISECOND
        ),
    ] = 10 * SECOND
    sync_frequency: Annotated[
        Micros,
        duration(
            _("A pod is looked at again at least so often, plus up to half of it at random."), minimum=SECOND
        ),
    ] = MINUTE
    runtime_request_timeout: Annotated[
        Micros, duration(_("A call to the container runtime is given up after so long."), minimum=SECOND)
    ] = 2 * MINUTE
    file_check_frequency: Annotated[
        Micros,
        only_shown(
            duration(
                _(
                    "Pause between two looks at the directory of static pods. Changes are noticed at once "
                    "all the same, since the kernel tells of them (inotify)."
                ),
                minimum=SECOND,
            )
        ),
    ] = 20 * SECOND
    max_pods: Annotated[
        int,
        count(
            _("Pods the node takes."),
            "pods",
            refusal=_("invalid configuration: MaxPods (--max-pods) {value} must not be a negative number"),
        ),
    ] = 110
    register_schedulable: Annotated[
        bool, text(_("Whether the node takes pods from the start; otherwise it registers cordoned."))
    ] = True
    cgroup_driver: Annotated[
        str,
        text(
            _("Who manages cgroups; the kubelet exits when the container runtime says otherwise."),
            choices=("cgroupfs", "systemd"),
        ),
    ] = "cgroupfs"
    experimental_fail_swap_on: Annotated[
        bool,
        in_v1_7(
            text(_("Whether the kubelet starts only where swap is off; otherwise it warns.")),
            _("The kubelet of v1.8 and later has --fail-swap-on, which is on by default."),
        ),
    ] = False
    fail_swap_on: Annotated[
        bool, since_v1_8(text(_("Whether the kubelet starts only where swap is off.")))
    ] = True
    serialize_image_pulls: Annotated[bool, text(_("Whether images are pulled one after another."))] = True
    minimum_container_ttl_duration: Annotated[
        Micros, duration(_("A dead container is kept at least so long."))
    ] = 0
    maximum_dead_containers_per_container: Annotated[
        int,
        count(
            _("Dead predecessors kept of each container of a pod; -1 keeps all."), "containers", minimum=-1
        ),
    ] = 1
    maximum_dead_containers: Annotated[
        int, count(_("Dead containers kept on the node; -1 for no limit."), "containers", minimum=-1)
    ] = -1
    image_gc_high_threshold: Annotated[
        int,
        count(
            _("Disk usage from which unused images are removed."),
            "%",
            maximum=100,
            refusal=_(
                "invalid configuration: ImageGCHighThresholdPercent (--image-gc-high-threshold) {value} "
                "must be between 0 and 100, inclusive"
            ),
        ),
    ] = 85
    image_gc_low_threshold: Annotated[
        int,
        count(
            _("Disk usage down to which they are removed."),
            "%",
            maximum=100,
            refusal=_(
                "invalid configuration: ImageGCLowThresholdPercent (--image-gc-low-threshold) {value} "
                "must "
                "be between 0 and 100, inclusive"
            ),
        ),
    ] = 80
    minimum_image_ttl_duration: Annotated[
        Micros, duration(_("An unused image younger than this is not removed."))
    ] = 2 * MINUTE
    eviction_hard: Annotated[
        tuple[str, ...],
        text(_("What must remain free; below it the kubelet evicts pods at once.")),
    ] = ("memory.available<100Mi", "nodefs.available<10%", "nodefs.inodesFree<5%")
    eviction_soft: Annotated[
        tuple[str, ...],
        text(_("What must remain free, or pods are evicted after a while: memory.available<300Mi.")),
    ] = ()
    eviction_soft_grace_period: Annotated[
        tuple[str, ...],
        text(_("How long that while is for each of them: memory.available=1m30s.")),
    ] = ()
    eviction_minimum_reclaim: Annotated[
        tuple[str, ...],
        text(_("How much more must become free once a pod had to go: memory.available=200Mi.")),
    ] = ()
    eviction_max_pod_grace_period: Annotated[
        int,
        count(_("How long pods that had to go after a while have to end."), "seconds", maximum=86_400),
    ] = 0
    eviction_pressure_transition_period: Annotated[
        Micros, duration(_("A pressure condition stays on so long after it was last seen."))
    ] = 5 * MINUTE
    kube_reserved: Annotated[
        tuple[str, ...],
        text(_("What pods may not use of the node, for Kubernetes itself: cpu=100m, memory=256Mi.")),
    ] = ()
    system_reserved: Annotated[
        tuple[str, ...],
        text(_("What pods may not use of the node, for its other programs: cpu=100m, memory=256Mi.")),
    ] = ()
    kube_api_qps: Annotated[
        int,
        count(
            _("Requests per second that the kubelet may send to the API server."),
            "1/s",
            minimum=1,
        ),
    ] = 5
    kube_api_burst: Annotated[
        int,
        count(
            _("Requests that may go out at once before that limit sets in."),
            "requests",
            minimum=1,
        ),
    ] = 10
    event_qps: Annotated[
        int,
        count(
            _("Events per second that the kubelet may write; 0 for no limit."),
            "1/s",
            refusal=_(
                "invalid configuration: EventRecordQPS (--event-qps) {value} must not be a negative number"
            ),
        ),
    ] = 5
    event_burst: Annotated[
        int,
        count(
            _("Events that may be written at once before that limit sets in."),
            "events",
            refusal=_(
                "invalid configuration: EventBurst (--event-burst) {value} must not be a negative number"
            ),
        ),
    ] = 10

    # Serving
    address: Annotated[str, text(_("Address of the kubelet's own API."))] = ALL_INTERFACES
    port: Annotated[
        int,
        tcp_port(
            _("Port of the kubelet's own API."),
            _("invalid configuration: Port (--port) {value} must be between 1 and 65535, inclusive"),
        ),
    ] = 10_250
    read_only_port: Annotated[
        int,
        tcp_port(
            _("Port of the API that only reads; 0 for none."),
            _(
                "invalid configuration: ReadOnlyPort (--read-only-port) {value} must be between 0 and "
                "65535, inclusive"
            ),
            minimum=0,
        ),
    ] = 10_255
    healthz_bind_address: Annotated[
        str,
        text(
            _("Address on which the kubelet says that it is alive; only the node itself reaches 127.0.0.1.")
        ),
    ] = "127.0.0.1"
    healthz_port: Annotated[
        int,
        tcp_port(
            _(
                "Port on which the kubelet says that it is alive; it says nothing about the container "
                "runtime. 0 for none."
            ),
            _(
                "invalid configuration: HealthzPort (--healthz-port) {value} must be between 1 and 65535, "
                "inclusive"
            ),
            minimum=0,
        ),
    ] = 10_248
