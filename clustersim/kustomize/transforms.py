"""What a kustomization does to all of its objects: namespace, prefix, labels, replicas, images.

Source: kustomize api/internal/builtins, api/filters.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.fieldspecs import (
    CLAIM_LABELS,
    COMMON_ANNOTATIONS,
    COMMON_LABELS,
    METADATA_LABELS,
    NAMESPACES,
    REPLICAS,
    TEMPLATE_LABELS,
    FieldSpec,
    change_at,
    change_fields,
)
from clustersim.kustomize.kustomization import Image, Label, Replica
from clustersim.kustomize.objects import Kind, Object, Objects, is_namespaced, kind_of
from clustersim.kustomize.patterns import LONGEST_NAME, pattern_of

_KEEP_NAME: Final = (
    Kind("", "", "CustomResourceDefinition"),
    Kind("apiregistration.k8s.io", "", "APIService"),
    Kind("", "", "Namespace"),
)
"""Kinds whose names get no prefix and no suffix."""


def set_namespace(objects: Objects, namespace: str) -> None:
    """All objects come into one namespace. Raises KustomizeError where two become the same."""
    for one in objects:
        one.remember()
        kind = kind_of(one.plain)
        if is_namespaced(kind.kind):
            one.metadata["namespace"] = namespace
        if kind.kind in ("RoleBinding", "ClusterRoleBinding"):
            for subject in one.plain.get("subjects") or ():
                if isinstance(subject, dict) and subject.get("name") == "default":
                    subject["namespace"] = namespace
        change_fields(one.plain, kind, NAMESPACES, lambda _old: namespace)
        same = [other for other in objects if other.id.same(one.id)]
        if len(same) != 1:
            told = " ".join(str(other.id) for other in same)
            raise KustomizeError(f"namespace transformation produces ID conflict: [{told}]")


def add_affixes(objects: Objects, prefix: str, suffix: str) -> None:
    """Names get a beginning and an end."""
    for one in objects:
        if any(one.first_id.kind.fits(kind) for kind in _KEEP_NAME):
            continue
        if prefix:
            one.prefixes.append(prefix)
            one.remember()
            one.metadata["name"] = prefix + one.name
        if suffix:
            one.suffixes.append(suffix)
            one.remember()
            one.metadata["name"] = one.name + suffix


def label(objects: Objects, one: Label) -> None:
    """Labels at their places."""
    specs = tuple(_spec_of(field) for field in one.fields)
    if one.include_selectors:
        specs += COMMON_LABELS
    else:
        specs += (*TEMPLATE_LABELS, *CLAIM_LABELS) if one.include_templates else ()
        specs += (METADATA_LABELS,)
    _set_texts(objects, one.pairs, specs)


def _spec_of(field: Mapping[str, Any]) -> FieldSpec:
    kind = Kind(*(str(field.get(part) or "") for part in ("group", "version", "kind")))
    return FieldSpec(str(field.get("path") or ""), kind, bool(field.get("create")))


def label_all(objects: Objects, labels: Mapping[str, str]) -> None:
    """commonLabels: in selectors, too."""
    _set_texts(objects, labels, COMMON_LABELS)


def annotate_all(objects: Objects, annotations: Mapping[str, str]) -> None:
    """commonAnnotations."""
    _set_texts(objects, annotations, COMMON_ANNOTATIONS)


def _set_texts(objects: Objects, texts: Mapping[str, str], specs: tuple[FieldSpec, ...]) -> None:
    def change(old: Any) -> Any:
        return {**(old if isinstance(old, dict) else {}), **texts} if texts else old

    for one in objects:
        change_fields(one.plain, kind_of(one.plain), specs, change)


def set_replicas(objects: Objects, replica: Replica) -> None:
    """Raises KustomizeError where there is no such workload."""
    found = False
    for one in REPLICAS:
        for workload in objects:
            if any(known.name == replica.name and known.kind.fits(one.kind) for known in workload.ids()):
                found = True
                change_at(workload.plain, one.path, lambda _old: replica.count, create=True)
    if not found:
        kinds = " ".join(str(one.kind) for one in REPLICAS)
        raise KustomizeError(
            f"resource with name {replica.name} does not match a config with the following GVK [{kinds}]"
        )


# --- images ------------------------------------------------------------------------------------------

_VOLUMES: Final = ("spec/volumes[]/image/reference", "spec/template/spec/volumes[]/image/reference")
_TAG: Final = r"(:[a-zA-Z0-9_.{}-]*)?(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?"


def set_image(objects: Objects, image: Image) -> None:
    """All containers with an image get another one."""
    pattern = pattern_of(image.name, _TAG)

    def change(old: Any) -> Any:
        return _renamed(old, image) if isinstance(old, str) and pattern.match(old[:LONGEST_NAME]) else old

    for one in objects:
        if kind_of(one.plain).kind != "CustomResourceDefinition":
            for container in _containers(one.plain):
                if isinstance(container.get("image"), str):
                    container["image"] = change(container["image"])
        for path in _VOLUMES:
            change_at(one.plain, path, change)


def _containers(node: Any) -> Iterable[dict[str, Any]]:
    """All there are, wherever they stand."""
    if isinstance(node, list):
        for item in node:
            yield from _containers(item)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _containers(value)
            if name in ("containers", "initContainers") and isinstance(value, list):
                yield from (item for item in value if isinstance(item, dict))


def _renamed(old: str, image: Image) -> str:
    name, tag, digest = _split(old)
    name = image.new_name or name
    if image.new_tag:
        tag, digest = image.new_tag, image.digest
    elif image.digest:
        tag, digest = "", image.digest
    elif image.tag_suffix:
        tag, digest = tag + image.tag_suffix, ""
    return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _split(text: str) -> tuple[str, str, str]:
    """Name, tag, digest."""
    rest, _at, digest = text.partition("@")
    head, slash, tail = rest.rpartition("/")
    tail, _colon, tag = tail.partition(":")
    return head + slash + tail, tag, digest


def add_managed_by(objects: Objects, version: str) -> None:
    """buildMetadata: managedByLabel."""
    _set_texts(objects, {"app.kubernetes.io/managed-by": f"kustomize-{version}"}, (METADATA_LABELS,))


def add_origin(one: Object) -> None:
    """buildMetadata: originAnnotations."""
    if one.origin:
        found = one.metadata.get("annotations") or {}
        one.metadata["annotations"] = {**found, "config.kubernetes.io/origin": one.origin}
