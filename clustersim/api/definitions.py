"""CustomResourceDefinition: kinds that people add to the API, and their objects.

Sources: v1.7.5, v1.8.0 apiextensions-apiserver pkg/apis/apiextensions/v1beta1; v1.36 the same, v1.
"""

import re
from typing import Any, Final

import msgspec

from clustersim.api.conditions import is_true
from clustersim.api.meta import ApiObject, ApiStruct, Condition, Int32, written

DEFINITIONS: Final = "customresourcedefinitions"
CLEANUP: Final = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer of a definition whose objects must go first."""
ESTABLISHED: Final = "Established"


class CustomResourceDefinitionNames(ApiStruct, frozen=True, kw_only=True):
    """What a kind is called."""

    plural: str = written("")
    singular: str = ""
    short_names: tuple[str, ...] = ()
    kind: str = written("")
    list_kind: str = ""
    categories: tuple[str, ...] = ()


class CustomResourceSubresourceScale(ApiStruct, frozen=True, kw_only=True):
    """Where in the objects the numbers stand that are scaled."""

    spec_replicas_path: str = written("")
    status_replicas_path: str = written("")
    label_selector_path: str | None = None


class CustomResourceSubresources(ApiStruct, frozen=True, kw_only=True):
    """Parts of the objects with addresses of their own."""

    status: dict[str, Any] | None = None
    scale: CustomResourceSubresourceScale | None = None


class CustomResourceColumnDefinition(ApiStruct, frozen=True, kw_only=True):
    """A column of the objects' table."""

    name: str = written("")
    type: str = written("")
    format: str = ""
    description: str = ""
    priority: Int32 = 0
    json_path: str = written("")


class CustomResourceValidation(ApiStruct, frozen=True, kw_only=True):
    """What the objects look like."""

    open_api_v3_schema: dict[str, Any] | None = msgspec.field(default=None, name="openAPIV3Schema")


class SelectableField(ApiStruct, frozen=True, kw_only=True):
    """A field by which objects can be selected."""

    json_path: str = written("")


class CustomResourceDefinitionVersion(ApiStruct, frozen=True, kw_only=True):
    """One version of the kind."""

    name: str = written("")
    served: bool = written(False)
    storage: bool = written(False)
    deprecated: bool = False
    deprecation_warning: str | None = None
    schema: CustomResourceValidation | None = None
    subresources: CustomResourceSubresources | None = None
    additional_printer_columns: tuple[CustomResourceColumnDefinition, ...] = ()
    selectable_fields: tuple[SelectableField, ...] = ()


class CustomResourceConversion(ApiStruct, frozen=True, kw_only=True):
    """How objects come from one version to another; nobody asks a webhook here."""

    strategy: str = written("")
    webhook: dict[str, Any] | None = None


class CustomResourceDefinitionSpec(ApiStruct, frozen=True, kw_only=True):
    """The kind that is wanted. version and validation: of the time when there was one version."""

    group: str = written("")
    version: str = ""
    names: CustomResourceDefinitionNames = written(CustomResourceDefinitionNames())
    scope: str = written("")
    validation: CustomResourceValidation | None = None
    versions: tuple[CustomResourceDefinitionVersion, ...] = ()
    conversion: CustomResourceConversion | None = None
    preserve_unknown_fields: bool = False


class CustomResourceDefinitionStatus(ApiStruct, frozen=True, kw_only=True):
    """What became of it."""

    conditions: tuple[Condition, ...] = written(())
    accepted_names: CustomResourceDefinitionNames = written(CustomResourceDefinitionNames())
    stored_versions: tuple[str, ...] = ()


class CustomResourceDefinition(ApiObject, frozen=True, kw_only=True):
    """A kind of one's own."""

    spec: CustomResourceDefinitionSpec = written(CustomResourceDefinitionSpec())
    status: CustomResourceDefinitionStatus = CustomResourceDefinitionStatus()


class CustomObject(ApiObject, frozen=True, kw_only=True):
    """An object of such a kind. api_version: that it was written in last; resource: its plural with its
    group, which is also the name of its definition; content: all of it beside what it is and its metadata.
    """

    api_version: str = ""
    kind: str = ""
    resource: str = ""
    namespaced: bool = True
    content: dict[str, Any] = {}


def is_established(definition: CustomResourceDefinition) -> bool:
    """Its objects can be made."""
    return is_true(definition.status, ESTABLISHED)


def versions_of(definition: CustomResourceDefinition) -> tuple[CustomResourceDefinitionVersion, ...]:
    """All its versions, the one that clients prefer first; the only one of old definitions as one of them."""
    spec = definition.spec
    if not spec.versions:
        return (
            CustomResourceDefinitionVersion(
                name=spec.version, served=True, storage=True, schema=spec.validation
            ),
        )
    return tuple(sorted(spec.versions, key=lambda one: priority(one.name)))


def schema_of(definition: CustomResourceDefinition, version: str) -> dict[str, Any] | None:
    """What objects of a version ("v1") should look like; None if nobody says."""
    for one in versions_of(definition):
        if one.name == version:
            return one.schema.open_api_v3_schema if one.schema is not None else None
    return None


_STAGES: Final = (None, "beta", "alpha")
_VERSION: Final = re.compile(r"v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?\Z", re.ASCII)


def priority(name: str) -> tuple[int, int, int, int, str]:
    """v2 before v1 before v1beta2 before v1alpha1 before all else (apimachinery pkg/version)."""
    found = _VERSION.match(name)
    if found is None:
        return 1, 0, 0, 0, name
    major, stage, minor = found.groups()
    return 0, _STAGES.index(stage), -int(major), -int(minor or 0), ""
