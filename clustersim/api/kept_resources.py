"""Under which group-versions each release serves the kinds that nothing acts on (kept.py)."""

from collections.abc import Mapping
from typing import Final

from clustersim.api import kept
from clustersim.api.api_resource import Resource
from clustersim.api.meta import ApiObject

_ADMISSION: Final = {"v1.36": ("admissionregistration.k8s.io/v1",)}
_FLOW_CONTROL: Final = {"v1.36": ("flowcontrol.apiserver.k8s.io/v1",)}
_STORAGE: Final = {"v1.36": ("storage.k8s.io/v1",)}
_STATUS: Final = ("status",)
_DEVICES: Final = {"v1.36": ("resource.k8s.io/v1",)}
_NETWORKING: Final = {"v1.36": ("networking.k8s.io/v1",)}
_REGISTRATION: Final = {
    "v1.7": ("apiregistration.k8s.io/v1beta1",),
    "v1.8": ("apiregistration.k8s.io/v1beta1",),
    "v1.36": ("apiregistration.k8s.io/v1",),
}


def _kept(
    kind: type[ApiObject],
    versions: Mapping[str, tuple[str, ...]],
    *short: str,
    plural: str = "",
    namespaced: bool = False,
    parts: tuple[str, ...] = (),
) -> Resource:
    """A kind that is kept, for the whole cluster if nothing else is said."""
    name = plural or f"{kind.__name__.lower()}s"
    return Resource(
        name, kind.__name__, kind, versions, namespaced=namespaced, short_names=short, subresources=parts
    )


KEPT: Final = (
    _kept(kept.APIService, _REGISTRATION, parts=_STATUS),
    _kept(kept.CSIDriver, _STORAGE),
    _kept(kept.CSINode, _STORAGE),
    _kept(kept.CSIStorageCapacity, _STORAGE, plural="csistoragecapacities", namespaced=True),
    _kept(kept.DeviceClass, _DEVICES, plural="deviceclasses"),
    _kept(kept.FlowSchema, _FLOW_CONTROL, parts=_STATUS),
    _kept(kept.IPAddress, _NETWORKING, "ip", plural="ipaddresses"),
    _kept(kept.MutatingAdmissionPolicy, _ADMISSION, plural="mutatingadmissionpolicies"),
    _kept(kept.MutatingAdmissionPolicyBinding, _ADMISSION),
    _kept(kept.MutatingWebhookConfiguration, _ADMISSION),
    _kept(kept.PodPreset, {"v1.7": ("settings.k8s.io/v1alpha1",)}, namespaced=True),
    _kept(
        kept.PodSecurityPolicy,
        dict.fromkeys(("v1.7", "v1.8"), ("extensions/v1beta1",)),
        "psp",
        plural="podsecuritypolicies",
    ),
    _kept(kept.PriorityLevelConfiguration, _FLOW_CONTROL, parts=_STATUS),
    _kept(kept.ResourceClaim, _DEVICES, namespaced=True, parts=_STATUS),
    _kept(kept.ResourceClaimTemplate, _DEVICES, namespaced=True),
    _kept(kept.ResourceSlice, _DEVICES),
    _kept(kept.RuntimeClass, {"v1.36": ("node.k8s.io/v1",)}, plural="runtimeclasses"),
    _kept(kept.ServiceCIDR, _NETWORKING, parts=_STATUS),
    _kept(
        kept.ValidatingAdmissionPolicy,
        _ADMISSION,
        plural="validatingadmissionpolicies",
        parts=_STATUS,
    ),
    _kept(kept.ValidatingAdmissionPolicyBinding, _ADMISSION),
    _kept(kept.ValidatingWebhookConfiguration, _ADMISSION),
    _kept(kept.VolumeAttachment, _STORAGE, parts=_STATUS),
    _kept(kept.VolumeAttributesClass, _STORAGE, "vac", plural="volumeattributesclasses"),
)
"""Kinds that nothing acts on."""
