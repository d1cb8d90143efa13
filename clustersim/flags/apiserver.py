"""kube-apiserver and etcd.

Defaults: v1.7.5 and v1.8.0 cmd/kube-apiserver/app/options/options.go and
k8s.io/apiserver/pkg/server/options, unless a group of fields names another file.
"""

from typing import Annotated, ClassVar, Final

from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import ALL_INTERFACES, Origin, count, duration, tcp_port, text
from clustersim.i18n import _

ADMISSION_PLUGINS: Final = (
    "AlwaysAdmit",
    "DefaultStorageClass",
    "DefaultTolerationSeconds",
    "LimitRanger",
    "NamespaceLifecycle",
    "ResourceQuota",
    "ServiceAccount",
)
"""Plugins of the era whose effect on this model is known: without their own objects most have none."""


class ApiServerFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of kube-apiserver."""

    component: ClassVar[str] = "apiserver"

    admission_control: Annotated[
        tuple[str, ...],
        text(
            _("Admission plugins that look at every write, in this order."),
            choices=ADMISSION_PLUGINS,
            refusal=_("Unknown admission plugin: {value}"),
        ),
    ] = ("AlwaysAdmit",)
    event_ttl: Annotated[Micros, duration(_("How long an event is kept."), minimum=SECOND)] = 60 * MINUTE
    default_not_ready_toleration_seconds: Annotated[
        int,
        count(
            _("Seconds that DefaultTolerationSeconds lets a pod stay on a node that is not ready."),
            "s (number)",
        ),
    ] = 300
    default_unreachable_toleration_seconds: Annotated[
        int,
        count(
            _("Seconds that DefaultTolerationSeconds lets a pod stay on an unreachable node."), "s (number)"
        ),
    ] = 300
    min_request_timeout: Annotated[
        int,
        count(
            _("A watch without a time limit of its own is closed after so many seconds to twice as many."),
            "s (number)",
            minimum=1,
            maximum=86_400,
        ),
    ] = 1800
    service_cluster_ip_range: Annotated[
        str, text(_("Addresses given to Services; the first one is the API server's own Service."))
    ] = "10.0.0.0/24"
    insecure_bind_address: Annotated[str, text(_("Address of the port without authentication."))] = (
        "127.0.0.1"
    )
    insecure_port: Annotated[
        int, tcp_port(_("Port without authentication, for components on the same machine."))
    ] = 8080
    bind_address: Annotated[str, text(_("Address of the secure port."))] = ALL_INTERFACES
    secure_port: Annotated[int, tcp_port(_("Port that nodes and users talk to."))] = 6443

    # k8s.io/apiserver/pkg/server/config.go: a flag only from v1.8 on.
    request_timeout: Annotated[
        Micros,
        duration(
            _("A request that is not a watch is given up after so long."), Origin.CONSTANT, minimum=SECOND
        ),
    ] = 60 * SECOND
    # k8s.io/apiserver/pkg/storage/watch_cache.go and .../options/etcd.go
    watch_cache_size: Annotated[
        int,
        count(
            _("Changes per kind that a watch can be resumed from; older ones answer 410 Gone."),
            "events",
            Origin.CONSTANT,
            minimum=1,
        ),
    ] = 100
    # k8s.io/apiserver/pkg/storage/etcd3/compact.go
    compaction_period: Annotated[
        Micros,
        duration(_("Pause between two compactions of the history in etcd."), Origin.CONSTANT, minimum=SECOND),
    ] = 5 * MINUTE
    # pkg/api/v1/defaults.go: what the API server fills in where an object says nothing.
    termination_grace_period_seconds: Annotated[
        int,
        count(
            _("Seconds a deleted pod is given to end, where it does not say."), "s (number)", Origin.CONSTANT
        ),
    ] = 30
    probe_period_seconds: Annotated[
        int,
        count(
            _("Seconds between two probes, where a probe does not say."),
            "s (number)",
            Origin.CONSTANT,
            minimum=1,
        ),
    ] = 10
    probe_timeout_seconds: Annotated[
        int,
        count(
            _("Seconds after which a probe failed, where it does not say."),
            "s (number)",
            Origin.CONSTANT,
            minimum=1,
        ),
    ] = 1
    probe_success_threshold: Annotated[
        int, count(_("Successes in a row that make a probe pass."), "probes", Origin.CONSTANT, minimum=1)
    ] = 1
    probe_failure_threshold: Annotated[
        int, count(_("Failures in a row that make a probe fail."), "probes", Origin.CONSTANT, minimum=1)
    ] = 3

    start_delay: Annotated[
        Micros,
        duration(
            _("From starting the process until it answers requests."), Origin.MODEL, maximum=10 * MINUTE
        ),
    ] = 4 * SECOND


class EtcdFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of etcd 3: etcdmain/config.go; times of the model for a small healthy disk."""

    component: ClassVar[str] = "etcd"

    election_timeout: Annotated[
        int,
        count(
            _("Milliseconds without a leader after which a member stands for election."),
            "ms",
            minimum=10,
            maximum=50_000,
        ),
    ] = 1000
    client_port: Annotated[
        int, tcp_port(_("Port on which etcd serves the API server (from --listen-client-urls)."))
    ] = 2379

    write_latency: Annotated[
        Micros, duration(_("From a write reaching etcd until it is on disk."), Origin.MODEL, maximum=MINUTE)
    ] = 2 * MILLISECOND
    read_latency: Annotated[
        Micros, duration(_("Time of a read that etcd answers."), Origin.MODEL, maximum=MINUTE)
    ] = 500
    start_delay: Annotated[
        Micros, duration(_("From starting the process until it answers."), Origin.MODEL, maximum=10 * MINUTE)
    ] = SECOND
