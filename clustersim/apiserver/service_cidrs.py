"""The range of the Services' addresses as an object, which an API server of today makes when it begins.

Source: v1.36 pkg/controlplane/controller/defaultservicecidr/default_servicecidr_controller.go.
"""

from functools import cache
from typing import Any, Final

from clustersim.api.kept import ServiceCIDR
from clustersim.api.meta import ObjectMeta

CIDRS: Final = "servicecidrs"
DEFAULT: Final = "kubernetes"
_UID: Final = "5c1d0000-0000-4000-8000-000000000000"
"""The same in every cluster."""


@cache
def given_cidrs(made: str, service_range: str) -> dict[str, Any]:
    """By name. made: when the cluster began."""
    ready = {
        "type": "Ready",
        "status": "True",
        "lastTransitionTime": made,
        "reason": "",
        "message": "Kubernetes default Service CIDR is ready",
    }
    metadata = ObjectMeta(name=DEFAULT, uid=_UID, creation_timestamp=made, resource_version="1")
    status = {"conditions": [ready]}
    return {DEFAULT: ServiceCIDR(metadata=metadata, spec={"cidrs": [service_range]}, status=status)}
