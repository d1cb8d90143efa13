"""kubelet: what its command line sets in every release (kubelet_options.py), constants of its code, and what
only v1.36 has.

Constants from pkg/kubelet/kubelet.go unless a group of fields names another file.
"""

from typing import Annotated, ClassVar

from clustersim.engine.time import HOUR, MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.kubelet_options import KubeletOptions
from clustersim.flags.setting import PERIOD, Origin, count, duration, only_shown, text, today
from clustersim.i18n import _


class KubeletFlags(KubeletOptions, frozen=True, kw_only=True):
    """Settings of the kubelet."""

    component: ClassVar[str] = "kubelet"

    # Node status: pkg/kubelet/kubelet_node_status.go, pkg/kubelet/runtime.go; v1.8.0
    # cmd/kubelet/app/server.go (time limit).
    node_status_update_retry: Annotated[
        int,
        count(
            _("Tries of one heartbeat, at once after another."),
            "tries",
            Origin.CONSTANT,
            minimum=1,
            maximum=100,
        ),
    ] = 5
    heartbeat_timeout: Annotated[
        Micros, duration(_("A try of a heartbeat is given up after so long; 0 for never."), Origin.CONSTANT)
    ] = 0
    registration_retry_initial: Annotated[
        Micros,
        duration(
            _("Wait before registering again; doubles every time."), Origin.CONSTANT, minimum=MILLISECOND
        ),
    ] = 100 * MILLISECOND
    registration_retry_maximum: Annotated[
        Micros, duration(_("The longest such wait."), Origin.CONSTANT, minimum=MILLISECOND)
    ] = 7 * SECOND
    runtime_check_period: Annotated[
        Micros,
        duration(_("Pause between two questions whether docker is up."), Origin.CONSTANT, minimum=PERIOD),
    ] = 5 * SECOND
    max_wait_for_container_runtime: Annotated[
        Micros, duration(_("Docker counts as down when it gave no good answer for so long."), Origin.CONSTANT)
    ] = 30 * SECOND
    network_status_period: Annotated[
        Micros,
        only_shown(
            duration(_("Pause between two looks at the node's network."), Origin.CONSTANT, minimum=PERIOD)
        ),
    ] = 30 * SECOND
    iptables_check_period: Annotated[
        Micros,
        only_shown(
            duration(
                _("Pause between two checks of the kubelet's own iptables rules."),
                Origin.CONSTANT,
                minimum=SECOND,
            )
        ),
    ] = MINUTE
    resolv_conf_check_period: Annotated[
        Micros,
        only_shown(
            duration(
                _("Pause between two checks of the node's resolv.conf."), Origin.CONSTANT, minimum=SECOND
            )
        ),
    ] = 30 * SECOND

    # Main loop and pod workers: pkg/kubelet/kubelet.go, pkg/kubelet/pod_workers.go
    sync_ticker_period: Annotated[
        Micros,
        duration(_("Pause between two looks at the pods that are due."), Origin.CONSTANT, minimum=PERIOD),
    ] = SECOND
    housekeeping_period: Annotated[
        Micros,
        duration(
            _("Pause between two cleanings: pods nobody wants are killed."), Origin.CONSTANT, minimum=PERIOD
        ),
    ] = 2 * SECOND
    runtime_error_sleep: Annotated[
        Micros,
        duration(
            _("How long the main loop sleeps while docker or the network is not ready."),
            Origin.CONSTANT,
            minimum=PERIOD,
        ),
    ] = 5 * SECOND
    sync_retry_period: Annotated[
        Micros,
        duration(
            _("A pod that failed is tried again after so long, plus up to half of it."),
            Origin.CONSTANT,
            minimum=PERIOD,
        ),
    ] = 10 * SECOND
    worker_jitter: Annotated[
        float, count(_("Share of a wait that is added to it at random."), "", Origin.CONSTANT, maximum=10)
    ] = 0.5
    syncloop_threshold: Annotated[
        Micros,
        duration(
            _("The kubelet's API calls itself unhealthy when its main loop stood still for so long."),
            Origin.CONSTANT,
        ),
    ] = 5 * MINUTE

    # pkg/kubelet/pleg/generic.go, pkg/kubelet/container/runtime_cache.go
    pleg_relist_period: Annotated[
        Micros,
        duration(
            _("Pause between two questions to docker which containers run."), Origin.CONSTANT, minimum=PERIOD
        ),
    ] = SECOND
    pleg_relist_threshold: Annotated[
        Micros,
        duration(_("The node is not ready when that question had no answer for so long."), Origin.CONSTANT),
    ] = 3 * MINUTE
    pleg_channel_capacity: Annotated[
        int,
        only_shown(
            count(
                _("Container changes that may wait for the main loop."), "events", Origin.CONSTANT, minimum=1
            )
        ),
    ] = 1000
    runtime_cache_period: Annotated[
        Micros, only_shown(duration(_("How old a remembered list of containers may be."), Origin.CONSTANT))
    ] = 2 * SECOND

    # pkg/kubelet/status/status_manager.go
    status_sync_period: Annotated[
        Micros,
        duration(
            _("Pause between two comparisons of pod status with the API server."),
            Origin.CONSTANT,
            minimum=PERIOD,
        ),
    ] = 10 * SECOND

    # Garbage and eviction: pkg/kubelet/kubelet.go, pkg/kubelet/eviction
    container_gc_period: Annotated[
        Micros, duration(_("Pause between two removals of dead containers."), Origin.CONSTANT, minimum=SECOND)
    ] = MINUTE
    image_gc_period: Annotated[
        Micros,
        duration(_("Pause between two looks at the disk used by images."), Origin.CONSTANT, minimum=SECOND),
    ] = 5 * MINUTE
    eviction_monitoring_period: Annotated[
        Micros,
        duration(_("Pause between two looks at free memory and disk."), Origin.CONSTANT, minimum=SECOND),
    ] = 10 * SECOND

    # Containers: pkg/kubelet/kuberuntime, pkg/kubelet/dockershim, client-go/util/flowcontrol/backoff.go
    container_backoff_initial: Annotated[
        Micros,
        duration(
            _("Wait before a container that keeps ending is restarted; doubles every time."),
            Origin.CONSTANT,
            minimum=PERIOD,
        ),
    ] = 10 * SECOND
    container_backoff_maximum: Annotated[
        Micros,
        duration(
            _("The longest such wait; after twice as long it is forgotten."), Origin.CONSTANT, minimum=PERIOD
        ),
    ] = 300 * SECOND
    minimum_grace_period: Annotated[
        Micros,
        duration(_("A container is given at least so long between SIGTERM and SIGKILL."), Origin.CONSTANT),
    ] = 2 * SECOND

    start_delay: Annotated[
        Micros,
        duration(_("From starting the process until it registers its node."), Origin.MODEL, maximum=HOUR),
    ] = 300 * MILLISECOND

    # What only v1.36 has: pkg/kubelet/apis/config/v1beta1/defaults.go, pkg/kubelet/kubelet.go
    node_status_report_frequency: Annotated[
        Micros,
        today(
            duration(
                _("The node's status is written at least so often, also when nothing changed."),
                minimum=SECOND,
            )
        ),
    ] = 5 * MINUTE
    node_lease_duration: Annotated[
        Micros,
        today(
            duration(
                _("How long a lease of the node is said to be good; a quarter of it is the heartbeat."),
                minimum=SECOND,
            )
        ),
    ] = 40 * SECOND
    lease_renew_share: Annotated[
        float,
        today(
            count(
                _("After which part of its duration a lease is renewed."),
                "",
                Origin.CONSTANT,
                minimum=0.01,
                maximum=1,
            )
        ),
    ] = 0.25
    heartbeat_jitter: Annotated[
        float,
        today(
            count(
                _("Share of the pause between two heartbeats that is added to it at random."),
                "",
                Origin.CONSTANT,
                maximum=1,
            )
        ),
    ] = 0.04
    shutdown_grace_period: Annotated[
        Micros,
        today(
            duration(
                _("How long the kubelet holds up the shutdown of its machine for its pods; 0: not at all.")
            )
        ),
    ] = 0
    shutdown_grace_period_critical_pods: Annotated[
        Micros, today(duration(_("The part of that time which is kept for critical pods; they end last.")))
    ] = 0
    shutdown_grace_period_by_pod_priority: Annotated[
        tuple[str, ...],
        today(
            text(
                _(
                    "Instead of these two: how many seconds pods of a priority have, and of those above it "
                    "up to the next one; the lowest end first: 0=60, 1000=30."
                )
            )
        ),
    ] = ()
    pod_source_wait: Annotated[
        Micros,
        today(
            duration(
                _("Pause between two looks whether the own Node is known; only then pods are asked for."),
                Origin.CONSTANT,
                minimum=PERIOD,
            )
        ),
    ] = SECOND
    mount_retry_period: Annotated[
        Micros,
        today(
            duration(
                _("Pause between two looks whether the volumes of a pod are mounted."),
                Origin.CONSTANT,
                minimum=PERIOD,
            )
        ),
    ] = 300 * MILLISECOND
    runtime_error_sleep_minimum: Annotated[
        Micros,
        today(
            duration(
                _("How long the main loop sleeps first while the runtime is not ready; doubles every time."),
                Origin.CONSTANT,
                minimum=PERIOD,
            )
        ),
    ] = 100 * MILLISECOND
