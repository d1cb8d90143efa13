"""Reading: one object, a list in pages, and the forms they come in: objects, metadata alone, or a Table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.autoscaling import Scale
from clustersim.api.conversion import to_struct_fields
from clustersim.api.meta import ApiObject
from clustersim.api.registry import key_of, object_key, to_builtins
from clustersim.api.selectors import (
    matches_fields,
    parse_field_selector,
    parse_label_selector,
    selects,
    unselectable,
)
from clustersim.apiserver.calls import NOT_ALLOWED, NOT_SERVED
from clustersim.apiserver.custom import as_read, scale_of
from clustersim.apiserver.field_owners import told
from clustersim.apiserver.label_words import why
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.cluster import Cluster
from clustersim.console.components import component_statuses
from visualizer.kubeapi import tables
from visualizer.kubeapi.discovery import scale_version, served_by
from visualizer.kubeapi.media import negotiated
from visualizer.kubeapi.pages import (
    TOKENS,
    Token,
    check_not_of_the_future,
    check_options,
    page_of,
    stored_now,
    version_asked,
)
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError

TABLE: Final = "table"
METADATA: Final = "metadata"
WHOLE: Final = "object"
INCLUDED: Final = ("None", "Metadata", "Object")
"""What of the objects of a Table's rows may be asked for."""

COMPONENTS: Final = "componentstatuses"
"""What is stored nowhere: the API server asks the components whenever somebody looks."""

INITIAL_EVENTS_END: Final = "k8s.io/initial-events-end"


class Shape(msgspec.Struct, frozen=True):
    """What a client wants to see of a resource, and in which form. selective: labels or fields choose.

    include: of a Table's rows the whole object ("Object"), its metadata ("Metadata"), or nothing ("None").
    """

    resource: Resource
    api_version: str
    namespace: str
    form: str
    meta_version: str
    include: str
    release: str
    now: Callable[[], int]
    select: Callable[[Any], bool]
    selective: bool = False
    bookmarks: bool = False

    def objects(self, cluster: Cluster) -> list[ApiObject]:
        """Those that fit, in order of their keys."""
        if self.resource.plural == COMPONENTS:
            return [obj for obj in component_statuses(cluster) if self.select(obj)]
        return self.chosen(stored_now(cluster, self.resource.plural))

    def chosen(self, stored: Mapping[str, ApiObject], after: str = "") -> list[ApiObject]:
        """Those of them that fit and come after a key, in order of their keys."""
        return [stored[key] for key in sorted(stored) if key > after and self.select(stored[key])]

    def encode(self, obj: ApiObject) -> dict[str, Any]:
        """One object in the form that is asked for."""
        match self.form:
            case "table":
                return tables.table(self, [obj], {"resourceVersion": obj.metadata.resource_version})
            case "metadata":
                return self.partial(obj)
            case _:
                return self.whole(obj)

    def whole(self, obj: ApiObject) -> dict[str, Any]:
        """All of it."""
        return to_builtins(as_read(obj, self.resource), self.api_version)

    def partial(self, obj: ApiObject) -> dict[str, Any]:
        """Its metadata alone."""
        metadata = msgspec.to_builtins(obj.metadata)
        return {"kind": "PartialObjectMetadata", "apiVersion": self.meta_version, "metadata": metadata}

    def bookmark(self, revision: int, *, initial: bool = False) -> bytes:
        """A line that says: everything up to this resource version was told."""
        metadata: dict[str, Any] = {"resourceVersion": str(revision)}
        if initial:
            metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
        obj: dict[str, Any] = {"kind": self.resource.kind, "apiVersion": self.api_version}
        if self.form == METADATA:
            obj = {"kind": "PartialObjectMetadata", "apiVersion": self.meta_version}
        elif self.form == TABLE:
            obj = tables.table(self, [], {})
        obj["metadata"] = metadata
        return encode_line("BOOKMARK", obj)


def encode_event(shape: Shape, kind: str, obj: ApiObject) -> bytes:
    """A line of a watch that tells of an object."""
    return encode_line(kind, shape.encode(obj))


def encode_line(kind: str, obj: Mapping[str, Any]) -> bytes:
    """A line of a watch."""
    return msgspec.json.encode({"type": kind, "object": obj}) + b"\n"


def shape_of(cluster: Cluster, target: Target, request: HttpRequest) -> Shape:
    """The shape of what is asked for. Raises WireError."""
    release = cluster.world.release
    resource = served_by(cluster).resource_of(target)
    if resource is None or (target.namespace and not resource.namespaced):
        raise WireError(404, NOT_SERVED)
    media = negotiated(request.header("accept"))
    include = request.text("includeObject") or "Metadata"
    if media.form == TABLE and include not in INCLUDED:
        raise WireError(400, f'unrecognized includeObject value: "{include[:50]}"')
    try:
        fields = parse_field_selector(request.text("fieldSelector"))
        labels = parse_label_selector(request.text("labelSelector"))
    except ValueError as error:
        raise WireError(400, why(error, release.name)) from None
    for path in fields:
        if unfit := unselectable(resource, path, target.api_version):
            raise WireError(400, unfit)
    fields = to_struct_fields(resource.kind, target.api_version, fields)
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
        form=media.form,
        meta_version=media.meta_version,
        include=include,
        release=release.name,
        now=lambda: cluster.now,
        select=select,
        selective=bool(fields) or chooses,
        bookmarks=request.flag("allowWatchBookmarks"),
    )


def look(cluster: Cluster, target: Target, request: HttpRequest) -> Response:
    """One object, or a list. Raises WireError, and ApiError while the API server does not answer."""
    shape = shape_of(cluster, target, request)
    check_reachable(cluster.world.apiserver)
    if target.name:
        check_not_of_the_future(cluster, version_asked(request))
        return one(cluster, target, shape)
    check_options(cluster, request, watch=False)
    return many(cluster, shape, request)


def stored(cluster: Cluster, target: Target, resource: Resource) -> ApiObject:
    """The object that is asked for. Raises WireError."""
    key = object_key(target.namespace, target.name)
    obj: ApiObject | None = stored_now(cluster, target.resource).get(key)
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
        case "" | "status" | "approval" | "ephemeralcontainers" | "resize":
            return Response(200, shape.encode(with_owners(cluster, shape, obj)))
        case "scale":
            scale = scale_of(obj, resource, shape.release)
            if shape.form == TABLE:
                return Response(200, tables.scale_table(shape, scale))
            return Response(200, scale_body(target, scale))
        case _:
            raise WireError(405, NOT_ALLOWED)


def with_owners(cluster: Cluster, shape: Shape, obj: ApiObject) -> ApiObject:
    """One object with whose its fields are, also where nobody has written that down; in lists and watches it
    would cost too much to work that out."""
    if shape.form != WHOLE or shape.resource.plural == COMPONENTS:
        return obj
    found: ApiObject = told(cluster.world.apiserver, obj)
    return found


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
    """A list, or a page of it: every page shows the store as it was when the first was read."""
    if shape.resource.plural == COMPONENTS:
        revision, objects = cluster.world.etcd.store.revision, shape.objects(cluster)
    else:
        page = page_of(cluster, shape.resource.plural, request)
        revision, objects = page.version, shape.chosen(page.stored, page.after)
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    limit = request.number("limit")
    if limit and limit > 0 and len(objects) > limit:
        if not shape.selective:  # A real server does not read on to count what fits.
            metadata["remainingItemCount"] = len(objects) - limit
        objects = objects[:limit]
        metadata["continue"] = Token(TOKENS, revision, key_of(objects[-1])).text()
    return Response(200, _list(shape, objects, metadata))


def _list(shape: Shape, objects: Sequence[ApiObject], metadata: dict[str, Any]) -> dict[str, Any]:
    """The objects in the form that is asked for."""
    if shape.form == TABLE:
        return tables.table(shape, objects, metadata)
    if shape.form == METADATA:
        head = {"kind": "PartialObjectMetadataList", "apiVersion": shape.meta_version, "metadata": metadata}
        return {**head, "items": [shape.partial(obj) for obj in objects]}
    head = {"kind": f"{shape.resource.kind}List", "apiVersion": shape.api_version, "metadata": metadata}
    return {**head, "items": [_item(shape, obj) for obj in objects]}


def _item(shape: Shape, obj: ApiObject) -> dict[str, Any]:
    """Items of a list do not repeat what the list says."""
    plain = shape.whole(obj)
    del plain["kind"], plain["apiVersion"]
    return plain
