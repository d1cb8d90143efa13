"""Fields by their paths: where kustomize writes labels, annotations, namespaces, replicas and images.

Source: kustomize api/internal/konfig/builtinpluginconsts, api/filters/fieldspec.
"""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from clustersim.kustomize.objects import Kind, Plain

ABSENT: Final = object()
"""Stands for what is not there."""

Change = Callable[[Any], Any]


class FieldSpec(NamedTuple):
    """A path, the kinds that have it, and whether it is made where it is not there."""

    path: str
    kind: Kind = Kind("", "", "")
    create: bool = False


def spec(path: str, kind: str = "", *, group: str = "", version: str = "", create: bool = False) -> FieldSpec:
    """One of them."""
    return FieldSpec(path, Kind(group, version, kind), create)


def parts_of(path: str) -> list[str]:
    """The names of a path; a slash inside a name has a backslash before it."""
    return [part.replace("\\/", "/") for part in re.split(r"(?<!\\)/", path)]


def change_at(plain: Any, path: str, change: Change, *, create: bool = False) -> None:
    """Put something else at every place a path leads to; items of lists are all gone through."""
    _change(plain, parts_of(path), change, create)


def _change(node: Any, parts: list[str], change: Change, create: bool) -> None:
    if isinstance(node, list):
        for item in node:
            _change(item, parts, change, create)
        return
    if not isinstance(node, dict):
        return
    name, rest = parts[0].removesuffix("[]"), parts[1:]
    there = node.get(name)
    if there is None and (not create or name != parts[0]):
        return
    if not rest:
        new = change(ABSENT if there is None else there)
        if new is not ABSENT:
            node[name] = new
        return
    if there is None:
        there = node[name] = {}
    _change(there, rest, change, create)


def change_fields(plain: Plain, kind: Kind, specs: tuple[FieldSpec, ...], change: Change) -> None:
    """At all paths that objects of this kind have."""
    for one in specs:
        if kind.fits(one.kind):
            change_at(plain, one.path, change, create=one.create)


# --- tables ------------------------------------------------------------------------------------------

_SETS: Final = ("Deployment", "ReplicaSet", "DaemonSet")
METADATA_LABELS: Final = spec("metadata/labels", create=True)
TEMPLATE_LABELS: Final = (
    METADATA_LABELS,
    spec("spec/template/metadata/labels", "ReplicationController", version="v1", create=True),
    *(spec("spec/template/metadata/labels", kind, create=True) for kind in _SETS),
    spec("spec/template/metadata/labels", "StatefulSet", group="apps", create=True),
    spec("spec/template/metadata/labels", "Job", group="batch", create=True),
    spec("spec/jobTemplate/metadata/labels", "CronJob", group="batch", create=True),
    spec("spec/jobTemplate/spec/template/metadata/labels", "CronJob", group="batch", create=True),
)
CLAIM_LABELS: Final = (
    spec("spec/volumeClaimTemplates[]/metadata/labels", "StatefulSet", group="apps", create=True),
)
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm"
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_SELECTORS: Final = (
    *(
        f"affinity/{affinity}/{when}/labelSelector/matchLabels"
        for affinity in ("podAffinity", "podAntiAffinity")
        for when in (_PREFERRED, _REQUIRED)
    ),
    "topologySpreadConstraints/labelSelector/matchLabels",
)
"""Selectors of pods inside a template."""
COMMON_LABELS: Final = (
    spec("spec/selector", "Service", version="v1", create=True),
    spec("spec/selector", "ReplicationController", version="v1", create=True),
    *(spec("spec/selector/matchLabels", kind, create=True) for kind in _SETS),
    spec("spec/selector/matchLabels", "StatefulSet", group="apps", create=True),
    *(
        spec(f"spec/template/spec/{path}", kind, group="apps")
        for kind in ("Deployment", "StatefulSet")
        for path in _SELECTORS
    ),
    spec("spec/selector/matchLabels", "Job", group="batch"),
    spec("spec/jobTemplate/spec/selector/matchLabels", "CronJob", group="batch"),
    spec("spec/selector/matchLabels", "PodDisruptionBudget", group="policy"),
    *(
        spec(f"spec/{path}/matchLabels", "NetworkPolicy", group="networking.k8s.io")
        for path in ("podSelector", "ingress/from/podSelector", "egress/to/podSelector")
    ),
    *TEMPLATE_LABELS,
    *CLAIM_LABELS,
)
COMMON_ANNOTATIONS: Final = (
    spec("metadata/annotations", create=True),
    spec("spec/template/metadata/annotations", "ReplicationController", version="v1", create=True),
    *(spec("spec/template/metadata/annotations", kind, create=True) for kind in (*_SETS, "StatefulSet")),
    spec("spec/template/metadata/annotations", "Job", group="batch", create=True),
    spec("spec/jobTemplate/metadata/annotations", "CronJob", group="batch", create=True),
    spec("spec/jobTemplate/spec/template/metadata/annotations", "CronJob", group="batch", create=True),
)
NAMESPACES: Final = (
    spec("metadata/name", "Namespace", version="v1", create=True),
    spec("spec/service/namespace", "APIService", group="apiregistration.k8s.io", create=True),
    spec(
        "spec/conversion/webhook/clientConfig/service/namespace",
        "CustomResourceDefinition",
        group="apiextensions.k8s.io",
    ),
)
REPLICAS: Final = tuple(
    spec("spec/replicas", kind, create=True)
    for kind in ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
)
