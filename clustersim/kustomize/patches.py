"""patches: strategic merge patches and JSON patches, in files or written in the kustomization.

Source: kustomize api/internal/builtins/PatchTransformer.go, PatchStrategicMergeTransformer.go.
"""

import json
from typing import Any

import msgspec

from clustersim.api.errors import ApiError
from clustersim.api.patch import DoesNotFit, json_patch
from clustersim.api.registry import resource_of_kind
from clustersim.kubectl.manifest import to_yaml
from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.folders import Folder
from clustersim.kustomize.kustomization import Patch
from clustersim.kustomize.merging import GONE, merged
from clustersim.kustomize.objects import Id, Object, Objects, Plain, kind_of
from clustersim.yaml_documents import ManifestError, read_documents


def apply_patch(objects: Objects, patch: Patch, folder: Folder) -> None:
    """Raises KustomizeError."""
    text, source = _text_of(patch, folder)
    strategic, operations = _read(text)
    if operations is not None:
        if patch.target is None:
            raise KustomizeError(f"must specify a target for JSON patch {source}")
        for one in objects.selected(msgspec.to_builtins(patch.target)):
            one.remember()
            one.plain = _operated(one.plain, operations)
        return
    if strategic is None:
        told = f"unable to parse SM or JSON patch from {source}"
        raise KustomizeError(_configured(patch, told))
    if patch.target is None:
        for plain in strategic:
            _merge(objects, [_named(objects, plain)], plain, patch.options)
        return
    if len(strategic) > 1:
        raise KustomizeError(
            "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` "
            f"field: {source}"
        )
    _merge(objects, objects.selected(msgspec.to_builtins(patch.target)), strategic[0], patch.options)


def apply_old_patch(objects: Objects, told: str, folder: Folder) -> None:
    """patchesStrategicMerge: a path, or the patch itself. Raises KustomizeError."""
    here = folder.path(told) in folder.files if "\n" not in told else False
    strategic, _operations = _read(folder.load(told) if here else told)
    if strategic is None:
        raise KustomizeError(
            f"trouble configuring builtin PatchStrategicMergeTransformer: bad patch {told!r}"
        )
    for plain in strategic:
        _merge(objects, [_named(objects, plain)], plain, {})


def _text_of(patch: Patch, folder: Folder) -> tuple[str, str]:
    """The patch, and how it is called in messages."""
    text = patch.patch.strip()
    if not text and not patch.path:
        raise KustomizeError(_configured(patch, f"must specify one of patch and path in\n{_config(patch)}"))
    if text and patch.path:
        told = f"patch and path can't be set at the same time\n{_config(patch)}"
        raise KustomizeError(_configured(patch, told))
    if text:
        return text, f"[patch: {json.dumps(text)}]"
    try:
        return folder.load(patch.path), f'[path: "{patch.path}"]'
    except KustomizeError as error:
        told = f"failed to get the patch file from path({patch.path}): {error}"
        raise KustomizeError(_configured(patch, told)) from None


def _config(patch: Patch) -> str:
    target = msgspec.to_builtins(patch.target) if patch.target is not None else {}
    parts: Plain = {
        "path": patch.path,
        "patch": patch.patch,
        "target": {name: value for name, value in target.items() if value},
        "options": patch.options,
    }
    return to_yaml({name: value for name, value in parts.items() if value}) + "\n"


def _configured(patch: Patch, told: str) -> str:
    shown = _config(patch) if patch.path or patch.patch or patch.target or patch.options else "{}\n"
    told = told.replace(_config(patch), shown) if shown == "{}\n" else told
    return f"trouble configuring builtin PatchTransformer with config: `\n{shown}`: {told}"


def _read(text: str) -> tuple[list[Plain] | None, list[Any] | None]:
    """A patch as objects, or as operations; None where it is not."""
    try:
        plain = (
            json.loads(text)
            if text.startswith("[")
            else [one.plain for one in read_documents(text, today=True)]
        )
    except (ManifestError, ValueError, RecursionError):
        return None, None
    if text.startswith("[") or (len(plain) == 1 and isinstance(plain[0], list)):
        operations = plain if text.startswith("[") else plain[0]
        is_patch = bool(operations) and all(isinstance(one, dict) and "op" in one for one in operations)
        return None, operations if is_patch else None
    if plain and all(isinstance(one, dict) and one.get("kind") and _name(one) for one in plain):
        return plain, None
    return None, None


def _name(plain: Plain) -> str:
    metadata = plain.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""


def _named(objects: Objects, plain: Plain) -> Object:
    namespace = str(plain["metadata"].get("namespace") or "")
    wanted = Id(kind_of(plain), _name(plain), namespace)
    found = objects.by_any_id(wanted.same)
    if len(found) == 1:
        return found[0]
    told = "multiple matches" if found else "no matches"
    raise KustomizeError(
        f'no resource matches strategic merge patch "{wanted}": {told} for Id {wanted}; failed to '
        f"find unique target for patch {wanted}"
    )


def _merge(objects: Objects, chosen: list[Object], plain: Plain, options: dict[str, bool]) -> None:
    for one in chosen:
        kind, before = kind_of(one.plain), one.id
        resource = resource_of_kind(kind.kind)
        if any(options.values()):
            one.remember()
        new = merged(resource.type if resource is not None else None, one.plain, plain)
        if new is GONE or not new:
            objects.found.remove(one)
            continue
        one.plain = new
        if not options.get("allowKindChange"):
            one.plain["kind"] = before.kind.kind
        if not options.get("allowNameChange"):
            one.metadata["name"] = before.name
        if before.namespace:
            one.metadata["namespace"] = before.namespace
        else:
            one.metadata.pop("namespace", None)


def _operated(plain: Plain, operations: list[Any]) -> Plain:
    for operation in operations:
        # This library takes a replace of what is not there for an add.
        done = {**operation, "op": "add"} if operation.get("op") == "replace" else operation
        try:
            plain = json_patch(plain, [done])
        except DoesNotFit as error:
            raise KustomizeError(_in_kustomize(operation, str(error))) from None
        except ApiError as error:
            raise KustomizeError(error.message) from None
    return plain


def _in_kustomize(operation: Any, told: str) -> str:
    """What evanphx/json-patch v4 says of an operation that does not fit."""
    kind, path = operation.get("op"), operation.get("path")
    if told.startswith("Unable to remove nonexistent key"):
        return f"error in remove for path: '{path}': {told}: missing value"
    if kind == "test":
        return f"testing value {path} failed: test failed"
    if kind == "add":
        return f'add operation does not apply: doc is missing path: "{path}": missing value'
    return f'{kind} operation does not apply: doc is missing path: "{path}": missing value'
