"""The order in which a kustomization gives its objects (kustomize SortOrderTransformer.go)."""

from typing import Any, Final

from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.objects import Object, Objects

_FIRST: Final = (
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount",
    "PodSecurityPolicy", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret",
    "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume", "PersistentVolumeClaim",
    "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
)  # fmt: skip
_LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def put_in_order(objects: Objects, options: dict[str, Any] | None) -> None:
    """By kind, or as they came. Raises KustomizeError."""
    order = (options or {}).get("order", "legacy")
    legacy = (options or {}).get("legacySortOptions") or {}
    if order == "fifo":
        return
    if order != "legacy":
        raise KustomizeError("the field 'sortOptions.order' must be one of [fifo, legacy]")
    first, last = legacy.get("orderFirst", _FIRST), legacy.get("orderLast", _LAST)
    places = {kind: index - len(first) for index, kind in enumerate(first)}
    places |= {kind: index + 1 for index, kind in enumerate(last)}

    def key(one: Object) -> tuple[int, str, str, str]:
        group, version, kind = one.id.kind
        words = f"{group or '~G'}_{version or '~V'}_{kind or '~K'}"
        return places.get(kind, 0), words, one.id.namespace or "~X", one.name

    objects.found.sort(key=key)
