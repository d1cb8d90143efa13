"""Kubernetes v1.36: what students run today, and how its defaults differ from those of v1.8."""

from typing import Final

import msgspec

from clustersim.apiserver.server import ApiServerV136
from clustersim.containerd.daemon import Containerd
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.calendar import OF_2026
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import (
    ApiServerFlags,
    ControllerManagerFlags,
    Flags,
    KubeletFlags,
    KubeProxyFlags,
    SchedulerFlags,
)
from clustersim.kubelet.kubelet_today import KubeletV136
from clustersim.kubeproxy import KubeProxyV136
from clustersim.releases.release import Release
from clustersim.scheduler import SchedulerV136
from clustersim.traffic import Client

# pkg/kubeapiserver/options/plugins.go, those that act on what this model holds.
_ADMISSION: Final = (
    "NamespaceLifecycle",
    "LimitRanger",
    "ServiceAccount",
    "TaintNodesByCondition",
    "PodSecurity",
    "Priority",
    "DefaultTolerationSeconds",
    "DefaultStorageClass",
    "StorageObjectInUseProtection",
    "PersistentVolumeClaimResize",
    "RuntimeClass",
    "CertificateSubjectRestriction",
    "DefaultIngressClass",
    "PodTopologyLabels",
    "PodResizeValidator",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionWebhook",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionWebhook",
    "ResourceQuota",
)

# pkg/controller/nodelifecycle/config/v1alpha1/defaults.go,
# pkg/kubelet/apis/config/v1beta1/defaults.go, pkg/kubelet/eviction/defaults_linux.go,
# cmd/kubelet/app/server.go.
_FLAGS: Final = msgspec.structs.replace(
    Flags(),
    apiserver=ApiServerFlags(admission_control=_ADMISSION),
    controller_manager=ControllerManagerFlags(
        node_monitor_grace_period=50 * SECOND,
        horizontal_pod_autoscaler_sync_period=15 * SECOND,
        monitor_pass_cost=2500,
        start_delay=90 * MILLISECOND,
    ),
    scheduler=SchedulerFlags(start_delay=300 * MILLISECOND, pod_backoff_maximum=10 * SECOND),
    kube_proxy=KubeProxyFlags(iptables_min_sync_period=SECOND),
    kubelet=KubeletFlags(
        eviction_hard=(
            "memory.available<100Mi",
            "nodefs.available<10%",
            "nodefs.inodesFree<5%",
            "imagefs.available<15%",
            "imagefs.inodesFree<5%",
        ),
        read_only_port=0,
        heartbeat_timeout=10 * SECOND,
        kube_api_qps=50,
        kube_api_burst=100,
        event_qps=50,
        event_burst=100,
    ),
)

V1_36: Final = Release(
    name="v1.36",
    version="v1.36.2",
    runtime_version="2.2.1",
    kernel="6.8.0-60-generic",
    calendar=OF_2026,
    flags=_FLAGS,
    components={
        "apiserver": ApiServerV136,
        "controller-manager": ControllerManagerV136,
        "scheduler": SchedulerV136,
        "runtime": Containerd,
        "kubelet": KubeletV136,
        "kube-proxy": KubeProxyV136,
        "client": Client,
    },
    node_roles=True,
    http2=True,
    measured_every=15 * SECOND,
    measures_young=True,
)
