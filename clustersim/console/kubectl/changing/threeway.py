"""kubectl apply's patch: between what was applied last, what is to be, and what is there.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/apply.go; apimachinery pkg/util/strategicpatch
CreateThreeWayMergePatch.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from clustersim.api.diff import LAST_APPLIED, three_way_patch
from clustersim.api.request import Request
from clustersim.kubectl.manifest import plain_object

if TYPE_CHECKING:
    from clustersim.console.api import Api
    from clustersim.console.kubectl.files import Manifest


def applied(api: "Api", manifest: "Manifest", modified: dict[str, Any], current: Any) -> Request | None:
    """The request that makes what is there what is to be; None where it is so already."""
    before = current.metadata.annotations.get(LAST_APPLIED)
    try:
        original = msgspec.json.decode(before) if before else {}
    except msgspec.DecodeError:
        original = {}
    there = _said(plain_object(current, api.release, api.resources))
    there["apiVersion"] = manifest.api_version
    resource = api.resources[manifest.resource]
    patch = three_way_patch(resource.type, original, modified, there)
    for name in ("kind", "apiVersion", "status"):
        patch.pop(name, None)
    if not patch:
        return None
    return Request(
        "patch",
        manifest.resource,
        manifest.namespace,
        manifest.name,
        patch,
        api_version=manifest.api_version,
        patch_type="strategic" if resource.definition is None else "merge",
    )


def _said(plain: Any) -> Any:
    """Without what is written out as null."""
    if isinstance(plain, dict):
        return {key: _said(value) for key, value in plain.items() if value is not None}
    return [_said(item) for item in plain] if isinstance(plain, list | tuple) else plain
