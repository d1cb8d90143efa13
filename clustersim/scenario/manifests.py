"""`manifests:` of a scenario: objects as people publish them, inline or in files.

A text of one line names a file: one of the scenario's own `files:`, or, where the scenario itself was read
from a file, one that lies beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from clustersim.addons import ADDONS, manifest_of
from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.api.meta import replace
from clustersim.apiserver.defaults import default_object
from clustersim.apiserver.strategy import identified, prepare_create
from clustersim.apiserver.validation.objects import validate_create
from clustersim.i18n import _
from clustersim.scenario.document import Value
from clustersim.scenario_schema import KINDS
from clustersim.yaml_documents import LONGEST, ManifestError, read_documents

ANY_UID: Final = "00000000-0000-0000-0000-000000000000"
"""By its UID a Job finds its pods; which one it will be does not matter to whether it is valid."""

MOST_MANIFESTS: Final = 2000
MOST_FILES: Final = 100


def read_files(value: Value) -> dict[str, str]:
    """Texts by name."""
    return value.table(lambda inner: inner.long_text(LONGEST), MOST_FILES)


def read_manifests(
    value: Value, release: str, files: Mapping[str, str], folder: Path | None, alpha: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """All objects, each as JSON. alpha: versions that --runtime-config asks for."""
    found: list[str] = []
    for texts in value.each(lambda item: _read(item, release, files, folder, alpha), MOST_MANIFESTS):
        found += texts
    if len(found) > MOST_MANIFESTS:
        raise value.error(_("more than {most} entries"), most=MOST_MANIFESTS)
    return tuple(found)


def addon_manifests(value: Value, release: str) -> tuple[str, ...]:
    """The objects of the add-ons that are asked for by name."""
    named = value.each(lambda item: item.one_of(ADDONS[release]), len(ADDONS[release]))
    return tuple(
        _checked(value, document.plain, release)
        for addon in dict.fromkeys(named)
        for document in read_documents(manifest_of(addon))
    )


def _read(
    item: Value, release: str, files: Mapping[str, str], folder: Path | None, alpha: tuple[str, ...]
) -> list[str]:
    if item.is_mapping:
        return [_checked(item, item.plain(), release, alpha)]
    text = item.long_text(LONGEST)
    if "\n" not in text and ": " not in text:
        text = _file(item, text, files, folder)
    try:
        documents = read_documents(text)
    except ManifestError as error:
        raise item.error(
            _("line {line} of the manifest: {why}"), line=error.line, why=error.message
        ) from None
    return [_checked(item, document.plain, release, alpha) for document in documents]


def _file(item: Value, name: str, files: Mapping[str, str], folder: Path | None) -> str:
    if name in files:
        return files[name]
    path = folder / name if folder is not None else None
    if path is None or folder is None or not path.resolve().is_relative_to(folder.resolve()):
        raise item.error(_("no file {name}: put its text under files"), name=name)
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError):
        raise item.error(_("no file {name}: put its text under files"), name=name) from None


def _checked(item: Value, plain: Any, release: str, alpha: tuple[str, ...] = ()) -> str:
    """As JSON, once the API server of the release would take it."""
    try:
        decoded = decode_object(plain, release)
        if decoded.resource.on_request.get(release) and decoded.api_version not in alpha:
            raise item.error(
                _("{kind} of {version} is alpha: the API server serves it with --runtime-config={version}"),
                kind=decoded.resource.kind,
                version=decoded.api_version,
            )
        metadata = decoded.obj.metadata
        if decoded.resource.namespaced and not metadata.namespace:
            plain = {**plain, "metadata": {**plain["metadata"], "namespace": "default"}}
            decoded = decode_object(plain, release)
        made = prepare_create(default_object(decoded.obj, release, decoded.api_version), release)
        made = replace(made, metadata=replace(made.metadata, uid=ANY_UID))
        validate_create(identified(made, ANY_UID, release), release)
    except ApiError as error:
        raise item.error(_("the API server refuses this: {why}"), why=error.message) from None
    return msgspec.json.encode(plain, order="sorted").decode()


def owners_of(manifests: tuple[str, ...]) -> list[str]:
    """Workloads among them, as actions name them: "deployment/web"."""
    return [
        name for kind, name in _named(manifests) if kind in _SCALED for name in (f"{KINDS[kind]}/{name}",)
    ]


def services_of(manifests: tuple[str, ...]) -> list[tuple[str, str]]:
    """Namespace and name of the Services among them."""
    plain = [msgspec.json.decode(text) for text in manifests]
    metadata = [one["metadata"] for one in plain if one.get("kind") == "Service"]
    return [(one.get("namespace", "default"), one["name"]) for one in metadata]


_SCALED: Final = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")


def _named(manifests: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for text in manifests:
        plain = msgspec.json.decode(text)
        metadata = plain["metadata"]
        space = metadata.get("namespace", "default")
        name = metadata.get("name", "")
        found.append((str(plain["kind"]), name if space == "default" else f"{space}/{name}"))
    return found
