"""The core group, v1: its types by one name, `from clustersim.api import core_v1 as v1`."""

from clustersim.api.core.binding import Binding as Binding
from clustersim.api.core.component_status import ComponentCondition as ComponentCondition
from clustersim.api.core.component_status import ComponentStatus as ComponentStatus
from clustersim.api.core.config import ConfigMap as ConfigMap
from clustersim.api.core.config import Secret as Secret
from clustersim.api.core.config import ServiceAccount as ServiceAccount
from clustersim.api.core.container import Container as Container
from clustersim.api.core.container import ContainerPort as ContainerPort
from clustersim.api.core.container import ContainerResizePolicy as ContainerResizePolicy
from clustersim.api.core.container import ContainerRestartRule as ContainerRestartRule
from clustersim.api.core.container import ContainerRestartRuleOnExitCodes as ContainerRestartRuleOnExitCodes
from clustersim.api.core.container import EphemeralContainer as EphemeralContainer
from clustersim.api.core.container import ResourceClaim as ResourceClaim
from clustersim.api.core.container import ResourceRequirements as ResourceRequirements
from clustersim.api.core.container import VolumeDevice as VolumeDevice
from clustersim.api.core.container import VolumeMount as VolumeMount
from clustersim.api.core.controller import ReplicationController as ReplicationController
from clustersim.api.core.controller import ReplicationControllerCondition as ReplicationControllerCondition
from clustersim.api.core.controller import ReplicationControllerSpec as ReplicationControllerSpec
from clustersim.api.core.controller import ReplicationControllerStatus as ReplicationControllerStatus
from clustersim.api.core.environment import ConfigMapEnvSource as ConfigMapEnvSource
from clustersim.api.core.environment import ConfigMapKeySelector as ConfigMapKeySelector
from clustersim.api.core.environment import EnvFromSource as EnvFromSource
from clustersim.api.core.environment import EnvVar as EnvVar
from clustersim.api.core.environment import EnvVarSource as EnvVarSource
from clustersim.api.core.environment import FileKeySelector as FileKeySelector
from clustersim.api.core.environment import ObjectFieldSelector as ObjectFieldSelector
from clustersim.api.core.environment import ResourceFieldSelector as ResourceFieldSelector
from clustersim.api.core.environment import SecretEnvSource as SecretEnvSource
from clustersim.api.core.environment import SecretKeySelector as SecretKeySelector
from clustersim.api.core.event import Event as Event
from clustersim.api.core.event import EventSeries as EventSeries
from clustersim.api.core.event import EventSource as EventSource
from clustersim.api.core.limits import LimitRange as LimitRange
from clustersim.api.core.limits import LimitRangeItem as LimitRangeItem
from clustersim.api.core.limits import LimitRangeSpec as LimitRangeSpec
from clustersim.api.core.limits import ResourceQuota as ResourceQuota
from clustersim.api.core.limits import ResourceQuotaSpec as ResourceQuotaSpec
from clustersim.api.core.limits import ResourceQuotaStatus as ResourceQuotaStatus
from clustersim.api.core.limits import ScopedResourceSelectorRequirement as ScopedResourceSelectorRequirement
from clustersim.api.core.limits import ScopeSelector as ScopeSelector
from clustersim.api.core.namespace import Namespace as Namespace
from clustersim.api.core.namespace import NamespaceCondition as NamespaceCondition
from clustersim.api.core.namespace import NamespaceSpec as NamespaceSpec
from clustersim.api.core.namespace import NamespaceStatus as NamespaceStatus
from clustersim.api.core.node import AttachedVolume as AttachedVolume
from clustersim.api.core.node import ConfigMapNodeConfigSource as ConfigMapNodeConfigSource
from clustersim.api.core.node import ContainerImage as ContainerImage
from clustersim.api.core.node import DaemonEndpoint as DaemonEndpoint
from clustersim.api.core.node import Node as Node
from clustersim.api.core.node import NodeAddress as NodeAddress
from clustersim.api.core.node import NodeCondition as NodeCondition
from clustersim.api.core.node import NodeConfigSource as NodeConfigSource
from clustersim.api.core.node import NodeConfigStatus as NodeConfigStatus
from clustersim.api.core.node import NodeDaemonEndpoints as NodeDaemonEndpoints
from clustersim.api.core.node import NodeFeatures as NodeFeatures
from clustersim.api.core.node import NodeRuntimeHandler as NodeRuntimeHandler
from clustersim.api.core.node import NodeRuntimeHandlerFeatures as NodeRuntimeHandlerFeatures
from clustersim.api.core.node import NodeSpec as NodeSpec
from clustersim.api.core.node import NodeStatus as NodeStatus
from clustersim.api.core.node import NodeSwapStatus as NodeSwapStatus
from clustersim.api.core.node import NodeSystemInfo as NodeSystemInfo
from clustersim.api.core.node import Taint as Taint
from clustersim.api.core.persistent_volume import ModifyVolumeStatus as ModifyVolumeStatus
from clustersim.api.core.persistent_volume import PersistentVolume as PersistentVolume
from clustersim.api.core.persistent_volume import PersistentVolumeClaim as PersistentVolumeClaim
from clustersim.api.core.persistent_volume import (
    PersistentVolumeClaimCondition as PersistentVolumeClaimCondition,
)
from clustersim.api.core.persistent_volume import PersistentVolumeClaimSpec as PersistentVolumeClaimSpec
from clustersim.api.core.persistent_volume import PersistentVolumeClaimStatus as PersistentVolumeClaimStatus
from clustersim.api.core.persistent_volume import PersistentVolumeSpec as PersistentVolumeSpec
from clustersim.api.core.persistent_volume import PersistentVolumeStatus as PersistentVolumeStatus
from clustersim.api.core.persistent_volume import TypedLocalObjectReference as TypedLocalObjectReference
from clustersim.api.core.persistent_volume import TypedObjectReference as TypedObjectReference
from clustersim.api.core.persistent_volume import VolumeNodeAffinity as VolumeNodeAffinity
from clustersim.api.core.persistent_volume import VolumeResourceRequirements as VolumeResourceRequirements
from clustersim.api.core.placement import Affinity as Affinity
from clustersim.api.core.placement import NodeAffinity as NodeAffinity
from clustersim.api.core.placement import NodeSelector as NodeSelector
from clustersim.api.core.placement import NodeSelectorRequirement as NodeSelectorRequirement
from clustersim.api.core.placement import NodeSelectorTerm as NodeSelectorTerm
from clustersim.api.core.placement import PodAffinity as PodAffinity
from clustersim.api.core.placement import PodAffinityTerm as PodAffinityTerm
from clustersim.api.core.placement import PodAntiAffinity as PodAntiAffinity
from clustersim.api.core.placement import PreferredSchedulingTerm as PreferredSchedulingTerm
from clustersim.api.core.placement import Toleration as Toleration
from clustersim.api.core.placement import TopologySpreadConstraint as TopologySpreadConstraint
from clustersim.api.core.placement import WeightedPodAffinityTerm as WeightedPodAffinityTerm
from clustersim.api.core.pod import HostAlias as HostAlias
from clustersim.api.core.pod import Pod as Pod
from clustersim.api.core.pod import PodDNSConfig as PodDNSConfig
from clustersim.api.core.pod import PodDNSConfigOption as PodDNSConfigOption
from clustersim.api.core.pod import PodOS as PodOS
from clustersim.api.core.pod import PodReadinessGate as PodReadinessGate
from clustersim.api.core.pod import PodResourceClaim as PodResourceClaim
from clustersim.api.core.pod import PodSchedulingGate as PodSchedulingGate
from clustersim.api.core.pod import PodSchedulingGroup as PodSchedulingGroup
from clustersim.api.core.pod import PodSpec as PodSpec
from clustersim.api.core.pod import PodTemplate as PodTemplate
from clustersim.api.core.pod import PodTemplateSpec as PodTemplateSpec
from clustersim.api.core.pod_status import (
    ContainerExtendedResourceRequest as ContainerExtendedResourceRequest,
)
from clustersim.api.core.pod_status import ContainerState as ContainerState
from clustersim.api.core.pod_status import ContainerStateRunning as ContainerStateRunning
from clustersim.api.core.pod_status import ContainerStateTerminated as ContainerStateTerminated
from clustersim.api.core.pod_status import ContainerStateWaiting as ContainerStateWaiting
from clustersim.api.core.pod_status import ContainerStatus as ContainerStatus
from clustersim.api.core.pod_status import ContainerUser as ContainerUser
from clustersim.api.core.pod_status import HostIP as HostIP
from clustersim.api.core.pod_status import ImageVolumeStatus as ImageVolumeStatus
from clustersim.api.core.pod_status import LinuxContainerUser as LinuxContainerUser
from clustersim.api.core.pod_status import (
    NodeAllocatableResourceClaimStatus as NodeAllocatableResourceClaimStatus,
)
from clustersim.api.core.pod_status import PodCondition as PodCondition
from clustersim.api.core.pod_status import PodExtendedResourceClaimStatus as PodExtendedResourceClaimStatus
from clustersim.api.core.pod_status import PodIP as PodIP
from clustersim.api.core.pod_status import PodResourceClaimStatus as PodResourceClaimStatus
from clustersim.api.core.pod_status import PodStatus as PodStatus
from clustersim.api.core.pod_status import ResourceHealth as ResourceHealth
from clustersim.api.core.pod_status import ResourceStatus as ResourceStatus
from clustersim.api.core.pod_status import VolumeMountStatus as VolumeMountStatus
from clustersim.api.core.pod_status import VolumeStatus as VolumeStatus
from clustersim.api.core.probes import ExecAction as ExecAction
from clustersim.api.core.probes import GRPCAction as GRPCAction
from clustersim.api.core.probes import HTTPGetAction as HTTPGetAction
from clustersim.api.core.probes import HTTPHeader as HTTPHeader
from clustersim.api.core.probes import Lifecycle as Lifecycle
from clustersim.api.core.probes import LifecycleHandler as LifecycleHandler
from clustersim.api.core.probes import Probe as Probe
from clustersim.api.core.probes import SleepAction as SleepAction
from clustersim.api.core.probes import TCPSocketAction as TCPSocketAction
from clustersim.api.core.security import AppArmorProfile as AppArmorProfile
from clustersim.api.core.security import Capabilities as Capabilities
from clustersim.api.core.security import PodSecurityContext as PodSecurityContext
from clustersim.api.core.security import SeccompProfile as SeccompProfile
from clustersim.api.core.security import SecurityContext as SecurityContext
from clustersim.api.core.security import SELinuxOptions as SELinuxOptions
from clustersim.api.core.security import Sysctl as Sysctl
from clustersim.api.core.security import WindowsSecurityContextOptions as WindowsSecurityContextOptions
from clustersim.api.core.service import ClientIPConfig as ClientIPConfig
from clustersim.api.core.service import EndpointAddress as EndpointAddress
from clustersim.api.core.service import EndpointPort as EndpointPort
from clustersim.api.core.service import Endpoints as Endpoints
from clustersim.api.core.service import EndpointSubset as EndpointSubset
from clustersim.api.core.service import LoadBalancerIngress as LoadBalancerIngress
from clustersim.api.core.service import LoadBalancerStatus as LoadBalancerStatus
from clustersim.api.core.service import PortStatus as PortStatus
from clustersim.api.core.service import Service as Service
from clustersim.api.core.service import ServicePort as ServicePort
from clustersim.api.core.service import ServiceSpec as ServiceSpec
from clustersim.api.core.service import ServiceStatus as ServiceStatus
from clustersim.api.core.service import SessionAffinityConfig as SessionAffinityConfig
from clustersim.api.core.volume_plugins import (
    AWSElasticBlockStoreVolumeSource as AWSElasticBlockStoreVolumeSource,
)
from clustersim.api.core.volume_plugins import AzureDiskVolumeSource as AzureDiskVolumeSource
from clustersim.api.core.volume_plugins import (
    AzureFilePersistentVolumeSource as AzureFilePersistentVolumeSource,
)
from clustersim.api.core.volume_plugins import AzureFileVolumeSource as AzureFileVolumeSource
from clustersim.api.core.volume_plugins import CephFSPersistentVolumeSource as CephFSPersistentVolumeSource
from clustersim.api.core.volume_plugins import CephFSVolumeSource as CephFSVolumeSource
from clustersim.api.core.volume_plugins import CinderPersistentVolumeSource as CinderPersistentVolumeSource
from clustersim.api.core.volume_plugins import CinderVolumeSource as CinderVolumeSource
from clustersim.api.core.volume_plugins import CSIPersistentVolumeSource as CSIPersistentVolumeSource
from clustersim.api.core.volume_plugins import FCVolumeSource as FCVolumeSource
from clustersim.api.core.volume_plugins import FlexPersistentVolumeSource as FlexPersistentVolumeSource
from clustersim.api.core.volume_plugins import FlexVolumeSource as FlexVolumeSource
from clustersim.api.core.volume_plugins import FlockerVolumeSource as FlockerVolumeSource
from clustersim.api.core.volume_plugins import GCEPersistentDiskVolumeSource as GCEPersistentDiskVolumeSource
from clustersim.api.core.volume_plugins import (
    GlusterfsPersistentVolumeSource as GlusterfsPersistentVolumeSource,
)
from clustersim.api.core.volume_plugins import GlusterfsVolumeSource as GlusterfsVolumeSource
from clustersim.api.core.volume_plugins import HostPathVolumeSource as HostPathVolumeSource
from clustersim.api.core.volume_plugins import ISCSIPersistentVolumeSource as ISCSIPersistentVolumeSource
from clustersim.api.core.volume_plugins import ISCSIVolumeSource as ISCSIVolumeSource
from clustersim.api.core.volume_plugins import LocalVolumeSource as LocalVolumeSource
from clustersim.api.core.volume_plugins import NFSVolumeSource as NFSVolumeSource
from clustersim.api.core.volume_plugins import (
    PhotonPersistentDiskVolumeSource as PhotonPersistentDiskVolumeSource,
)
from clustersim.api.core.volume_plugins import PortworxVolumeSource as PortworxVolumeSource
from clustersim.api.core.volume_plugins import QuobyteVolumeSource as QuobyteVolumeSource
from clustersim.api.core.volume_plugins import RBDPersistentVolumeSource as RBDPersistentVolumeSource
from clustersim.api.core.volume_plugins import RBDVolumeSource as RBDVolumeSource
from clustersim.api.core.volume_plugins import ScaleIOPersistentVolumeSource as ScaleIOPersistentVolumeSource
from clustersim.api.core.volume_plugins import ScaleIOVolumeSource as ScaleIOVolumeSource
from clustersim.api.core.volume_plugins import SecretReference as SecretReference
from clustersim.api.core.volume_plugins import (
    StorageOSPersistentVolumeSource as StorageOSPersistentVolumeSource,
)
from clustersim.api.core.volume_plugins import StorageOSVolumeSource as StorageOSVolumeSource
from clustersim.api.core.volume_plugins import (
    VsphereVirtualDiskVolumeSource as VsphereVirtualDiskVolumeSource,
)
from clustersim.api.core.volumes import ClusterTrustBundleProjection as ClusterTrustBundleProjection
from clustersim.api.core.volumes import ConfigMapProjection as ConfigMapProjection
from clustersim.api.core.volumes import ConfigMapVolumeSource as ConfigMapVolumeSource
from clustersim.api.core.volumes import CSIVolumeSource as CSIVolumeSource
from clustersim.api.core.volumes import DownwardAPIProjection as DownwardAPIProjection
from clustersim.api.core.volumes import DownwardAPIVolumeFile as DownwardAPIVolumeFile
from clustersim.api.core.volumes import DownwardAPIVolumeSource as DownwardAPIVolumeSource
from clustersim.api.core.volumes import EmptyDirVolumeSource as EmptyDirVolumeSource
from clustersim.api.core.volumes import EphemeralVolumeSource as EphemeralVolumeSource
from clustersim.api.core.volumes import GitRepoVolumeSource as GitRepoVolumeSource
from clustersim.api.core.volumes import ImageVolumeSource as ImageVolumeSource
from clustersim.api.core.volumes import KeyToPath as KeyToPath
from clustersim.api.core.volumes import PersistentVolumeClaimTemplate as PersistentVolumeClaimTemplate
from clustersim.api.core.volumes import PersistentVolumeClaimVolumeSource as PersistentVolumeClaimVolumeSource
from clustersim.api.core.volumes import PodCertificateProjection as PodCertificateProjection
from clustersim.api.core.volumes import ProjectedVolumeSource as ProjectedVolumeSource
from clustersim.api.core.volumes import SecretProjection as SecretProjection
from clustersim.api.core.volumes import SecretVolumeSource as SecretVolumeSource
from clustersim.api.core.volumes import ServiceAccountTokenProjection as ServiceAccountTokenProjection
from clustersim.api.core.volumes import Volume as Volume
from clustersim.api.core.volumes import VolumeProjection as VolumeProjection
from clustersim.api.meta import LocalObjectReference as LocalObjectReference
from clustersim.api.meta import ObjectReference as ObjectReference
