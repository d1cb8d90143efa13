"""What several flags say together: what the real binaries refuse, and what is legal but unwise.

Each check is a pure function of all settings and yields findings in the order a person should read them.
"""

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from typing import Final

from clustersim.engine.time import MINUTE, SECOND
from clustersim.flags.catalogue import Flags, find, has
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.flags.duration import lasting
from clustersim.flags.findings import Finding, says
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.flags.threshold_checks import QUANTITY_WRONG, thresholds
from clustersim.i18n import _

JITTER: Final = 1.2
"""leaderelection.JitterFactor."""

FEW_HEARTBEATS: Final = 3

BY_PRIORITY: Final = re.compile(r"-?\d{1,10}=\d{1,5}")
"""A priority, and how many seconds its pods have while their machine goes off."""
RESERVABLE: Final = frozenset(("cpu", "memory", "ephemeral-storage", "pid"))
RESERVED: Final = re.compile(r"\d+(\.\d*)?(m|[eE][-+]?\d{1,2}|[kMGTPE]|[KMGTPE]i)?")
"""An amount that can be set aside."""

MOST_RANGES: Final = 16
"""How much longer the prefix of a node's range may be than that of the cluster (clusterSubnetMaxDiff)."""


LARGEST_SERVICE_RANGE: Final = 20
"""Bits of a Service's address within its range, at most ..."""
FEWEST_SERVICES: Final = 8
"""... and addresses there are at least."""


def refusal(flags: Flags) -> Finding | None:
    """Why the real binaries would not start with these settings; None when they would."""
    return next(_refusals(flags), None)


def _refusals(flags: Flags) -> Iterator[Finding]:
    for component in (flags.controller_manager, flags.scheduler):
        yield from _leader_election(component)
    yield from _node_ipam(flags.controller_manager)
    yield from _service_range(flags.apiserver.service_cluster_ip_range)
    kubelet = flags.kubelet
    if kubelet.image_gc_low_threshold > kubelet.image_gc_high_threshold:
        # v1.7.5 and v1.8.0 pkg/kubelet/images/image_gc_manager.go, NewImageGCManager
        yield says(
            "kubelet",
            "image-gc-low-threshold",
            _("invalid LowThresholdPercent {low}, can not be higher than HighThresholdPercent {high}"),
            low=kubelet.image_gc_low_threshold,
            high=kubelet.image_gc_high_threshold,
        )

    yield from thresholds(kubelet)
    yield from _reserved(kubelet)
    yield from _shutdown(kubelet)


def _reserved(kubelet: KubeletFlags) -> Iterator[Finding]:
    """v1.7.5, v1.36.2 cmd/kubelet/app/server.go parseResourceList."""
    for flag, statements in (
        ("kube-reserved", kubelet.kube_reserved),
        ("system-reserved", kubelet.system_reserved),
    ):
        for statement in statements:
            name, _operator, value = statement.partition("=")
            if name not in RESERVABLE:
                yield says("kubelet", flag, _('cannot reserve "{resource}" resource'), resource=name)
            elif value.startswith("-"):
                text = _('resource quantity for "{resource}" cannot be negative: {value}')
                yield says("kubelet", flag, text, resource=name, value=value)
            elif not RESERVED.fullmatch(value):
                yield says("kubelet", flag, QUANTITY_WRONG)


def _shutdown(kubelet: KubeletFlags) -> Iterator[Finding]:
    """v1.36 pkg/kubelet/apis/config/validation/validation.go."""
    whole, critical = kubelet.shutdown_grace_period, kubelet.shutdown_grace_period_critical_pods
    if critical > whole:
        yield says(
            "kubelet",
            "shutdown-grace-period-critical-pods",
            _("shutdownGracePeriodCriticalPods {critical} must be <= shutdownGracePeriod {whole}"),
            critical=critical,
            whole=whole,
        )
    for flag, name, value in (
        ("shutdown-grace-period", "shutdownGracePeriod", whole),
        ("shutdown-grace-period-critical-pods", "shutdownGracePeriodCriticalPods", critical),
    ):
        if 0 < value < SECOND:
            text = _("{name} {value} must be either zero or otherwise >= 1 sec")
            yield says("kubelet", flag, text, name=name, value=value)
    flag = "shutdown-grace-period-by-pod-priority"
    for statement in kubelet.shutdown_grace_period_by_pod_priority:
        if not BY_PRIORITY.fullmatch(statement):
            text = _("{text} does not say how many seconds pods of a priority have (1000=30)")
            yield says("kubelet", flag, text, text=statement)
    if kubelet.shutdown_grace_period_by_pod_priority and (whole or critical):
        text = _(
            "Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time"
        )
        yield says("kubelet", flag, text)


def _service_range(text: str) -> Iterator[Finding]:
    """v1.7.5, v1.8.0 cmd/kube-apiserver/app/options/validation.go, pkg/master/services.go."""
    component, flag = "apiserver", "service-cluster-ip-range"
    try:
        network = IPv4Network(text)
    except ValueError:
        yield says(component, flag, _("invalid CIDR address: {cidr}"), cidr=text)
        return
    if network.max_prefixlen - network.prefixlen > LARGEST_SERVICE_RANGE:
        yield says(component, flag, _("specified --service-cluster-ip-range is too large"))
    if network.num_addresses < FEWEST_SERVICES:
        yield says(
            component,
            flag,
            _("The service cluster IP range must be at least {least} IP addresses"),
            least=FEWEST_SERVICES,
        )


def _node_ipam(flags: ControllerManagerFlags) -> Iterator[Finding]:
    """v1.36 pkg/controller/nodeipam/node_ipam_controller.go."""
    if not flags.allocate_node_cidrs:
        return
    if not flags.cluster_cidr:
        yield says(
            "controller-manager",
            "cluster-cidr",
            _("Must specify --cluster-cidr if --allocate-node-cidrs is set"),
        )
        return
    try:
        prefix = IPv4Network(flags.cluster_cidr).prefixlen
    except ValueError:
        yield says(
            "controller-manager", "cluster-cidr", _("invalid CIDR address: {cidr}"), cidr=flags.cluster_cidr
        )
        return
    if prefix > flags.node_cidr_mask_size or flags.node_cidr_mask_size - prefix > MOST_RANGES:
        yield says(
            "controller-manager",
            "node-cidr-mask-size",
            _("mask size of cluster CIDR must be less than or equal to --node-cidr-mask-size, by 16 at most"),
        )


def _leader_election(flags: ControllerManagerFlags | SchedulerFlags) -> Iterator[Finding]:
    """v1.7.5 pkg/client/leaderelection/leaderelection.go, NewLeaderElector."""
    if not flags.leader_elect:
        return
    if flags.leader_elect_lease_duration <= flags.leader_elect_renew_deadline:
        yield says(
            flags.component,
            "leader-elect-lease-duration",
            _("leaseDuration must be greater than renewDeadline"),
        )
    if flags.leader_elect_renew_deadline <= JITTER * flags.leader_elect_retry_period:
        yield says(
            flags.component,
            "leader-elect-renew-deadline",
            _("renewDeadline must be greater than retryPeriod*JitterFactor"),
        )


def warnings(flags: Flags, release: str = "") -> tuple[Finding, ...]:
    """What the real binaries would take without a word, although it is unwise; of settings that a release
    has, when its name is given."""
    found = (finding for check in _WARNINGS for finding in check(flags))
    return tuple(one for one in found if not release or has(find(one.component, one.flag), release))


def _grace(flags: Flags) -> Iterator[Finding]:
    manager, heartbeat = flags.controller_manager, flags.kubelet.node_status_update_frequency
    grace = manager.node_monitor_grace_period
    if grace <= manager.node_monitor_period and heartbeat > manager.node_monitor_period:
        yield says(
            "controller-manager",
            "node-monitor-grace-period",
            _(
                "The grace period ({grace}) is over before the next pass ({period}) unless a heartbeat "
                "({heartbeat}) fell in between: healthy nodes will turn Unknown again and again."
            ),
            grace=lasting(grace),
            period=lasting(manager.node_monitor_period),
            heartbeat=lasting(heartbeat),
        )
    elif grace < FEW_HEARTBEATS * heartbeat:
        yield says(
            "controller-manager",
            "node-monitor-grace-period",
            _(
                "The grace period ({grace}) is shorter than {few} heartbeats ({heartbeat} apart): one that "
                "is late or lost is enough to turn a healthy node Unknown."
            ),
            grace=lasting(grace),
            few=FEW_HEARTBEATS,
            heartbeat=lasting(heartbeat),
        )


def _monitor(flags: Flags) -> Iterator[Finding]:
    manager = flags.controller_manager
    if manager.node_monitor_period > max(
        manager.node_monitor_grace_period, flags.kubelet.node_status_update_frequency
    ):
        yield says(
            "controller-manager",
            "node-monitor-period",
            _("Nodes are looked at every {period}, so a grace period of {grace} cannot be kept."),
            period=lasting(manager.node_monitor_period),
            grace=lasting(manager.node_monitor_grace_period),
        )


def _eviction(flags: Flags) -> Iterator[Finding]:
    manager = flags.controller_manager
    if manager.pod_eviction_timeout <= manager.node_monitor_grace_period:
        yield says(
            "controller-manager",
            "pod-eviction-timeout",
            _(
                "Both times run from the last heartbeat: with {timeout} against a grace period of {grace} "
                "the pods are deleted as soon as the node is Unknown."
            ),
            timeout=lasting(manager.pod_eviction_timeout),
            grace=lasting(manager.node_monitor_grace_period),
        )
    elif manager.pod_eviction_timeout < MINUTE:
        yield says(
            "controller-manager",
            "pod-eviction-timeout",
            _("A node that restarts needs longer than {timeout}: its pods will be replaced each time."),
            timeout=lasting(manager.pod_eviction_timeout),
        )


def _rates(flags: Flags) -> Iterator[Finding]:
    manager = flags.controller_manager
    if manager.node_eviction_rate == 0:
        yield says(
            "controller-manager",
            "node-eviction-rate",
            _("With a rate of 0 the pods of lost nodes are never replaced."),
        )
    if manager.node_eviction_rate == 1:
        # The limiter "never" of the node controller reports a rate of 1 and is not replaced by an equal one.
        yield says(
            "controller-manager",
            "node-eviction-rate",
            _(
                "With a rate of exactly 1 evictions stay stopped once a disruption of the whole cluster has "
                "ended."
            ),
        )
    if manager.secondary_node_eviction_rate > manager.node_eviction_rate:
        yield says(
            "controller-manager",
            "secondary-node-eviction-rate",
            _("A disrupted zone would be evicted faster ({secondary}) than a healthy one ({primary})."),
            secondary=manager.secondary_node_eviction_rate,
            primary=manager.node_eviction_rate,
        )
    if manager.unhealthy_zone_threshold > 1:
        yield says(
            "controller-manager",
            "unhealthy-zone-threshold",
            _(
                "No zone can have more than all of its nodes not ready: it never counts as partially "
                "disrupted."
            ),
        )


def _garbage(flags: Flags) -> Iterator[Finding]:
    if flags.controller_manager.terminated_pod_gc_threshold <= 0:
        yield says("controller-manager", "terminated-pod-gc-threshold", _("Finished pods are kept for ever."))


def _events(flags: Flags) -> Iterator[Finding]:
    if flags.apiserver.event_ttl < 10 * MINUTE:
        yield says(
            "apiserver",
            "event-ttl",
            _("Events are gone after {ttl}: what led to an eviction may no longer be there to read."),
            ttl=lasting(flags.apiserver.event_ttl),
        )


def _cgroups(flags: Flags) -> Iterator[Finding]:
    if flags.kubelet.cgroup_driver != flags.docker.cgroup_driver:
        # v1.7.5 pkg/kubelet/dockershim/docker_service.go: the kubelet exits when it is built.
        yield says(
            "kubelet",
            "cgroup-driver",
            _(
                'misconfiguration: kubelet cgroup driver: "{kubelet}" is different from docker cgroup '
                'driver: "{docker}". The kubelet will not start.'
            ),
            kubelet=flags.kubelet.cgroup_driver,
            docker=flags.docker.cgroup_driver,
        )


_WARNINGS: Final[tuple[Callable[[Flags], Iterator[Finding]], ...]] = (
    _grace,
    _monitor,
    _eviction,
    _rates,
    _garbage,
    _events,
    _cgroups,
)
