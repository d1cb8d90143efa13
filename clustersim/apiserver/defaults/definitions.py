"""Defaults of CustomResourceDefinitions (apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go)."""

from clustersim.api.definitions import CustomResourceConversion, CustomResourceDefinition
from clustersim.api.meta import replace


def default_definition(definition: CustomResourceDefinition) -> CustomResourceDefinition:
    """Names that follow from others; objects are not converted."""
    spec = definition.spec
    names = spec.names
    names = replace(
        names,
        singular=names.singular or names.kind.lower(),
        list_kind=names.list_kind or (f"{names.kind}List" if names.kind else ""),
    )
    conversion = spec.conversion
    if spec.versions and conversion is None:
        conversion = CustomResourceConversion(strategy="None")
    return replace(definition, spec=replace(spec, names=names, conversion=conversion))
