"""What the API server of today warns of in pods and their templates. Source: v1.36 pkg/api/pod/warnings.go,
pkg/api/node/util.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clustersim.api.quantity import millicores

DEPRECATED_LABELS: Final = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": (
        'deprecated since v1.17; use "topology.kubernetes.io/region" instead'
    ),
    "failure-domain.beta.kubernetes.io/zone": (
        'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'
    ),
    "beta.kubernetes.io/instance-type": (
        'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'
    ),
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": (
        "deprecated since v1.22; use Taints and Tolerations instead"
    ),
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
_ANNOTATIONS: Final = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": (
        'non-functional in v1.11+; use the "sysctls" field instead'
    ),
}
VOLUMES: Final = {
    "photon_persistent_disk": ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    "git_repo": ("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
    "scale_io": ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    "flocker": ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    "storageos": ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
    "quobyte": ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    "glusterfs": ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    "cephfs": ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    "rbd": ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
}
"""Fields of volumes, as they are written, and what is said of them."""
_NO_POD: Final = "a null labelSelector results in matching no pod"


def of_pod(found: Any, path: str = "") -> Iterator[str]:
    """Of a Pod, or of a template at that path ("spec.template.")."""
    spec, metadata = found.spec, found.metadata
    yield from _placed(spec, path)
    for key, told in _ANNOTATIONS.items():
        if key in metadata.annotations:
            yield f"{path}metadata.annotations[{key}]: {told}"
    for index, volume in enumerate(spec.volumes):
        for field, (written, told) in VOLUMES.items():
            if getattr(volume, field, None) is not None:
                yield f"{path}spec.volumes[{index}].{written}: {told}"
    yield from _twice(spec, path)
    for name in ("memory", "ephemeral-storage"):
        yield from fractional(spec.overhead, name, f"{path}spec.overhead")
    yield from _unsecured(spec.security_context, "pod", metadata, path)
    for where, container in _containers(spec, path):
        yield from _unsecured(container.security_context, f"container.{container.name}", metadata, path)
        for kind in ("limits", "requests"):
            yield from fractional(getattr(container.resources, kind), "memory", f"{where}.resources.{kind}")
        yield from _hidden(container, where)
    yield from _ports(spec, path)
    grace = spec.termination_grace_period_seconds
    if grace is not None and grace < 0:
        told = "must be >= 0; negative values are invalid and will be treated as 1"
        yield f"{path}spec.terminationGracePeriodSeconds: {told}"
    yield from _affinities(spec, path)


def _unsecured(context: Any, whose: str, metadata: Any, path: str) -> Iterator[str]:
    """Of an annotation for seccomp where the field is not there."""
    prefix = "container.seccomp.security.alpha.kubernetes.io/"
    name = whose.removeprefix("container.")
    key = "seccomp.security.alpha.kubernetes.io/pod" if whose == "pod" else f"{prefix}{name}"
    if key in metadata.annotations and getattr(context, "seccomp_profile", None) is None:
        told = 'non-functional in v1.27+; use the "seccompProfile" field instead'
        yield f"{path}metadata.annotations[{key}]: {told}"


def fractional(amounts: Mapping[str, str], name: str, path: str) -> Iterator[str]:
    """Of an amount of bytes that is no whole number."""
    if name in amounts and millicores(amounts[name]) % 1000:
        yield f'{path}[{name}]: fractional byte value "{amounts[name]}" is invalid, must be an integer'


def of_terms(terms: Any, path: str) -> Iterator[str]:
    """Of terms that choose nodes by labels of old."""
    for index, term in enumerate(terms):
        for place, one in enumerate(term.match_expressions):
            if one.key in DEPRECATED_LABELS:
                where = f"{path}[{index}].matchExpressions[{place}].key"
                yield f"{where}: {one.key} is {DEPRECATED_LABELS[one.key]}"


def _containers(spec: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All of them, those that come first before the others, each with its path."""
    for name, some in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        yield from ((f"{path}spec.{name}[{index}]", one) for index, one in enumerate(some))


def _placed(spec: Any, path: str) -> Iterator[str]:
    for key in sorted(spec.node_selector):
        if key in DEPRECATED_LABELS:
            yield f"{path}spec.nodeSelector[{key}]: {DEPRECATED_LABELS[key]}"
    nodes = spec.affinity.node_affinity if spec.affinity is not None else None
    required = getattr(nodes, "required_during_scheduling_ignored_during_execution", None)
    if required is not None:
        where = f"{path}spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        yield from of_terms(required.node_selector_terms, f"{where}.nodeSelectorTerms")
    for index, one in enumerate(spec.topology_spread_constraints):
        where = f"{path}spec.topologySpreadConstraints[{index}]"
        if one.topology_key in DEPRECATED_LABELS:
            yield f"{where}.topologyKey: {one.topology_key} is {DEPRECATED_LABELS[one.topology_key]}"
        if one.label_selector is None:
            yield f"{where}.labelSelector: {_NO_POD}"


def _twice(spec: Any, path: str) -> Iterator[str]:
    addresses: set[str] = set()
    for index, alias in enumerate(spec.host_aliases):
        if alias.ip in addresses:
            yield f'{path}spec.hostAliases[{index}].ip: duplicate ip "{alias.ip}"'
        addresses.add(alias.ip)
    names: set[str] = set()
    for index, secret in enumerate(spec.image_pull_secrets):
        if secret.name in names:
            yield f'{path}spec.imagePullSecrets[{index}].name: duplicate name "{secret.name}"'
        names.add(secret.name)
    for index, secret in enumerate(spec.image_pull_secrets):
        if not secret.name:
            yield f'{path}spec.imagePullSecrets[{index}].name: invalid empty name ""'


def _hidden(container: Any, where: str) -> Iterator[str]:
    """Variables that hide others of their name."""
    names: set[str] = set()
    for index, one in enumerate(container.env):
        reference = f"$({one.name})"
        hides = one.value_from is not None or one.value == reference or reference not in (one.value or "")
        if one.name in names and hides:
            told = f'hides previous definition of "{one.name}", which may be dropped when using apply'
            yield f"{where}.env[{index}]: {told}"
        names.add(one.name)


def _ports(spec: Any, path: str) -> Iterator[str]:
    known: dict[tuple[int, str], list[tuple[str, Any]]] = {}
    for where, container in _containers(spec, path):
        for index, port in enumerate(container.ports):
            here = f"{where}.ports[{index}]"
            others = known.setdefault((port.container_port, port.protocol), [])
            for there, other in others:
                if told := _clash(port, other):
                    yield f"{here}: {told} port definition with {there}"
            others.append((here, port))
    named: dict[str, str] = {}
    for where, container in _containers(spec, path):
        for index, port in enumerate(container.ports):
            if port.name and (there := named.setdefault(port.name, f"{where}.ports[{index}]")) != (
                here := f"{where}.ports[{index}]"
            ):
                told = "services and probes that select ports by name will use"
                yield f'{here}: duplicate port name "{port.name}" with {there}, {told} {there}'


def _clash(port: Any, other: Any) -> str:
    if (port.host_ip, port.host_port) == (other.host_ip, other.host_port):
        return "duplicate"
    if not port.host_port or not other.host_port:
        return "overlapping"
    apart = bool(port.host_ip) != bool(other.host_ip)
    return "dangerously ambiguous" if port.host_port == other.host_port and apart else ""


def _affinities(spec: Any, path: str) -> Iterator[str]:
    """Terms that choose no pod."""
    for name in ("podAffinity", "podAntiAffinity"):
        found = getattr(spec.affinity, {"podAffinity": "pod_affinity"}.get(name, "pod_anti_affinity"), None)
        where = f"{path}spec.affinity.{name}"
        for index, term in enumerate(getattr(found, _REQUIRED, ())):
            if term.label_selector is None:
                required = f"requiredDuringSchedulingIgnoredDuringExecution[{index}]"
                yield f"{where}.{required}.labelSelector: {_NO_POD}"
        for index, one in enumerate(getattr(found, _PREFERRED, ())):
            if one.pod_affinity_term.label_selector is None:
                preferred = f"preferredDuringSchedulingIgnoredDuringExecution[{index}].podAffinityTerm"
                yield f"{where}.{preferred}.labelSelector: {_NO_POD}"


_REQUIRED: Final = "required_during_scheduling_ignored_during_execution"
_PREFERRED: Final = "preferred_during_scheduling_ignored_during_execution"
