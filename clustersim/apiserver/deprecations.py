"""What an API server warns of whenever it is asked for it (v1.36.2 pkg/apis/core/v1/zz_generated.prerelease-
lifecycle.go, apiserver pkg/endpoints/deprecation): kinds that will go some day, and versions of added kinds
whose definitions say so (apiextensions-apiserver pkg/apiserver/customresource_handler.go)."""

from itertools import takewhile
from typing import Final

from clustersim.api.definitions import CustomResourceDefinition, versions_of
from clustersim.apiserver.traits import TRAITS

_WARNINGS: Final = {
    ("v1", "componentstatuses"): "v1 ComponentStatus is deprecated in v1.19+",
    ("v1", "endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}


def deprecation(
    release: str, api_version: str, resource: str, definition: CustomResourceDefinition | None = None
) -> str:
    """The warning about a resource in a version, of an added kind by its definition; empty where there is
    none."""
    if not TRAITS[release].warns:
        return ""
    if definition is not None:
        return _of_definition(definition, api_version.rpartition("/")[2])
    return _WARNINGS.get((api_version, resource), "")


def _of_definition(definition: CustomResourceDefinition, version: str) -> str:
    spec, versions = definition.spec, versions_of(definition)
    asked = next((one for one in versions if one.name == version), None)
    if asked is None or not asked.deprecated:
        return ""
    if asked.deprecation_warning is not None:
        return asked.deprecation_warning
    told = f"{spec.group}/{version} {spec.names.kind} is deprecated"
    before = takewhile(lambda one: one is not asked, versions)
    better = next((one.name for one in before if one.served and not one.deprecated), "")
    return f"{told}; use {spec.group}/{better} {spec.names.kind}" if better else told
