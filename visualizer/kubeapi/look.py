"""Reading: one object, a list in pages, and the forms they come in: objects, metadata alone, or a Table."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.autoscaling import Scale
from clustersim.api.definitions import CustomObject
from clustersim.api.meta import ApiObject
from clustersim.api.registry import object_key, to_builtins
from clustersim.api.selectors import (
    matches_fields,
    parse_field_selector,
    parse_label_selector,
    selectable,
    selects,
)
from clustersim.apiserver.calls import NOT_ALLOWED, NOT_SERVED
from clustersim.apiserver.custom import scale_of as scale_of_custom
from clustersim.apiserver.label_words import why
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.apiserver.scale import scale_of
from clustersim.cluster import Cluster
from clustersim.console.components import component_statuses
from visualizer.kubeapi import tables
from visualizer.kubeapi.discovery import scale_version, served_by
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError

OBJECT: Final = "object"
TABLE: Final = "table"
METADATA: Final = "metadata"

COMPONENTS: Final = "componentstatuses"
"""What is stored nowhere: the API server asks the components whenever somebody looks."""

INITIAL_EVENTS_END: Final = "k8s.io/initial-events-end"


class Shape(msgspec.Struct, frozen=True):
    """What a client wants to see of a resource, and in which form.

    include: of a Table's rows the whole object ("Object"), its metadata ("Metadata"), or nothing ("None").
    """

    resource: Resource
    api_version: str
    namespace: str
    form: str
    include: str
    release: str
    now: Callable[[], int]
    select: Callable[[Any], bool]
    bookmarks: bool = False

    def objects(self, cluster: Cluster) -> list[ApiObject]:
        """Those that fit, in order of their keys."""
        if self.resource.plural == COMPONENTS:
            return [obj for obj in component_statuses(cluster) if self.select(obj)]
        stored = cluster.objects(self.resource.plural)
        return [stored[key] for key in sorted(stored) if self.select(stored[key])]

    def encode(self, obj: ApiObject) -> dict[str, Any]:
        """One object in the form that is asked for."""
        match self.form:
            case "table":
                return tables.table(self, [obj], {"resourceVersion": obj.metadata.resource_version})
            case "metadata":
                return partial(obj)
            case _:
                return to_builtins(obj, self.api_version)

    def bookmark(self, revision: int, *, initial: bool = False) -> bytes:
        """A line that says: everything up to this resource version was told."""
        metadata: dict[str, Any] = {"resourceVersion": str(revision)}
        if initial:
            metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
        obj = {"kind": self.resource.kind, "apiVersion": self.api_version, "metadata": metadata}
        return msgspec.json.encode({"type": "BOOKMARK", "object": obj}) + b"\n"


def encode_event(shape: Shape, kind: str, obj: ApiObject) -> bytes:
    """A line of a watch."""
    return msgspec.json.encode({"type": kind, "object": shape.encode(obj)}) + b"\n"


def partial(obj: ApiObject) -> dict[str, Any]:
    """An object's metadata alone."""
    metadata = msgspec.to_builtins(obj.metadata)
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}


def shape_of(cluster: Cluster, target: Target, request: HttpRequest) -> Shape:
    """The shape of what is asked for. Raises WireError."""
    release = cluster.world.release
    resource = served_by(cluster).resource_of(target)
    if resource is None or (target.namespace and not resource.namespaced):
        raise WireError(404, NOT_SERVED)
    form = OBJECT
    if request.accepts("as=Table"):
        form = TABLE
    elif request.accepts("as=PartialObjectMetadata") or request.accepts("as=PartialObjectMetadataList"):
        form = METADATA
    try:
        fields = parse_field_selector(request.text("fieldSelector"))
        labels = parse_label_selector(request.text("labelSelector"))
    except ValueError as error:
        raise WireError(400, why(error, release.name)) from None
    for path in fields:
        if not selectable(resource.kind, path, resource.selectable):
            raise WireError(400, f"field label not supported: {path}")
    if target.verb == "watch" and target.name:
        fields["metadata.name"] = target.name
    namespace = target.namespace
    chooses = bool(labels.match_labels or labels.match_expressions)

    def select(obj: Any) -> bool:
        return (
            (not namespace or obj.metadata.namespace == namespace)
            and (not fields or matches_fields(fields, obj))
            and (not chooses or selects(labels, obj.metadata.labels))
        )

    return Shape(
        resource=resource,
        api_version=target.api_version,
        namespace=namespace,
        form=form,
        include=request.text("includeObject") or "Metadata",
        release=release.name,
        now=lambda: cluster.now,
        select=select,
        bookmarks=request.flag("allowWatchBookmarks"),
    )


def look(cluster: Cluster, target: Target, request: HttpRequest) -> Response:
    """One object, or a list. Raises WireError, and ApiError while the API server does not answer."""
    shape = shape_of(cluster, target, request)
    check_reachable(cluster.world.apiserver)
    if target.name:
        return one(cluster, target, shape)
    return many(cluster, shape, request)


def stored(cluster: Cluster, target: Target, resource: Resource) -> ApiObject:
    """The object that is asked for. Raises WireError."""
    obj: ApiObject | None = cluster.object(target.resource, object_key(target.namespace, target.name))
    if resource.plural == COMPONENTS:
        found = component_statuses(cluster)
        obj = next((one for one in found if one.metadata.name == target.name), None)
    if obj is None:
        raise missing(resource, target)
    return obj


def one(cluster: Cluster, target: Target, shape: Shape) -> Response:
    """One object, its status, or its scale."""
    resource = shape.resource
    if target.subresource and target.subresource not in resource.subresources_in(shape.release):
        raise WireError(404, NOT_SERVED)
    obj = stored(cluster, target, resource)
    match target.subresource:
        case "" | "status" | "ephemeralcontainers" | "resize":
            return Response(200, shape.encode(obj))
        case "scale":
            if isinstance(obj, CustomObject):
                return Response(200, scale_body(target, scale_of_custom(obj, resource)))
            return Response(200, scale_body(target, scale_of(obj, shape.release)))
        case _:
            raise WireError(405, NOT_ALLOWED)


def scale_body(target: Target, scale: Scale) -> dict[str, Any]:
    """A Scale, in the version that it is spoken in there."""
    version = scale_version(target.api_version)
    return {"kind": "Scale", "apiVersion": version, **msgspec.to_builtins(scale)}


def missing(resource: Resource, target: Target) -> WireError:
    """404, as clients print it: `pods "x" not found`."""
    name = f"{resource.word}.{target.group}" if target.group else resource.word
    details = {"name": target.name, "group": target.group, "kind": resource.word}
    return WireError(404, f'{name} "{target.name}" not found', details=details)


def many(cluster: Cluster, shape: Shape, request: HttpRequest) -> Response:
    """A list, or a page of it. A page goes on after a key, in the world as it is then."""
    revision = cluster.world.etcd.store.revision
    objects: Sequence[ApiObject] = shape.objects(cluster)
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    limit = request.number("limit")
    if token := request.text("continue"):
        last = _continued(token)
        objects = [obj for obj in objects if _key(obj) > last]
    if limit and limit > 0 and len(objects) > limit:
        metadata["remainingItemCount"] = len(objects) - limit
        objects = objects[:limit]
        metadata["continue"] = _token(_key(objects[-1]))
    if shape.form == TABLE:
        return Response(200, tables.table(shape, objects, metadata))
    if shape.form == METADATA:
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return Response(200, {**head, "items": [partial(obj) for obj in objects]})
    head = {"kind": f"{shape.resource.kind}List", "apiVersion": shape.api_version, "metadata": metadata}
    return Response(200, {**head, "items": [_item(shape, obj) for obj in objects]})


def _item(shape: Shape, obj: ApiObject) -> dict[str, Any]:
    """Items of a list do not repeat what the list says."""
    plain = to_builtins(obj, shape.api_version)
    del plain["kind"], plain["apiVersion"]
    return plain


def _key(obj: ApiObject) -> str:
    return f"{obj.metadata.namespace}/{obj.metadata.name}"


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _continued(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (ValueError, UnicodeDecodeError):
        raise WireError(400, "continue key is not valid") from None
