"""What the API server does to objects of added kinds when they are created and changed
(apiextensions-apiserver pkg/registry/customresource/strategy.go, status_strategy.go, etcd.go).
"""

from typing import Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.autoscaling import Scale, ScaleSpec, ScaleStatus
from clustersim.api.definitions import CustomObject, CustomResourceDefinitionVersion, schema_of, versions_of
from clustersim.api.errors import ApiError, forbidden
from clustersim.api.meta import ApiObject, replace
from clustersim.api.structural import (
    Schema,
    at_path,
    defaulted,
    has_rules,
    has_word,
    pruned,
    with_value,
    without_nulls,
)
from clustersim.apiserver import scale
from clustersim.apiserver.scale import scale_metadata, wanted_replicas
from clustersim.apiserver.validation.embedded_objects import EMBEDS, check_embedded
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.list_types import check_lists
from clustersim.apiserver.validation.schema import check_schema

STATUS: Final = "status"


def version_of(obj: CustomObject, resource: Resource) -> CustomResourceDefinitionVersion:
    """What its definition says of the version that an object is of."""
    assert resource.definition is not None
    wanted = obj.api_version.rpartition("/")[2]
    versions = versions_of(resource.definition)
    return next((one for one in versions if one.name == wanted), versions[0])


def prepare_create(obj: CustomObject, resource: Resource, release: str) -> CustomObject:
    """As it begins: without a status where that has an address of its own. Raises ApiError (403, 422)."""
    assert resource.definition is not None
    if resource.definition.metadata.deletion_timestamp:
        why = "create not allowed while custom resource definition is terminating"
        raise forbidden(resource.plural, obj.metadata.name, why)
    content = obj.content
    if STATUS in resource.subresources:
        content = {name: value for name, value in content.items() if name != STATUS}
    obj = replace(obj, content=content, metadata=replace(obj.metadata, generation=1))
    check(obj, resource, release)
    return obj


def prepare_update(old: CustomObject, new: CustomObject, resource: Resource, release: str) -> CustomObject:
    """What a change of it leads to: its status stays where that has an address of its own. Raises ApiError
    (422)."""
    content = new.content
    if STATUS in resource.subresources:
        content = {name: value for name, value in content.items() if name != STATUS}
        if STATUS in old.content:
            content[STATUS] = old.content[STATUS]
    generation = old.metadata.generation + (content != old.content)
    new = replace(new, content=content, metadata=replace(new.metadata, generation=generation))
    check(new, resource, release, old)
    return new


def prepare_status_update(
    old: CustomObject, new: CustomObject, resource: Resource, release: str
) -> CustomObject:
    """The new status on the old object. Raises ApiError (422)."""
    content = {name: value for name, value in old.content.items() if name != STATUS}
    if STATUS in new.content:
        content[STATUS] = new.content[STATUS]
    managed = new.metadata.managed_fields or old.metadata.managed_fields
    metadata = replace(old.metadata, managed_fields=managed)
    new = replace(old, content=content, api_version=new.api_version, metadata=metadata)
    check(new, resource, release, old)
    return new


def check(obj: CustomObject, resource: Resource, release: str, old: CustomObject | None = None) -> None:
    """What its schema says of it, and of how it changed. Raises ApiError (422)."""
    assert resource.definition is not None
    schema = schema_of(resource.definition, obj.api_version.rpartition("/")[2])
    if schema is None or not resource.definition.spec.versions:
        return
    errors = FieldErrors(release)
    check_schema(errors, schema, _whole(obj), "")
    if has_word(schema, EMBEDS):
        check_embedded(errors, schema, obj.content, "")
    check_lists(errors, schema, obj.content, "")
    if has_rules(schema):
        _check_rules(errors, schema, obj, old)
    errors.refuse(f"{obj.kind}.{resource.definition.spec.group}", obj.metadata.name)


_BLOCKING: Final = ("FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany")
_NOT_CHECKED: Final = (
    "some validation rules were not checked because the object was invalid; correct the existing errors to "
    "complete validation"
)


def _check_rules(errors: FieldErrors, schema: Schema, obj: CustomObject, old: CustomObject | None) -> None:
    """The rules of the schema, where the rest of it holds."""
    if any(one.reason in _BLOCKING or "must be of type" in one.message for one in errors.causes):
        errors.invalid("<nil>", None, _NOT_CHECKED)
        return
    # Only worlds with rules pay for the evaluator.
    from clustersim.apiserver.policies.rules import Rules  # noqa: PLC0415

    Rules(errors).check(schema, _whole(obj), None if old is None else _whole(old))


def _whole(obj: CustomObject) -> dict[str, Any]:
    """What a schema is asked about: all of the object, of whose metadata a schema may restrict the names
    (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go)."""
    metadata = {"name": obj.metadata.name}
    if obj.metadata.generate_name:
        metadata["generateName"] = obj.metadata.generate_name
    return {"apiVersion": obj.api_version, "kind": obj.kind, "metadata": metadata, **obj.content}


def as_read(obj: ApiObject, resource: Resource) -> ApiObject:
    """An object as the schema of today shows it, whatever it was when the object was stored: what is not in
    it is not told, and what is missing is filled in."""
    definition = resource.definition
    if not isinstance(obj, CustomObject) or definition is None or not definition.spec.versions:
        return obj
    schema = schema_of(definition, obj.api_version.rpartition("/")[2])
    if schema is None or definition.spec.preserve_unknown_fields:
        return obj
    kept = pruned(schema, obj.content, root=True)[0]
    content = defaulted(schema, without_nulls(schema, kept))
    return obj if content == obj.content else replace(obj, content=content)


# --- scale -------------------------------------------------------------------------------------------------


def scale_of(obj: Any, resource: Resource, release: str) -> Scale:
    """The Scale of an object of an added kind, or of a built-in one. Raises ApiError (404) for what cannot be
    scaled."""
    if not isinstance(obj, CustomObject):
        return scale.scale_of(obj, release)
    paths = _paths(obj, resource)
    selector = at_path(obj.content, paths.label_selector_path or "") if paths.label_selector_path else None
    return Scale(
        metadata=scale_metadata(obj.metadata),
        spec=ScaleSpec(replicas=_number(at_path(obj.content, paths.spec_replicas_path))),
        status=ScaleStatus(
            replicas=_number(at_path(obj.content, paths.status_replicas_path)),
            selector=selector if isinstance(selector, str) else "",
        ),
    )


def scaled(obj: CustomObject, wanted: Scale, resource: Resource, release: str) -> CustomObject:
    """The object with the number that a Scale asks for. Raises ApiError (404, 422)."""
    paths = _paths(obj, resource)
    replicas = wanted_replicas(wanted, obj.metadata.name, release)
    content = with_value(obj.content, paths.spec_replicas_path, replicas)
    version = wanted.metadata.resource_version
    return replace(obj, content=content, metadata=replace(obj.metadata, resource_version=version))


def _paths(obj: CustomObject, resource: Resource) -> Any:
    parts = version_of(obj, resource).subresources
    if parts is None or parts.scale is None:
        raise ApiError(404, "NotFound", "the server could not find the requested resource")
    return parts.scale


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
