"""kube-apiserver and etcd.

Defaults: v1.7.5 and v1.8.0 cmd/kube-apiserver/app/options/options.go and
k8s.io/apiserver/pkg/server/options, unless a group of fields names another file.
"""

from typing import Annotated, ClassVar, Final

from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import Origin, count, duration, in_v1_8, tcp_port, text, until_v1_8
from clustersim.i18n import _

ADMISSION_PLUGINS: Final = (
    "AlwaysAdmit",
    "AlwaysPullImages",
    "CertificateApproval",
    "CertificateSigning",
    "CertificateSubjectRestriction",
    "DefaultIngressClass",
    "DefaultStorageClass",
    "DefaultTolerationSeconds",
    "DenyServiceExternalIPs",
    "ExtendedResourceToleration",
    "Initializers",
    "LimitPodHardAntiAffinityTopology",
    "LimitRanger",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "NamespaceExists",
    "NamespaceLifecycle",
    "NodeRestriction",
    "PersistentVolumeClaimResize",
    "PersistentVolumeLabel",
    "PodNodeSelector",
    "PodResizeValidator",
    "PodSecurity",
    "PodTolerationRestriction",
    "PodTopologyLabels",
    "Priority",
    "ResourceQuota",
    "RuntimeClass",
    "ServiceAccount",
    "StorageObjectInUseProtection",
    "TaintNodesByCondition",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
)
"""Plugins whose effect on this model is known: without their own objects, or users, most have none."""


GATES_GONE: Final = _("The alpha features of v1.7 and v1.8 are part of v1.36, and always on.")
SCHEDULING_ALPHA: Final = "scheduling.k8s.io/v1alpha1"
CRON_JOBS_ALPHA: Final = "batch/v2alpha1"
"""PriorityClass."""


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
    default_not_ready_toleration_seconds: Annotated[
        int,
        count(
            _(
                "How long pods that do not say so tolerate a node that is not ready "
                "(admission plugin DefaultTolerationSeconds)."
            ),
            "seconds",
            maximum=86_400,
        ),
    ] = 300
    default_unreachable_toleration_seconds: Annotated[
        int,
        count(
            _(
                "How long pods that do not say so tolerate a node that is unreachable "
                "(admission plugin DefaultTolerationSeconds)."
            ),
            "seconds",
            maximum=86_400,
        ),
    ] = 300
    event_ttl: Annotated[Micros, duration(_("How long an event is kept."), minimum=SECOND)] = 60 * MINUTE
    feature_gates: Annotated[
        tuple[str, ...],
        in_v1_8(
            text(
                _(
                    "Alpha features switched on or off. Without PodPriority what a pod says of its priority "
                    "is dropped."
                ),
                choices=("PodPriority=true", "PodPriority=false"),
            ),
            GATES_GONE,
        ),
    ] = ()
    runtime_config: Annotated[
        tuple[str, ...],
        until_v1_8(
            text(
                _("Versions of the API that are served though they are alpha."),
                choices=tuple(
                    f"{version}{end}"
                    for version in (SCHEDULING_ALPHA, CRON_JOBS_ALPHA)
                    for end in ("", "=true", "=false")
                ),
            ),
            GATES_GONE,
        ),
    ] = ()
    service_cluster_ip_range: Annotated[
        str, text(_("Addresses given to Services; the first one is the API server's own Service."))
    ] = "10.0.0.0/24"
    secure_port: Annotated[int, tcp_port(_("Port that nodes and users talk to."))] = 6443

    start_delay: Annotated[
        Micros,
        duration(
            _("From starting the process until it answers requests."), Origin.MODEL, maximum=10 * MINUTE
        ),
    ] = 4 * SECOND


class EtcdFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of etcd 3: etcdmain/config.go; times of the model for a small healthy disk."""

    component: ClassVar[str] = "etcd"

    client_port: Annotated[
        int, tcp_port(_("Port on which etcd serves the API server (from --listen-client-urls)."))
    ] = 2379

    quota_backend_bytes: Annotated[
        int,
        count(
            _("How large its file may become before it takes no more writes; 0 for 2 GB."),
            "bytes",
            maximum=8 << 30,
        ),
    ] = 0

    write_latency: Annotated[
        Micros, duration(_("From a write reaching etcd until it is on disk."), Origin.MODEL, maximum=MINUTE)
    ] = 4 * MILLISECOND
    read_latency: Annotated[
        Micros, duration(_("Time of a read that etcd answers."), Origin.MODEL, maximum=MINUTE)
    ] = 500
    start_delay: Annotated[
        Micros, duration(_("From starting the process until it answers."), Origin.MODEL, maximum=10 * MINUTE)
    ] = SECOND
