"""What an object is called, and what of its metadata only the server sets."""

from operator import attrgetter
from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError, bad_request
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.apiserver.host import Host
from clustersim.digits import is_whole

_SERVERS_OWN: Final = attrgetter(
    "uid",
    "resource_version",
    "creation_timestamp",
    "deletion_timestamp",
    "deletion_grace_period_seconds",
    "self_link",
    "generation",
)
_UNSET: Final = ("", "", "", "", None, "", 0)
"""What of the metadata only the server sets, and how that is in a request."""

LONGEST_STEM: Final = 58
"""Characters of generateName that a generated name begins with (apiserver pkg/storage/names)."""


def named(request: Request, host: Host) -> Any:
    """The object of a create with a name and a namespace, and without what only the server sets."""
    obj = request.body
    metadata = obj.metadata
    name, namespace = metadata.name, metadata.namespace
    if metadata.resource_version and is_whole(metadata.resource_version) and int(metadata.resource_version):
        # What is no number is not looked at (apiserver pkg/storage/etcd3/store.go, Create).
        why = "resourceVersion should not be set on objects to be created"
        raise ApiError(500, "", why)
    if name and namespace == request.namespace and namespace and _SERVERS_OWN(metadata) == _UNSET:
        return obj  # As components send what they create.
    if not name and metadata.generate_name:
        name = metadata.generate_name[:LONGEST_STEM] + host.random("names").text(host.alphabet, 5)
    if resource_of(obj).namespaced:
        namespace = namespace or request.namespace or "default"
        if request.namespace and namespace != request.namespace:
            raise bad_request(
                "the namespace of the provided object does not match the namespace sent on the request"
            )
    changed = replace(
        metadata,
        name=name,
        namespace=namespace,
        uid="",
        resource_version="",
        creation_timestamp="",
        deletion_timestamp="",
        deletion_grace_period_seconds=None,
        self_link="",
        generation=0,
    )
    return obj if changed == metadata else replace(obj, metadata=changed)


def told_by_stem(error: ApiError, sent: Any, obj: Any) -> None:
    """The first plugins of admission refuse an object before its name is made up, and so tell what the name
    begins with (apiserver pkg/admission/errors.go extractResourceName)."""
    details = error.details
    if sent.metadata.name or details is None or details.name != obj.metadata.name:
        return
    stem = sent.metadata.generate_name or "Unknown"
    error.message = error.message.replace(f'"{details.name}" is forbidden', f'"{stem}" is forbidden', 1)
    error.details = msgspec.structs.replace(details, name=stem)


def check_same(old: Any, new: Any) -> None:
    """A patch leaves an object where it is (apiserver pkg/endpoints/handlers/rest.go checkName). Raises
    ApiError (400)."""
    for what in ("namespace", "name"):
        wanted, given = getattr(old.metadata, what), getattr(new.metadata, what)
        if given and given != wanted:
            why = f"the {what} of the object ({given}) does not match the {what} on the URL ({wanted})"
            raise bad_request(why)


_IDENTITY: Final = attrgetter(
    "name",
    "generate_name",
    "namespace",
    "uid",
    "creation_timestamp",
    "deletion_timestamp",
    "deletion_grace_period_seconds",
    "generation",
    "resource_version",
    "self_link",
)


def keep_identity(kept: ObjectMeta, given: ObjectMeta) -> ObjectMeta:
    """Metadata of an update: what a client may not change stays, and so does whose fields are whose unless
    that is said anew."""
    if kept.managed_fields and not given.managed_fields:
        given = replace(given, managed_fields=kept.managed_fields)
    if _IDENTITY(given) == _IDENTITY(kept):
        return given
    return replace(
        given,
        name=kept.name,
        generate_name=given.generate_name or kept.generate_name,
        namespace=kept.namespace,
        uid=kept.uid,
        creation_timestamp=kept.creation_timestamp,
        deletion_timestamp=kept.deletion_timestamp,
        deletion_grace_period_seconds=kept.deletion_grace_period_seconds,
        generation=kept.generation,
        resource_version=kept.resource_version,
        self_link=kept.self_link,
    )
