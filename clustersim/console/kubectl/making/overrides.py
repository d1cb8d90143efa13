"""--overrides of `kubectl run` and `expose`: what is sent, changed by hand.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/util/helpers.go Merge; v1.36 k8s.io/kubectl pkg/cmd/util.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod, Service
from clustersim.api.errors import ApiError
from clustersim.api.meta import ApiStruct
from clustersim.api.patch import DoesNotFit, json_patch, merge_patch, strategic_merge_patch
from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments

_BY_KIND: Final[dict[str, type[ApiStruct]]] = {"Pod": Pod, "Service": Service}
_TYPES: Final = ("json", "merge", "strategic")


def overridden(objects: list[dict[str, Any]], arguments: Arguments) -> list[dict[str, Any]]:
    """With what --overrides says of the first of them. Raises Said."""
    text, kind = arguments.value("overrides"), arguments.value("override-type", "merge")
    if kind not in _TYPES:
        raise Said(f"error: invalid override type: {kind}")
    if not text:
        return objects
    try:
        return [_changed(objects[0], msgspec.json.decode(text), kind), *objects[1:]]
    except msgspec.DecodeError:
        raise Said("error: Invalid JSON Patch") from None
    except ApiError as error:
        raise Said(f"error: {error.message}") from None
    except DoesNotFit as error:
        raise Said(f"error: {error}") from None


def _changed(plain: dict[str, Any], patch: Any, kind: str) -> Any:
    match kind:
        case "json":
            return json_patch(plain, patch)
        case "strategic":
            return strategic_merge_patch(_BY_KIND.get(str(plain.get("kind"))), plain, patch)
    return merge_patch(plain, patch if isinstance(patch, dict) else {})
