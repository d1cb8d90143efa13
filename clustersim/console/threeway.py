"""kubectl apply's patch: between what was applied last, what is to be, and what is there.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/apply.go; apimachinery pkg/util/strategicpatch
CreateThreeWayMergePatch.
"""

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.request import Request
from clustersim.kubectl.manifest import plain_object

if TYPE_CHECKING:
    from clustersim.console.api import Api
    from clustersim.console.files import Manifest

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def last_applied(plain: dict[str, Any]) -> str:
    """The annotation's text: the manifest as kubectl sent it, without the annotation itself."""
    metadata = dict(plain["metadata"])
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != LAST_APPLIED}
    return (
        json.dumps(
            {**plain, "metadata": {**metadata, "annotations": annotations}},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        + "\n"
    )


def applied(api: "Api", manifest: "Manifest", modified: dict[str, Any], current: Any) -> Request | None:
    """The request that makes what is there what is to be; None where it is so already."""
    before = current.metadata.annotations.get(LAST_APPLIED)
    try:
        original = msgspec.json.decode(before) if before else {}
    except msgspec.DecodeError:
        original = {}
    there = plain_object(current, api.release)
    there["apiVersion"] = manifest.api_version
    patch = _merge_patch(original, modified, there)
    if _only_annotation(patch, modified, original):
        return None
    return Request("patch", manifest.resource, manifest.namespace, manifest.name, body=patch)


def _only_annotation(patch: dict[str, Any], modified: dict[str, Any], original: Any) -> bool:
    metadata = patch.get("metadata")
    if not patch:
        return True
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    if (
        list(patch) != ["metadata"]
        or not isinstance(annotations, dict)
        or list(metadata or ()) != ["annotations"]
    ):
        return False
    return list(annotations) == [LAST_APPLIED] and bool(original)


def _merge_patch(original: Any, modified: Any, current: Any) -> dict[str, Any]:
    """What differs, and null for what was applied and is no longer wanted."""
    patch: dict[str, Any] = {}
    for key, value in modified.items():
        there = current.get(key) if isinstance(current, dict) else None
        before = original.get(key) if isinstance(original, dict) else None
        if isinstance(value, dict) and isinstance(there, dict):
            inner = _merge_patch(before or {}, value, there)
            if inner:
                patch[key] = inner
        elif value is not None and not _same(value, there):
            patch[key] = value
    for key in original if isinstance(original, dict) else ():
        if key not in modified and isinstance(current, dict) and key in current:
            patch[key] = None
    return patch


def _same(wanted: Any, there: Any) -> bool:
    """What is there says all that is wanted; defaults may have been added."""
    if isinstance(wanted, dict) and isinstance(there, dict):
        return all(_same(value, there.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(there, list):
        return len(wanted) == len(there) and all(
            _same(one, other) for one, other in zip(wanted, there, strict=True)
        )
    return bool(wanted == there) or (wanted in (None, {}, []) and not there) or str(wanted) == str(there)
