"""Objects in etcd: reading, creating, changing and removing them, each change with a version of its own.

Optimistic concurrency and identity are here, whatever the kind (apiserver pkg/registry/generic/registry).
"""

from functools import lru_cache
from typing import Any

from clustersim.api.api_resource import Resource
from clustersim.api.api_resources import RESOURCES
from clustersim.api.definitions import DEFINITIONS, is_established
from clustersim.api.errors import ApiError, conflict, forbidden, not_found
from clustersim.api.meta import replace
from clustersim.api.registry import key_of, requested, resource_by
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver import strategy
from clustersim.apiserver.alpha import alpha_versions
from clustersim.apiserver.deletion import may_go
from clustersim.apiserver.given import given
from clustersim.apiserver.host import Host
from clustersim.apiserver.size import WANTING, Size
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.objects import qualified_kind
from clustersim.etcd import NO_OBJECTS, NO_SPACE


class Storage:
    """The objects of one API server."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.etcd = host.etcd
        self.size = Size(host.etcd)

    def resource_of(self, request: Request) -> Resource:
        """What a request is about. Raises ApiError (404)."""
        if (found := self.resource(request.resource)) is None:
            raise ApiError(404, "NotFound", "the server could not find the requested resource")
        return found

    def resource(self, name: str) -> Resource | None:
        """What is served by that name, built in or added by a definition of that very name."""
        if (found := RESOURCES.get(name)) is not None:
            asked = found.on_request.get(self.host.release)
            return requested(self.host.release, alpha_versions(self.host.flags)).get(name) if asked else found
        definition = self.etcd.get(DEFINITIONS, name)
        if definition is None or not is_established(definition):
            return None
        return resource_by(definition, self.host.release)

    def qualified(self, resource: str, api_version: str = "") -> str:
        """A resource as messages name it: "pods", "deployments.extensions". api_version: in which it was
        asked for, if one was told."""
        return _qualified(resource, api_version, self.host.release)

    def current(self, request: Request) -> Any:
        """The object that a request names. Raises ApiError (404)."""
        key = f"{request.namespace}/{request.name}" if request.namespace else request.name
        found = self.etcd.store.objects.get(request.resource, NO_OBJECTS).get(key)
        if found is None:
            found = given(self.etcd, request.resource, request.name, self.host.release, self.host.flags)
        if found is None:
            raise not_found(self.qualified(request.resource), request.name)
        return found

    def check_version(self, request: Request, old: Any, body: Any) -> None:
        """Refuse a write that somebody overtook, or that means another object of the same name. Version 0
        asks for no check: AllowUnconditionalUpdate.
        """
        version = body.metadata.resource_version
        if version not in ("", "0", old.metadata.resource_version):
            raise conflict(self.qualified(request.resource), request.name)
        if body.metadata.uid and body.metadata.uid != old.metadata.uid:
            if request.verb == "patch":  # It has no preconditions (apiserver pkg/registry/rest/update.go).
                errors = FieldErrors(self.host.release)
                errors.invalid("metadata.uid", body.metadata.uid, "field is immutable")
                errors.refuse(qualified_kind(old, self.host.release), old.metadata.name)
            why = (
                f"Precondition failed: UID in precondition: {body.metadata.uid}, "
                f"UID in object meta: {old.metadata.uid}"
            )
            raise conflict(self.qualified(request.resource), request.name, why)

    def stamp(self, obj: Any) -> Any:
        """The object with the version that the next change will have."""
        version = str(self.etcd.store.revision + 1)
        if obj.metadata.resource_version == version:
            return obj  # It was made a moment ago, and nothing was stored since.
        return replace(obj, metadata=replace(obj.metadata, resource_version=version))

    def identified(self, obj: Any, *, stamped: bool = True) -> Any:
        """A new object with its uid and creation time, and with what follows from the uid
        (FillObjectMetaSystemFields). stamped: and with the version that it has if it is stored next."""
        digits = self.host.random("uids").digits(2)
        uid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        metadata = replace(
            obj.metadata,
            uid=uid,
            creation_timestamp=rfc3339(self.host.now),
            resource_version=str(self.etcd.store.revision + 1) if stamped else "",
        )
        return strategy.identified(replace(obj, metadata=metadata), uid, self.host.release)

    def create(self, resource: str, obj: Any, client: str) -> Any:
        """Store a new object that has been identified."""
        self.size.check(resource, obj)
        self.size.check_parts(resource, obj)
        return self.add(resource, obj, client)

    def add(self, resource: str, obj: Any, client: str) -> Any:
        """The same of one that is known not to be too much."""
        return self.put(resource, obj, client, "create")

    def store(self, request: Request, old: Any, new: Any, client: str) -> Any:
        """Store a change; what waited for its last finalizer goes."""
        if may_go(new):
            return self.remove(request.resource, new, client)
        if new == old:
            return old
        self.size.check_parts(request.resource, new, old)
        if request.resource in WANTING:
            self.size.check(request.resource, new, old)
        return self.put(request.resource, new, client, request.verb)

    def put(self, resource: str, obj: Any, client: str, verb: str) -> Any:
        """Store an object as it is, under a new version. Raises ApiError where etcd has no room for it; what
        is removed needs none."""
        if not self.etcd.check_space():
            raise ApiError(500, "", NO_SPACE)
        stored = self.stamp(obj)
        self.host.committed(self.etcd.put(resource, key_of(stored), stored), client, verb)
        return stored

    def remove(self, resource: str, old: Any, client: str) -> Any:
        """Remove an object; watchers see it as it last was."""
        last = self.stamp(old)
        if self.etcd.get(resource, key_of(old)) is None:
            why = "is there from the beginning: the API server makes it anew at once"
            raise forbidden(self.qualified(resource), old.metadata.name, why)
        self.host.committed(self.etcd.delete(resource, key_of(old), last), client, "delete")
        return last


@lru_cache(maxsize=1024)
def _qualified(resource: str, api_version: str, release: str) -> str:
    if resource not in RESOURCES:
        return resource
    group = api_version.rpartition("/")[0] if api_version else RESOURCES[resource].group_in(release)
    return f"{resource}.{group}" if group else resource
