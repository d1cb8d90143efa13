"""The generation of an object: which kinds have one, and what raises it.

Source: pkg/registry/*/*/strategy.go PrepareForCreate, PrepareForUpdate (v1.7.5, v1.8.0, v1.36.2).
"""

from typing import Any, Final

from clustersim.api import apps, batch, kept, networking, policy
from clustersim.api import core_v1 as v1
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.discovery import EndpointSlice
from clustersim.api.meta import replace
from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.traits import TRAITS

SPEC: Final = ("spec",)

COUNTED: Final[dict[type, tuple[str, ...]]] = {
    apps.DaemonSet: SPEC,
    apps.Deployment: ("spec", "metadata.annotations"),
    apps.ReplicaSet: SPEC,
    apps.StatefulSet: SPEC,
    networking.Ingress: SPEC,
    networking.NetworkPolicy: SPEC,
    policy.PodDisruptionBudget: SPEC,
    v1.ReplicationController: SPEC,
    CustomResourceDefinition: SPEC,
    kept.PodPreset: (),
}
"""What raises the generation of a kind, in every release. A Deployment's annotations do, as its ReplicaSets
get them."""

COUNTED_SINCE_V1_8: Final[dict[type, tuple[str, ...]]] = {PriorityClass: ()}
"""Its generation stays 1."""

COUNTED_TODAY: Final[dict[type, tuple[str, ...]]] = {
    batch.CronJob: SPEC,
    batch.Job: SPEC,
    networking.IngressClass: SPEC,
    v1.Pod: SPEC,
    v1.PodTemplate: ("template",),
    EndpointSlice: ("endpoints", "ports", "metadata.labels"),
    kept.DeviceClass: SPEC,
    kept.FlowSchema: SPEC,
    kept.MutatingAdmissionPolicy: SPEC,
    kept.MutatingAdmissionPolicyBinding: SPEC,
    kept.MutatingWebhookConfiguration: ("webhooks",),
    kept.PriorityLevelConfiguration: SPEC,
    kept.ResourceSlice: SPEC,
    kept.ValidatingAdmissionPolicy: SPEC,
    kept.ValidatingAdmissionPolicyBinding: SPEC,
    kept.ValidatingWebhookConfiguration: ("webhooks",),
}

RAISED_TODAY: Final[dict[type, tuple[str, ...]]] = {kept.CSIDriver: SPEC}
"""It begins with none, but a change raises it."""

_OF_RELEASE: Final = {
    "v1.7": COUNTED,
    "v1.8": COUNTED | COUNTED_SINCE_V1_8,
    "v1.36": COUNTED | COUNTED_SINCE_V1_8 | COUNTED_TODAY,
}


def with_first_generation(obj: Any, release: str) -> Any:
    """The object as it is created."""
    if type(obj) not in _OF_RELEASE[release]:
        return obj
    return replace(obj, metadata=replace(obj.metadata, generation=1))


def with_next_generation(old: Any, new: Any, release: str) -> Any:
    """The object as it is changed: its generation is one higher if something changed that counts."""
    counted = _OF_RELEASE[release].get(type(new))
    if counted is None and TRAITS[release].of_today:
        counted = RAISED_TODAY.get(type(new))
    if counted is None:
        return new
    changed = any(_part(old, path) != _part(new, path) for path in counted)
    return replace(new, metadata=replace(new.metadata, generation=old.metadata.generation + changed))


def _part(obj: Any, path: str) -> Any:
    for name in path.split("."):
        obj = getattr(obj, name)
    return obj
