"""What an API server warns of whenever it is asked for it (v1.36.2 pkg/apis/core/v1/zz_generated.prerelease-
lifecycle.go, apiserver pkg/endpoints/deprecation): kinds that will go some day."""

from typing import Final

from clustersim.apiserver.traits import TRAITS

_WARNINGS: Final = {
    ("v1", "componentstatuses"): "v1 ComponentStatus is deprecated in v1.19+",
    ("v1", "endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
}


def deprecation(release: str, api_version: str, resource: str) -> str:
    """The warning about a resource in a version; empty where there is none."""
    return _WARNINGS.get((api_version, resource), "") if TRAITS[release].warns else ""
