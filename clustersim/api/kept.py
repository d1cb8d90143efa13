"""Kinds that people's manifests have and nothing of this model acts on: kept as they come, below their first
level unread. Groups and versions: v1.7.5, v1.8.0 pkg/master; v1.36.2 kube-apiserver.
"""

from typing import Any

from clustersim.api.meta import ApiObject


def mapping(value: Any) -> dict[str, Any]:
    """What was kept, where it is a map as it should be; else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """The same of a list."""
    return list(value) if isinstance(value, list | tuple) else []


def text(value: Any) -> str:
    """The same of a text."""
    return value if isinstance(value, str) else ""


class Kept(ApiObject, frozen=True, kw_only=True):
    """What is wanted, and what some controller would say of it."""

    spec: Any = None
    status: Any = None


class APIService(Kept, frozen=True, kw_only=True):
    """A version of the API, and the server behind this one that has it, if it is another."""

    @property
    def unserved(self) -> str:
        """The version, if it is said that nobody serves it; else empty."""
        spec, status = self.spec or {}, self.status or {}
        told = [(one.get("type"), one.get("status")) for one in status.get("conditions") or ()]
        return f"{spec.get('group')}/{spec.get('version')}" if ("Available", "False") in told else ""


class CSIDriver(Kept, frozen=True, kw_only=True):
    """What a driver of storage can do."""


class DeviceClass(Kept, frozen=True, kw_only=True):
    """Devices that claims may ask for."""


class CSINode(ApiObject, frozen=True, kw_only=True):
    """Drivers of storage on a node."""

    spec: Any = None


class CSIStorageCapacity(ApiObject, frozen=True, kw_only=True):
    """How much storage of a class there is somewhere."""

    capacity: Any = None
    maximum_volume_size: Any = None
    node_topology: Any = None
    storage_class_name: str = ""


class FlowSchema(Kept, frozen=True, kw_only=True):
    """Which requests have which priority."""


class IPAddress(Kept, frozen=True, kw_only=True):
    """An address that a Service has."""


class MutatingAdmissionPolicy(Kept, frozen=True, kw_only=True):
    """Changes of what is let in, as expressions."""


class MutatingAdmissionPolicyBinding(Kept, frozen=True, kw_only=True):
    """Where such changes are made."""


class PodPreset(Kept, frozen=True, kw_only=True):
    """What pods with some labels get in addition (v1.7; alpha)."""


class PodSecurityPolicy(Kept, frozen=True, kw_only=True):
    """What pods may ask for, until v1.24."""


class PriorityLevelConfiguration(Kept, frozen=True, kw_only=True):
    """How many requests of a priority are served at once."""


class ResourceClaim(Kept, frozen=True, kw_only=True):
    """Devices that pods ask for."""


class ResourceClaimTemplate(Kept, frozen=True, kw_only=True):
    """The claim that every pod gets of its own."""


class ResourceSlice(Kept, frozen=True, kw_only=True):
    """Devices that a driver has on a node."""


class ServiceCIDR(Kept, frozen=True, kw_only=True):
    """Addresses that Services may have."""


class ValidatingAdmissionPolicy(Kept, frozen=True, kw_only=True):
    """Rules for what is let in, as expressions."""


class ValidatingAdmissionPolicyBinding(Kept, frozen=True, kw_only=True):
    """Where such rules hold."""


class VolumeAttachment(Kept, frozen=True, kw_only=True):
    """A volume that is to be attached to a node."""


class Webhooks(ApiObject, frozen=True, kw_only=True):
    """Servers that are asked at admission."""

    webhooks: Any = None


class MutatingWebhookConfiguration(Webhooks, frozen=True, kw_only=True):
    """Those that change what comes."""


class ValidatingWebhookConfiguration(Webhooks, frozen=True, kw_only=True):
    """Those that refuse what comes."""


class RuntimeClass(ApiObject, frozen=True, kw_only=True):
    """Another way to run containers."""

    handler: str = ""
    overhead: Any = None
    scheduling: Any = None


class VolumeAttributesClass(ApiObject, frozen=True, kw_only=True):
    """How fast volumes of a class are."""

    driver_name: str = ""
    parameters: dict[str, str] = {}
