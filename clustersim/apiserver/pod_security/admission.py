"""PodSecurity: pods that a namespace's labels do not allow are refused, and what makes such pods is warned of
(v1.36 pod-security-admission admission/admission.go)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from clustersim.api.core_v1 import Namespace, Pod
from clustersim.api.errors import forbidden, invalid
from clustersim.apiserver.pod_security.standards import Standard, policy_of, told, violations
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

NAME: Final = "PodSecurity"


def pod_security(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """What is new keeps to the standard. Raises ApiError (403, 422)."""
    if isinstance(obj, Namespace):
        _labelled(obj)
    if isinstance(obj, Pod):
        _allowed(etcd, obj)
    return obj


def changed(etcd: Etcd, old: Any, new: Any) -> None:
    """The same of a change. Raises ApiError (403, 422)."""
    if (
        isinstance(new, Namespace)
        and policy_of(old.metadata.labels).errors != policy_of(new.metadata.labels).errors
    ):
        _labelled(new)
    if isinstance(new, Pod) and _is_significant(old, new):
        _allowed(etcd, new)


def _labelled(namespace: Namespace) -> None:
    errors = policy_of(namespace.metadata.labels).errors
    if not errors:
        return
    reasons = [f"{cause.field}: {cause.message}" for cause in errors]
    why = reasons[0] if len(reasons) == 1 else f"[{', '.join(reasons)}]"
    raise invalid("Namespace", namespace.metadata.name, why, errors)


def _allowed(etcd: Etcd, pod: Pod) -> None:
    standard = policy_of(_labels(etcd, pod)).enforce
    found = violations(standard, pod)
    if found:
        raise forbidden("pods", pod.metadata.name, f'violates PodSecurity "{standard}": {told(found)}')


def _labels(etcd: Etcd, obj: Any) -> dict[str, str]:
    namespace = etcd.get("namespaces", obj.metadata.namespace)
    return {} if namespace is None else namespace.metadata.labels


def _is_significant(old: Pod, new: Pod) -> bool:
    """Another image, or another container."""

    def images(pod: Pod) -> tuple[Any, ...]:
        spec = pod.spec
        return tuple(one.image for one in spec.init_containers), tuple(one.image for one in spec.containers)

    debugging = {one.name: one.image for one in old.spec.ephemeral_containers}
    return images(old) != images(new) or any(
        debugging.get(one.name) != one.image for one in new.spec.ephemeral_containers
    )


_MAKING: Final = frozenset({
    "cronjobs", "daemonsets", "deployments", "jobs", "podtemplates", "replicasets", "replicationcontrollers",
    "statefulsets",
})  # fmt: skip


def warnings_of_security(
    etcd: Etcd, flags: ApiServerFlags, resource: str, obj: Any, old: Any
) -> Iterator[str]:
    """What is told of what is allowed all the same."""
    if NAME not in flags.admission_control:
        return
    if resource == "namespaces" and old is not None:
        yield from _of_standards(etcd, obj, old)
        return
    pods: Any = obj
    if resource in _MAKING:
        pods = obj.spec.job_template.spec.template if resource == "cronjobs" else _template(resource, obj)
    elif resource != "pods" or (old is not None and not _is_significant(old, obj)):
        return
    standard = policy_of(_labels(etcd, obj)).warn
    found = violations(standard, pods)
    if found:
        yield f'would violate PodSecurity "{standard}": {told(found)}'


def _template(resource: str, obj: Any) -> Any:
    return obj.template if resource == "podtemplates" else obj.spec.template


def _of_standards(etcd: Etcd, new: Namespace, old: Namespace) -> Iterator[str]:
    """Pods that are there already and would not be allowed."""
    wanted, was = policy_of(new.metadata.labels).enforce, policy_of(old.metadata.labels).enforce
    relaxed = wanted.version == was.version and wanted.strictness <= was.strictness
    if wanted == was or wanted.level == "privileged" or relaxed:
        return
    name = new.metadata.name
    pods = [pod for pod in etcd.range("pods").values() if pod.metadata.namespace == name]
    found = sorted(_of_pods(pods, wanted))
    if found:
        yield f'existing pods in namespace "{name}" violate the new PodSecurity enforce level "{wanted}"'
        yield from found


def _of_pods(pods: Iterable[Pod], standard: Standard) -> Iterator[str]:
    names: dict[str, list[str]] = defaultdict(list)
    for pod in pods:
        if found := violations(standard, pod):
            names[", ".join(one.reason for one in found)].append(pod.metadata.name)
    for why, of in names.items():
        more = len(of) - 1
        rest = f" (and {more} other pod{'' if more == 1 else 's'})" if more else ""
        yield f"{min(of)}{rest}: {why}"
