"""What this model's API server keeps and does not do, told to whoever sends it: what webhooks would say whose
programs it does not know, and other API servers.
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import APIService, Webhooks

_WEBHOOKS: Final = (
    "webhooks are called here, but what their programs say is known of few: the others let everything through"
)
_CONVERSION: Final = "this API server asks no webhook for conversions: versions differ in their names alone"


def unheeded(obj: Any) -> tuple[str, ...]:
    """The warnings about an object."""
    if isinstance(obj, Webhooks):
        return (_WEBHOOKS,) if obj.webhooks else ()
    if isinstance(obj, APIService):
        spec = obj.spec if isinstance(obj.spec, Mapping) else {}
        asks = spec.get("service") and spec.get("group") != "metrics.k8s.io"
        return ("this API server keeps APIServices and asks no server behind it",) if asks else ()
    if not isinstance(obj, CustomResourceDefinition):
        return ()
    if obj.spec.conversion is not None and obj.spec.conversion.strategy == "Webhook":
        return (_CONVERSION,)
    return ()
