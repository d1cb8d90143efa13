"""`kubectl create -f -` and `kubectl apply -f -` of YAML that was pasted below the command.

Sources: v1.7.5 and v1.8.0 pkg/kubectl/cmd/create.go, apply.go, pkg/kubectl/resource/mapper.go. What the model
does not keep of a manifest is said, not silently dropped.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.api.registry import Resource, object_key, resource_of_kind
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, qualified, singular
from clustersim.console.arguments import GLOBAL, Arguments, Flags, parse
from clustersim.i18n import Message, _
from clustersim.releases.api_versions import API_VERSIONS
from clustersim.scenario.document import Value
from clustersim.scenario.document import parse as parse_document
from clustersim.scenario.errors import ScenarioError

FLAGS: Final = Flags(
    {**GLOBAL, "f": "filename", "filename": "filename", "validate": "validate"},
    {"record": "record", "save-config": "save-config"},
)
MOST_OBJECTS: Final = 10
MAKEABLE: Final[dict[str, tuple[str, ...]]] = {
    "DaemonSet": ("extensions/v1beta1", "apps/v1beta2"),
    "Deployment": ("apps/v1beta1", "extensions/v1beta1", "apps/v1beta2"),
    "Job": ("batch/v1",),
    "Namespace": ("v1",),
    "Pod": ("v1",),
    "ReplicaSet": ("extensions/v1beta1", "apps/v1beta2"),
    "ReplicationController": ("v1",),
    "Service": ("v1",),
    "StatefulSet": ("apps/v1beta1", "apps/v1beta2"),
}
"""Kinds that can be made, and through which versions of the API in this model."""

_SERVER: Final = ("status",)
_IGNORED: Final = ("apiVersion", "kind")


class Manifest(NamedTuple):
    """One object as it was pasted."""

    resource: Resource
    api_version: str
    plain: dict[str, Any]
    ignored: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.plain["metadata"]["name"])


def create(api: Api, words: Sequence[str], pasted: str) -> Answer:
    """Raises Said."""
    return _make(api, words, pasted, "created")


def apply(api: Api, words: Sequence[str], pasted: str) -> Answer:
    """Raises Said."""
    return _make(api, words, pasted, "configured")


def _make(api: Api, words: Sequence[str], pasted: str, verb: str) -> Answer:
    arguments = parse(words, FLAGS)
    if arguments.words or arguments.value("filename") != "-" or not pasted.strip():
        raise Said(note=PASTE)
    api.reach()
    lines: list[str] = []
    commands: list[Command] = []
    ignored: list[str] = []
    ok = True
    for document in _documents(pasted):
        manifest = read_manifest(api, document, arguments)
        resource, name = manifest.resource, manifest.name
        namespace = str(manifest.plain["metadata"].get("namespace", ""))
        existing = api.store.get(resource.plural, {}).get(object_key(namespace, name))
        if existing is not None and verb == "created":
            lines.append(
                'Error from server (AlreadyExists): error when creating "STDIN": '
                f'{qualified(resource.plural)} "{name}" already exists'
            )
            ok = False
            continue
        done = "created" if existing is None else "configured"
        lines.append(f'{singular(resource.plural)} "{name}" {done}')
        text = msgspec.json.encode(
            {"apiVersion": manifest.api_version, "kind": resource.kind, **manifest.plain}
        )
        commands.append(Command("apply", f"{resource.plural}/{name}", {"manifest": text.decode()}))
        ignored += [path for path in manifest.ignored if path not in ignored]
    note = Message(_("This model keeps nothing of: {fields}."), {"fields": ", ".join(ignored[:12])})
    return Answer(text="\n".join(lines), ok=ok, note=note if ignored else None, commands=tuple(commands))


PASTE = _(
    "Paste a manifest below the command: kubectl create -f - (or apply -f -), a new line with Shift and "
    "Enter, then the YAML."
)


def _documents(pasted: str) -> list[str]:
    found = [part for part in re.split(r"(?m)^---.*$", pasted) if part.strip()]
    if len(found) > MOST_OBJECTS:
        raise Said(note=_("This console makes at most {most} objects at once."), most=MOST_OBJECTS)
    return found


def read_manifest(api: Api, document: str, arguments: Arguments) -> Manifest:
    """The object in a document, with what the API server's defaults would fill in. Raises Said."""
    try:
        plain = _plain(parse_document(document))
    except ScenarioError as error:
        raise Said(
            f"error: error parsing STDIN: error converting YAML to JSON: yaml: line {error.line}: "
            f"{error.message}"
        ) from None
    if not isinstance(plain, dict):
        raise Said('error: error validating "STDIN": error validating data: invalid object to validate')
    kind, api_version = str(plain.get("kind", "")), str(plain.get("apiVersion", ""))
    resource = _resource(api, kind, api_version)
    wanted = {key: value for key, value in plain.items() if key not in (*_IGNORED, *_SERVER)}
    metadata = wanted.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise Said('error: error validating "STDIN": error validating data: metadata.name is required')
    if resource.namespaced:
        metadata = {"namespace": arguments.value("namespace", "default"), **metadata}
    wanted = with_defaults(kind, {**wanted, "metadata": metadata})
    try:
        obj = msgspec.convert(wanted, type=resource.type)
    except msgspec.ValidationError as error:
        raise Said(f'error: error validating "STDIN": error validating data: {error}') from None
    return Manifest(resource, api_version, msgspec.to_builtins(obj), tuple(_lost(wanted, obj, "")))


def _resource(api: Api, kind: str, api_version: str) -> Resource:
    if not kind or not api_version:
        missing = "kind" if not kind else "apiVersion"
        raise Said(f'error: error validating "STDIN": error validating data: {missing} not set')
    served = API_VERSIONS[api.cluster.world.release.version]
    if api_version not in served:
        group = api_version.rpartition("/")[0]
        raise Said(
            f'error: unable to recognize "STDIN": no matches for {group}/, Kind={kind}',
            note=_("{version} is none of the API versions of this release; see kubectl api-versions."),
            version=api_version,
        )
    resource, known = resource_of_kind(kind), MAKEABLE.get(kind, ())
    if resource is None or not known:
        kinds = ", ".join(MAKEABLE)
        raise Said(note=_("This model makes no {kind}; it makes {kinds}."), kind=kind, kinds=kinds)
    if api_version not in known:
        versions = ", ".join(version for version in known if version in served)
        raise Said(note=_("This model makes a {kind} through {versions}."), kind=kind, versions=versions)
    return resource


def _plain(value: Value) -> Any:
    if value.is_mapping:
        return {key.text(): _plain(inner) for key, inner in value.items()}
    if value.is_list:
        return list(value.each(_plain))
    if value.is_null:
        return None
    if value.is_boolean:
        return value.boolean()
    if value.is_number:
        number = value.number()
        return int(number) if number.is_integer() else number
    return value.text()


def with_defaults(kind: str, plain: dict[str, Any]) -> dict[str, Any]:
    """What the API server fills in where nothing is written (pkg/api/v1/defaults.go)."""
    spec = plain.get("spec")
    if not isinstance(spec, dict):
        return plain
    spec = dict(spec)
    if kind == "Pod":
        spec = _pod_defaults(spec)
    elif kind == "Service":
        ports = spec.get("ports")
        if isinstance(ports, list):
            spec["ports"] = [_port_defaults(port) for port in ports]
    elif isinstance(spec.get("template"), dict):
        template = dict(spec["template"])
        if isinstance(template.get("spec"), dict):
            template["spec"] = _pod_defaults(template["spec"])
        spec["template"] = template
        if kind in ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"):
            spec.setdefault("replicas", 1)
    return {**plain, "spec": spec}


def _port_defaults(port: Any) -> Any:
    return {"targetPort": port.get("port"), **port} if isinstance(port, dict) else port


def _pod_defaults(spec: dict[str, Any]) -> dict[str, Any]:
    containers = spec.get("containers")
    if not isinstance(containers, list):
        return spec
    return {**spec, "containers": [_container_defaults(container) for container in containers]}


def _container_defaults(container: Any) -> Any:
    if not isinstance(container, dict):
        return container
    image = str(container.get("image", ""))
    latest = image.endswith(":latest") or ":" not in image.rpartition("/")[2]
    return {"imagePullPolicy": "Always" if latest else "IfNotPresent", **container}


def _lost(written: Any, kept: Any, path: str) -> list[str]:
    """Paths of what was written and the model has no field for."""
    if isinstance(written, list) and isinstance(kept, tuple):
        return [lost for one, other in zip(written, kept, strict=False) for lost in _lost(one, other, path)]
    if not isinstance(written, dict) or not isinstance(kept, msgspec.Struct):
        return []
    known = {field.encode_name: field.name for field in msgspec.structs.fields(kept)}
    lost: list[str] = []
    for key, value in written.items():
        inner = f"{path}.{key}" if path else str(key)
        lost += _lost(value, getattr(kept, known[key]), inner) if key in known else [inner]
    return lost
