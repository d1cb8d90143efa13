"""-f: manifests that were pasted below the command, or files of the scenario; and what kubectl says of what
it cannot read. Sources: v1.7.5, v1.8.0 pkg/kubectl/resource/builder.go, visitor.go, pkg/api/validation;
v1.36 k8s.io/cli-runtime pkg/resource.
"""

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from clustersim.addons import published
from clustersim.api.client_validation import unknown_type, validate_manifest
from clustersim.api.request import Request
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.access.reviews import is_review
from clustersim.console.kubectl.clientform import in_order
from clustersim.console.kubectl.kustomizing import manifests_of
from clustersim.console.kubectl.misuse import NOTHING_NAMED, misused
from clustersim.console.kubectl.selection import Selected
from clustersim.i18n import Message, _
from clustersim.releases.api_versions import API_VERSIONS
from clustersim.workstation.files import HOME, name_of
from clustersim.yaml_documents import ManifestError

MOST_OBJECTS: Final = 500
MANIFESTS: Final = (".json", ".yaml", ".yml")
"""Objects of one command."""

PASTE: Final = _(
    "Paste a manifest below the command: kubectl create -f - (or apply -f -), a new line with Shift and "
    "Enter, then the YAML."
)
VALIDATING: Final = ("apply", "create", "replace")
"""Verbs that look at what a manifest says before they do anything."""
BOTH_NAMED: Final = (
    "error: when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
)


class Manifest(NamedTuple):
    """One object as it is written. source: "STDIN" or the file; resource: what it is in this release."""

    source: str
    resource: str
    api_version: str
    plain: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.plain["metadata"].get("name") or "")

    @property
    def namespace(self) -> str:
        return str(self.plain["metadata"].get("namespace") or "")

    @property
    def labels(self) -> dict[str, str]:
        """What selectors look at: texts, and nothing where something else stands (apimachinery
        unstructured.go, GetLabels)."""
        given = self.plain["metadata"].get("labels")
        found = given.items() if isinstance(given, dict) else ()
        return {key: value for key, value in found if isinstance(value, str)}

    def creation(self, obj: Any) -> Request:
        """The request that makes it. obj: what it was read as."""
        return Request("create", self.resource, self.namespace, self.name, obj, api_version=self.api_version)


class Manifests(NamedTuple):
    """What could be read, and what is to be said about the rest."""

    found: tuple[Manifest, ...]
    errors: tuple[str, ...]
    notes: tuple[Message, ...] = ()
    reviews: tuple[dict[str, Any], ...] = ()


def texts_of(api: Api, arguments: Arguments, stdin: str) -> list[tuple[str, str]]:
    """The texts that -f or -k names, each with what kubectl calls it. Raises Said."""
    texts: list[tuple[str, str]] = []
    files = api.files
    if arguments.given("kustomize"):
        if arguments.given("filename"):
            raise Said("error: only one of -f or -k can be specified")
        folder = arguments.value("kustomize")
        return [(folder, manifests_of(api, folder))]
    for name in arguments.several("filename"):
        if name == "-":
            if not stdin.strip():
                raise Said(note=PASTE)
            texts.append(("STDIN", stdin))
        elif name.startswith(("http://", "https://")) and (addon := published(api.release, name)):
            texts.append((name, addon))
        elif name.startswith(("http://", "https://")):
            raise Said(
                f"error: unable to read URL {name!r}, this workstation has no way to the internet".replace(
                    "'", '"'
                ),
                note=PASTE,
            )
        elif name_of(name) in files:
            texts.append((name, files[name_of(name)]))
        elif inside := _manifests_in(api, name, deep=arguments.has("recursive")):
            texts += [(one, files[one]) for one in inside]
        else:
            raise Said(
                f'error: the path "{name}" does not exist',
                note=_("Files here: {files}."),
                files=listed(api),
            )
    return texts


def _manifests_in(api: Api, folder: str, *, deep: bool) -> list[str]:
    """Files of a directory that kubectl takes for manifests; deep: and of those in it (-R)."""
    begin = "" if name_of(folder) in (".", HOME) else f"{name_of(folder)}/"
    found = [name for name in sorted(api.files) if name.startswith(begin) and name.endswith(MANIFESTS)]
    return [name for name in found if deep or "/" not in name.removeprefix(begin)]


def listed(api: Api) -> str:
    """The first files there are, for people."""
    return ", ".join(sorted(api.files)[:20])


def read_manifests(api: Api, arguments: Arguments, stdin: str, verb: str = "apply") -> Manifests:
    """All objects that are named; what cannot be read is told, and the rest goes on, as kubectl does. Raises
    Said where nothing is named."""
    if not arguments.of_files:
        if not api.today and verb == "replace":
            raise misused(api, verb, "Must specify --filename to replace")
        raise Said("error: must specify one of -f and -k" if api.today else NOTHING_NAMED)
    found: list[Manifest] = []
    errors: list[str] = []
    notes: list[Message] = []
    reviews: list[dict[str, Any]] = []
    for source, text in texts_of(api, arguments, stdin):
        broken = ""
        try:
            documents = api.documents(text)
        except ManifestError as error:
            documents, broken = error.before, f"error: error parsing {source}: {error.told}"
        if not documents and not broken:
            errors.append(f"error: no objects passed to {verb or 'apply'}")
        for document in documents:
            if verb == "create" and is_review(api, document.plain):
                reviews.append(document.plain)
                continue
            try:
                _check_on_client(api, source, document.plain, arguments, verb)
                found.append(recognized(api, source, document.plain, arguments, verb))
            except Said as said:
                errors.append(said.text)
                if said.note is not None:
                    notes.append(said.note)
                if isinstance(said, Unvalidated):  # Nothing behind it is read any more.
                    broken = ""
                    break
        errors += [broken] if broken else []
    if len(found) > MOST_OBJECTS:
        raise Said(note=_("This console makes at most {most} objects at once."), most=MOST_OBJECTS)
    return Manifests(tuple(found), tuple(errors), tuple(notes), tuple(reviews))


class Unvalidated(Said):
    """What kubectl itself finds wrong: it reads no more of that text (cli-runtime pkg/resource/visitor.go,
    StreamVisitor)."""


def _check_on_client(api: Api, source: str, plain: Any, arguments: Arguments, verb: str) -> None:
    """Raises Unvalidated for what kubectl of v1.7 and v1.8 does not send."""
    if api.today or verb not in VALIDATING or arguments.value("validate", "true") == "false":
        return
    says = isinstance(plain, dict) and plain.get("kind") and plain.get("apiVersion")
    if says and (told := validate_manifest(plain, api.release, api.resources)):
        raise Unvalidated(f'error: error validating "{source}": error validating data: {told}')


def recognized(api: Api, source: str, plain: Any, arguments: Arguments, verb: str = "create") -> Manifest:
    """What an object is. Raises Said for what this release does not have, in its words."""
    if not isinstance(plain, dict):
        raise Unvalidated(_invalid(source, "invalid object to validate"))
    kind, api_version = plain.get("kind"), plain.get("apiVersion")
    missing = [
        f"{name} not set" if value is None else f"{name} isn't string type"
        for name, value in (("apiVersion", api_version), ("kind", kind))
        if not isinstance(value, str) or not value
    ]
    if missing:
        validates = arguments.value("validate", "true") not in ("false", "ignore")
        told = _unkinded(api, source, missing, plain, verb if validates else "")
        raise (Unvalidated if validates and verb in VALIDATING else Said)(told)
    if api.today and kind == "List":
        raise Unvalidated(_invalid(source, "invalid object to validate"))
    assert isinstance(kind, str)
    assert isinstance(api_version, str)
    resource = resource_in(api, kind, api_version)
    if resource is None:
        validates = arguments.value("validate", "true") != "false"
        raise _unknown_kind(api, source, kind, api_version, plain, verb=verb, validates=validates)
    metadata = plain.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, dict) else {}
    given, namespace = metadata.get("name"), arguments.value("namespace")
    _check_metadata(api, source, metadata)
    if not given and not metadata.get("generateName") and verb != "create":
        raise Said(_nameless(api, source, resource, kind, api_version, namespace or "default"))
    if api.resources[resource].namespaced:
        enforced = namespace and namespace != api.context_namespace
        if enforced and metadata.get("namespace") not in (None, "", namespace):
            raise Said(
                f"error: the namespace from the provided object {metadata['namespace']!r} does not "
                "match the namespace "
                f"{namespace!r}. You must pass '--namespace={metadata['namespace']}' to perform "
                "this operation.".replace(
                    f"'{metadata['namespace']}'", f'"{metadata["namespace"]}"', 1
                ).replace(f"'{namespace}'", f'"{namespace}"', 1)
            )
        metadata.setdefault("namespace", namespace or "default")
        metadata["namespace"] = metadata["namespace"] or namespace or "default"
    else:
        metadata.pop("namespace", None)
    return Manifest(source, resource, api_version, in_order({**plain, "metadata": metadata}))


def _check_metadata(api: Api, source: str, metadata: dict[str, Any]) -> None:
    """Raises Said for a name that is no text, and today for labels and annotations of which any is none."""
    given = metadata.get("name")
    if given is not None and not isinstance(given, str):
        raise Said(_no_text(api, source, given))
    for field in ("labels", "annotations") if api.today else ():
        held = metadata.get(field)
        if held is not None and not isinstance(held, dict):
            raise Said(_undecoded(source, field, held, "map[string]string"))
        for value in (held or {}).values():
            if value is not None and not isinstance(value, str):
                raise Said(_undecoded(source, field, value))


def _unkinded(api: Api, source: str, missing: list[str], plain: dict[str, Any], verb: str) -> str:
    """Of what does not say what it is; verbs that only look it up say so in their own words (cli-runtime
    resource/mapper.go)."""
    if verb in VALIDATING:
        return _invalid(source, f"[{', '.join(missing)}]" if len(missing) > 1 and api.today else missing[0])
    field = "apiVersion" if plain.get("kind") else "Kind"
    shown = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"error: unable to decode \"{source}\": Object '{field}' is missing in '{shown}'"


def _invalid(source: str, told: str) -> str:
    return (
        f'error: error validating "{source}": error validating data: {told}; if you choose to ignore these '
        "errors, turn validation off with --validate=false"
    )


def _undecoded(source: str, field: str, value: object, wanted: str = "string") -> str:
    """Part of metadata is no text: today kubectl itself cannot read it."""
    found = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "object"
    found = "array" if isinstance(value, list) else "string" if isinstance(value, str) else found
    return (
        f'error: unable to decode "{source}": json: cannot unmarshal {found} into Go struct field '
        f"ObjectMeta.metadata.{field} of type {wanted}"
    )


def _no_text(api: Api, source: str, name: object) -> str:
    """metadata.name is a number or the like."""
    if api.today:
        return _undecoded(source, "name", name)
    found = "bool" if isinstance(name, bool) else "float64" if isinstance(name, int | float) else "map"
    return (
        f'error: error validating "{source}": error validating data: expected type string, for field '
        f"metadata.name, got {found}; if you choose to ignore these errors, turn validation off with "
        "--validate=false"
    )


def _nameless(api: Api, source: str, resource: str, kind: str, api_version: str, namespace: str) -> str:
    """Of what has no name nothing can be looked up."""
    head = "error: error when retrieving current configuration of:\n"
    if not api.today:
        return f'{head}Resource: "{resource}"\nfrom server for: "{source}": resource name may not be empty'
    group, _slash, version = api_version.rpartition("/")
    return (
        f'{head}Resource: "{group}/{version}, Resource={resource}", GroupVersionKind: "{group}/{version}, '
        f'Kind={kind}"\nName: "", Namespace: "{namespace}"\nfrom server for: "{source}": resource name may '
        "not be empty"
    )


def resource_in(api: Api, kind: str, api_version: str) -> str | None:
    """The resource of a kind, by its plural name; None: that version of the API has no such kind."""
    known = (one for one in api.resources.values() if api_version in one.versions[api.release])
    return next((one.plural for one in known if one.kind == kind), None)


def _misspelt(api: Api, source: str, kind: str, api_version: str, verb: str) -> str:
    """What the server says of a kind in lower case, which kubectl of today finds all the same."""
    found = next(
        (
            one.kind
            for one in api.resources.values()
            if one.kind.lower() == kind and api_version in one.versions[api.release]
        ),
        "",
    )
    if not api.today or not found:
        return ""
    when = {"replace": "replacing"}.get(verb, "creating")
    return (
        f'Error from server (BadRequest): error when {when} "{source}": {kind} in version '
        f'"{api_version.rpartition("/")[2]}" cannot be handled as a {found}: no kind "{kind}" is registered '
        f'for version "{api_version}" in scheme "pkg/api/legacyscheme/scheme.go:30"'
    )


def _unknown_kind(
    api: Api,
    source: str,
    kind: str,
    api_version: str,
    plain: dict[str, Any],
    *,
    verb: str,
    validates: bool,
) -> Said:
    """The kind is not served in that version: is that the release, or this model?"""
    if told := _misspelt(api, source, kind, api_version, verb):
        return Said(told)
    unknown = unknown_type(api_version, kind, api.release, API_VERSIONS[api.version]) if validates else ""
    group, _slash, _version = api_version.rpartition("/")
    served = api_version in API_VERSIONS[api.version]
    elsewhere = [one for one in api.resources.values() if one.kind == kind]
    if api.today:
        name = plain.get("metadata", {}).get("name", "") if isinstance(plain.get("metadata"), dict) else ""
        text = (
            f'error: resource mapping not found for name: "{name}" namespace: "" from "{source}": '
            "no matches for "
            f'kind "{kind}" in version "{api_version}"\nensure CRDs are installed first'
        )
    elif unknown:
        text = f'error: error validating "{source}": error validating data: {unknown}'
    else:
        text = f'error: unable to recognize "{source}": no matches for {group}/, Kind={kind}'
    said = Unvalidated if unknown and not api.today else Said
    kinds = sorted(one.kind for one in api.resources.values() if api_version in one.versions[api.release])
    near = get_close_matches(kind.title(), kinds, 1) if served and not elsewhere else []
    if near:
        return said(text, note=_("Did you mean {nearest}?"), nearest=near[0])
    if served and not elsewhere:
        return said(text, note=_("This model keeps no {kind}."), kind=kind)
    if served:
        versions = ", ".join(elsewhere[0].versions[api.release])
        return said(text, note=_("In this release a {kind} is of {versions}."), kind=kind, versions=versions)
    return said(
        text,
        note=_("{version} is none of the API versions of this release; see kubectl api-versions."),
        version=api_version,
    )


def objects_of_files(api: Api, arguments: Arguments, stdin: str, doing: str = "") -> list[Selected]:
    """The objects that -f names, as they are now in the cluster; doing: what kubectl was at, where it says so
    of those it does not find. Raises Said."""
    manifests = read_manifests(api, arguments, stdin, "")
    if manifests.errors and not manifests.found:
        raise Said("\n".join(manifests.errors))
    found: list[Selected] = []
    for manifest in manifests.found:
        obj = api.find(manifest.resource, manifest.namespace, manifest.name)
        missing = [] if obj is not None else [api.not_found(manifest.resource, manifest.name)]
        if doing:
            when = f': error when {doing} "{manifest.source}": '
            missing = [text.replace(": ", when, 1) for text in missing]
        objects = [] if obj is None else [obj]
        if found and found[-1].resource == manifest.resource:
            found[-1].objects.extend(objects)
            found[-1].missing.extend(missing)
        else:
            found.append(Selected(manifest.resource, objects, missing, True))
    if found:
        found[-1].missing.extend(manifests.errors)
    return found


def words_and_files(
    api: Api, words: Sequence[str], arguments: Arguments, stdin: str, doing: str = ""
) -> list[Selected] | None:
    """Those of -f where it is given, else None: then `words` say which."""
    if not arguments.of_files:
        return None
    if words:
        raise Said(BOTH_NAMED)
    api.reach()
    return objects_of_files(api, arguments, stdin, doing)
