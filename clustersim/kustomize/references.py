"""Names that other objects say: they follow when a name gets a prefix, a suffix or a hash.

Source: kustomize api/internal/konfig/builtinpluginconsts/namereference.go, api/filters/nameref/nameref.go.
"""

from collections.abc import Callable
from typing import Any, Final

from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.fieldspecs import ABSENT, FieldSpec, change_at, spec
from clustersim.kustomize.objects import Kind, Object, Objects, is_namespaced, kind_of

_RBAC: Final = "rbac.authorization.k8s.io"
_TEMPLATES: Final = {
    "Pod": "spec",
    "PodTemplate": "template/spec",
    **dict.fromkeys(("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job"), "spec/template/spec"),
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
"""Where the spec of a pod stands in a kind."""
_OTHERS: Final = {
    "Pod": "spec",
    "ReplicationController": "spec/template/spec",
    **dict.fromkeys(("StatefulSet", "Deployment", "Job", "DaemonSet"), "spec/template/spec"),
    "CronJob": "spec/jobTemplate/spec/template/spec",
}
"""The same, of what is looked for in fewer kinds."""


def _in_pods(roots: dict[str, str], *paths: str) -> tuple[FieldSpec, ...]:
    return tuple(spec(f"{root}/{path}", kind) for kind, root in roots.items() for path in paths)


def _in_containers(path: str) -> tuple[str, ...]:
    return (f"containers/{path}", f"initContainers/{path}")


_ROLES: Final = (spec("rules/resourceNames", "Role"), spec("rules/resourceNames", "ClusterRole"))
_NGINX: Final = "metadata/annotations/nginx.ingress.kubernetes.io\\/"

REFERENCES: Final[tuple[tuple[Kind, tuple[FieldSpec, ...]], ...]] = (
    *(
        (Kind("", "", kind), (spec("spec/scaleTargetRef/name", "HorizontalPodAutoscaler"),))
        for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
    ),
    (
        Kind("", "v1", "ConfigMap"),
        (
            *_in_pods(
                _TEMPLATES,
                "volumes/configMap/name",
                *_in_containers("env/valueFrom/configMapKeyRef/name"),
                *_in_containers("envFrom/configMapRef/name"),
                "volumes/projected/sources/configMap/name",
            ),
            *_ROLES,
            spec(f"{_NGINX}fastcgi-params-configmap", "Ingress"),
        ),
    ),
    (
        Kind("", "v1", "Secret"),
        (
            *_in_pods(
                _TEMPLATES,
                "volumes/secret/secretName",
                *_in_containers("env/valueFrom/secretKeyRef/name"),
                *_in_containers("envFrom/secretRef/name"),
                "imagePullSecrets/name",
                "volumes/projected/sources/secret/name",
            ),
            spec("spec/tls/secretName", "Ingress"),
            spec("metadata/annotations/ingress.kubernetes.io\\/auth-secret", "Ingress"),
            spec(f"{_NGINX}auth-secret", "Ingress"),
            spec(f"{_NGINX}auth-tls-secret", "Ingress"),
            spec("imagePullSecrets/name", "ServiceAccount"),
            *(
                spec(f"parameters/{name}", "StorageClass")
                for name in ("secretName", "adminSecretName", "userSecretName", "secretRef")
            ),
            *_ROLES,
            spec("spec/azureFile/secretName", "PersistentVolume"),
        ),
    ),
    (
        Kind("", "v1", "Service"),
        (
            spec("spec/serviceName", "StatefulSet", group="apps"),
            spec("spec/rules/http/paths/backend/serviceName", "Ingress"),
            spec("spec/backend/serviceName", "Ingress"),
            spec("spec/rules/http/paths/backend/service/name", "Ingress"),
            spec("spec/defaultBackend/service/name", "Ingress"),
            spec("spec/service/name", "APIService", group="apiregistration.k8s.io"),
            spec("webhooks/clientConfig/service", "ValidatingWebhookConfiguration"),
            spec("webhooks/clientConfig/service", "MutatingWebhookConfiguration"),
        ),
    ),
    (Kind(_RBAC, "", "Role"), (spec("roleRef/name", "RoleBinding", group=_RBAC),)),
    (
        Kind(_RBAC, "", "ClusterRole"),
        (
            spec("roleRef/name", "RoleBinding", group=_RBAC),
            spec("roleRef/name", "ClusterRoleBinding", group=_RBAC),
        ),
    ),
    (
        Kind("", "v1", "ServiceAccount"),
        (
            spec("subjects", "RoleBinding", group=_RBAC),
            spec("subjects", "ClusterRoleBinding", group=_RBAC),
            *_in_pods(_OTHERS, "serviceAccountName"),
        ),
    ),
    (
        Kind("", "v1", "PersistentVolumeClaim"),
        _in_pods(_OTHERS, "volumes/persistentVolumeClaim/claimName"),
    ),
    (
        Kind("", "v1", "PersistentVolume"),
        (spec("spec/volumeName", "PersistentVolumeClaim"), spec("rules/resourceNames", "ClusterRole")),
    ),
    (
        Kind("storage.k8s.io", "v1", "StorageClass"),
        (
            spec("spec/storageClassName", "PersistentVolume"),
            spec("spec/storageClassName", "PersistentVolumeClaim"),
            spec("spec/volumeClaimTemplates/spec/storageClassName", "StatefulSet"),
        ),
    ),
    (Kind("scheduling.k8s.io", "v1", "PriorityClass"), _in_pods(_OTHERS, "priorityClassName")),
    (
        Kind("admissionregistration.k8s.io", "", "ValidatingAdmissionPolicy"),
        (spec("spec/policyName", "ValidatingAdmissionPolicyBinding"),),
    ),
)
"""Kinds whose names are said elsewhere, and where."""


def follow_names(objects: Objects) -> None:
    """All names that are said are those of now. Raises KustomizeError where it is not clear which."""
    for referrer in objects:
        kind = kind_of(referrer.plain)
        for target, specs in REFERENCES:
            for one in specs:
                if kind.fits(one.kind):
                    change_at(referrer.plain, one.path, _following(objects, referrer, target, one.path))


def _following(objects: Objects, referrer: Object, target: Kind, path: str) -> Callable[[Any], Any]:
    def change(said: Any) -> Any:
        if said is ABSENT:
            return said
        if isinstance(said, list):
            return [change(item) for item in said]
        if isinstance(said, dict):
            return _followed_mapping(objects, referrer, target, path, said)
        meant = _meant(objects.found, str(said), referrer, target, path)
        return said if meant is None else meant.name

    return change


def _followed_mapping(
    objects: Objects, referrer: Object, target: Kind, path: str, said: dict[str, Any]
) -> dict[str, Any]:
    """A name and a namespace, as a subject of a binding has them."""
    if "name" not in said:
        raise KustomizeError(
            f"updating name reference in '{path}' field of '{referrer.id}': path config error; no 'name' "
            "field in node"
        )
    candidates = objects.found
    if namespace := said.get("namespace"):
        first = [one for one in candidates if (one.first_id.namespace or "default") == namespace]
        candidates = first or [one for one in candidates if (one.id.namespace or "default") == namespace]
    meant = _meant(candidates, str(said["name"]), referrer, target, path)
    if meant is None or (meant.name == said["name"] and not meant.id.namespace):
        return said
    found = {**said, "name": meant.name}
    return {**found, "namespace": meant.id.namespace} if meant.id.namespace else found


def _meant(candidates: list[Object], name: str, referrer: Object, target: Kind, path: str) -> Object | None:
    """The object that was called so."""
    found = [
        one
        for one in candidates
        if any(known.name == name for known in one.previous)
        and any(known.kind.fits(target) for known in one.previous)
        and _in_reach(referrer, one)
        and _of_role(referrer, one, path)
    ]
    if len(found) == 1:
        return found[0]
    found = [one for one in found if _alike(one, referrer, loosely=True)]
    if len(found) > 1:
        found = [one for one in found if _alike(one, referrer, loosely=False)]
    if not found or len({(one.name, one.id.namespace) for one in found}) == 1:
        return found[0] if found else None
    told = ", ".join(str(one.id) for one in found)
    raise KustomizeError(
        f"updating name reference in '{path}' field of '{referrer.id}': found multiple possible "
        f"referrals: {told}"
    )


def _in_reach(referrer: Object, one: Object) -> bool:
    """Whether it is in the referrer's namespace, or in none, or accounts for every namespace."""
    kind = kind_of(one.plain).kind
    if not is_namespaced(kind_of(referrer.plain).kind) or not is_namespaced(kind) or kind == "ServiceAccount":
        return True
    return referrer.id.space == one.id.space


def _of_role(referrer: Object, one: Object, path: str) -> bool:
    """A binding says of which kind its role is."""
    role = referrer.plain.get("roleRef")
    if not path.endswith("roleRef/name") or not isinstance(role, dict):
        return True
    wanted = Kind(str(role.get("apiGroup") or ""), "", str(role.get("kind") or ""))
    return any(known.kind.fits(wanted) for known in one.previous)


def _alike(one: Object, referrer: Object, *, loosely: bool) -> bool:
    """Whether both got the same prefixes and suffixes."""
    for own, others in ((one.prefixes, referrer.prefixes), (one.suffixes, referrer.suffixes)):
        if loosely and (not own or not others):
            continue
        least = min(len(own), len(others))
        if own[len(own) - least :] != others[len(others) - least :] or (not least and (own or others)):
            return False
    return True
