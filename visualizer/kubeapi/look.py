"""Reading: one object, a list in pages, and the forms they come in: objects, metadata alone, or a Table."""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.api.meta import ApiObject
from clustersim.api.registry import Resource, object_key, to_builtins
from clustersim.api.selectors import matches_fields, matches_labels
from clustersim.cluster import Cluster
from visualizer.kubeapi import tables
from visualizer.kubeapi.discovery import resource_at
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError

OBJECT: Final = "object"
TABLE: Final = "table"
METADATA: Final = "metadata"

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
        stored = cluster.objects(self.resource.plural)
        return [stored[key] for key in sorted(stored) if self.select(stored[key])]

    def encode(self, obj: ApiObject) -> dict[str, Any]:
        """One object in the form that is asked for."""
        match self.form:
            case "table":
                return tables.table(self, [obj])
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
    resource = resource_at(release, target.api_version, target.resource)
    if resource is None or (target.namespace and not resource.namespaced):
        raise WireError(404, "the server could not find the requested resource")
    form = OBJECT
    if request.accepts("as=Table"):
        form = TABLE
    elif request.accepts("as=PartialObjectMetadata") or request.accepts("as=PartialObjectMetadataList"):
        form = METADATA
    fields = terms(request.text("fieldSelector"))
    labels = terms(request.text("labelSelector"))
    if target.verb == "watch" and target.name:
        fields["metadata.name"] = target.name
    namespace = target.namespace

    def select(obj: Any) -> bool:
        try:
            return (
                (not namespace or obj.metadata.namespace == namespace)
                and (not fields or matches_fields(fields, obj))
                and (not labels or matches_labels(labels, obj.metadata.labels))
            )
        except ValueError as error:
            raise WireError(400, str(error)) from None

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


def terms(text: str) -> dict[str, str]:
    """A selector of equalities; a value that begins with "!" must differ."""
    found: dict[str, str] = {}
    for term in filter(None, text.split(",")):
        for sign, mark in (("!=", "!"), ("==", ""), ("=", "")):
            if sign in term:
                name, _sign, value = term.partition(sign)
                found[name.strip()] = mark + value.strip()
                break
        else:
            raise WireError(400, f"unable to parse requirement: invalid selector: '{term[:100]}'")
    return found


def look(cluster: Cluster, target: Target, request: HttpRequest) -> Response:
    """One object, or a list. Raises WireError."""
    shape = shape_of(cluster, target, request)
    if target.name:
        return one(cluster, target, shape)
    return many(cluster, shape, request)


def one(cluster: Cluster, target: Target, shape: Shape) -> Response:
    """One object, or a part of it."""
    obj = cluster.object(target.resource, object_key(target.namespace, target.name))
    if obj is None:
        raise missing(shape.resource, target)
    return Response(200, shape.encode(obj))


def missing(resource: Resource, target: Target) -> WireError:
    """404, as clients print it: `pods "x" not found`."""
    name = f"{resource.plural}.{target.group}" if target.group else resource.plural
    details = {"name": target.name, "group": target.group, "kind": resource.plural}
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
