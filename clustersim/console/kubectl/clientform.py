"""An object as kubectl itself makes it, before any server has filled in defaults.

What `--dry-run -o yaml` prints of a generator: Go writes structs out with nothing in them, and until v1.33
a creation time that is not set. Measured with kubectl v1.37; of v1.7 and v1.8 as reports quote it.
"""

from typing import Any, Final

_STATUS: Final[dict[str, dict[str, Any]]] = {
    "CronJob": {},
    "DaemonSet": {},
    "Deployment": {},
    "HorizontalPodAutoscaler": {"currentMetrics": None, "desiredReplicas": 0},
    "Ingress": {"loadBalancer": {}},
    "Job": {},
    "Namespace": {},
    "Pod": {},
    "PodDisruptionBudget": {
        "currentHealthy": 0,
        "desiredHealthy": 0,
        "disruptionsAllowed": 0,
        "expectedPods": 0,
    },
    "ReplicationController": {"replicas": 0},
    "ResourceQuota": {},
    "Service": {"loadBalancer": {}},
}
_AUTOSCALER: Final = "HorizontalPodAutoscaler"
_AUTOSCALED_ONCE: Final = {"currentReplicas": 0, "desiredReplicas": 0}
"""The status of autoscaling/v1."""


def client_form(plain: dict[str, Any], *, dated: bool) -> dict[str, Any]:
    """The object with the structs that kubectl writes out empty; dated: and the time that is not set."""
    kind = str(plain.get("kind"))
    found = {**plain, "metadata": _metadata(plain.get("metadata"), dated=dated)}
    spec = found.get("spec")
    if isinstance(spec, dict):
        found["spec"] = _pod(spec) if kind == "Pod" else _spec(spec, dated=dated)
    if kind == "Deployment":
        found["spec"].setdefault("strategy", {})
    if kind == "Namespace":
        found.setdefault("spec", {})
    if kind in _STATUS:
        found.setdefault("status", _AUTOSCALED_ONCE if dated and kind == _AUTOSCALER else _STATUS[kind])
    return found


def _metadata(metadata: Any, *, dated: bool) -> dict[str, Any]:
    given = metadata if isinstance(metadata, dict) else {}
    return {"creationTimestamp": None, **given} if dated else given


def _spec(spec: dict[str, Any], *, dated: bool) -> dict[str, Any]:
    found = dict(spec)
    if isinstance(template := found.get("template"), dict):
        inner = template.get("spec")
        found["template"] = {
            **template,
            "metadata": _metadata(template.get("metadata"), dated=dated),
            **({"spec": _pod(inner)} if isinstance(inner, dict) else {}),
        }
    if isinstance(job := found.get("jobTemplate"), dict):
        inner = job.get("spec")
        found["jobTemplate"] = {
            **job,
            "metadata": _metadata(job.get("metadata"), dated=dated),
            **({"spec": _spec(inner, dated=dated)} if isinstance(inner, dict) else {}),
        }
    return found


def _pod(spec: dict[str, Any]) -> dict[str, Any]:
    found = {**spec, "containers": _containers(spec.get("containers"))}
    return {**found, "initContainers": _containers(first)} if (first := spec.get("initContainers")) else found


def _containers(given: Any) -> list[Any]:
    return [{"resources": {}, **one} if isinstance(one, dict) else one for one in given or ()]


def in_order(value: Any) -> Any:
    """As kubectl writes it into a request: keys in their order."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value, key=str)}
    return [in_order(item) for item in value] if isinstance(value, list) else value
