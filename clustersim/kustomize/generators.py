"""ConfigMaps and Secrets made of files, literals and lists of variables.

Source: kustomize api/internal/generators, api/kv, api/hasher.
"""

import base64
import hashlib
import json
import posixpath
import re
from typing import Any, Final

from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.folders import Folder
from clustersim.kustomize.kustomization import Generator, Options
from clustersim.kustomize.objects import Object, Objects, Plain

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]+\Z")
_VARIABLE: Final = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*\Z")
_LINE: Final = 70
"""Characters of a line of base64 (kyaml/yaml/datamap.go)."""


def generated(kind: str, one: Generator, shared: Options | None, folder: Folder) -> Object:
    """What a generator makes. Raises KustomizeError."""
    if not one.name:
        raise KustomizeError("a configmap must have a name")
    options = _options(one.options, shared)
    data = _data(one, folder)
    metadata: Plain = {"name": one.name}
    if one.namespace:
        metadata["namespace"] = one.namespace
    if options.labels:
        metadata["labels"] = dict(options.labels)
    if options.annotations:
        metadata["annotations"] = dict(options.annotations)
    plain: Plain = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    if kind == "Secret":
        plain["type"] = one.type or "Opaque"
        data = {key: _base64(text) for key, text in data.items()}
    if data:
        plain["data"] = data
    if options.immutable:
        plain["immutable"] = True
    return Object(plain, hashed=not options.disable_name_suffix_hash, behavior=one.behavior)


def _options(own: Options | None, shared: Options | None) -> Options:
    """Those of the generator, and those for all generators where it says nothing."""
    own, shared = own or Options(), shared or Options()
    return Options(
        labels={**shared.labels, **own.labels},
        annotations={**shared.annotations, **own.annotations},
        disable_name_suffix_hash=own.disable_name_suffix_hash or shared.disable_name_suffix_hash,
        immutable=own.immutable or shared.immutable,
    )


def _data(one: Generator, folder: Folder) -> dict[str, str]:
    sources = (*one.envs, one.env) if one.env else one.envs
    pairs = [
        *_read("env source files", sources, lambda path: _variables(folder.load(path))),
        *_read("literal sources", one.literals, lambda text: [_literal(text)], colon=""),
        *_read("file sources", one.files, lambda source: [_file(source, folder)]),
    ]
    found: dict[str, str] = {}
    for key, text in pairs:
        if not key or not _KEY.match(key) or len(key) > 253:
            told = (
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            )
            raise KustomizeError(f'"{key}" is not a valid key name: {told}')
        if key in found:
            raise KustomizeError(f"configmap {one.name} illegally repeats the key `{key}`")
        found[key] = text
    return found


def _read(what: str, sources: tuple[str, ...], read: Any, colon: str = ":") -> list[tuple[str, str]]:
    try:
        return [pair for source in sources for pair in read(source)]
    except KustomizeError as error:
        listed = f"[{' '.join(sources)}]"
        raise KustomizeError(f"loading KV pairs: {what}{colon} {listed}: {error}") from None


def _literal(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise KustomizeError(f"invalid literal source {text}, expected key=value")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return key, value


def _file(source: str, folder: Folder) -> tuple[str, str]:
    key, equals, path = source.partition("=")
    if not equals:
        return posixpath.basename(source), folder.load(source)
    if "=" in path:
        raise KustomizeError(f"source \"{source}\" key name or file path contains '='")
    if not key:
        raise KustomizeError(f'missing key name for file path "{path}" in source "{source}"')
    if not path:
        raise KustomizeError(f'missing file path for key name "{key}" in source "{source}"')
    return key, folder.load(path)


def _variables(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines():
        told = line.lstrip()
        if not told or told.startswith("#"):
            continue
        key, _equals, value = told.partition("=")
        if not _VARIABLE.match(key):
            why = (
                "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', "
                "or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or "
                "'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')"
            )
            raise KustomizeError(f'"{key}" is not a valid key name: {why}')
        pairs.append((key, value))
    return pairs


def _base64(text: str) -> str:
    """In lines where it is long."""
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) <= _LINE:
        return encoded
    return "".join(f"{encoded[at : at + _LINE]}\n" for at in range(0, len(encoded), _LINE))


def absorb(objects: Objects, one: Object) -> None:
    """Another generated object, which may replace one there is, or add to it. Raises KustomizeError."""
    there = objects.by_any_id(one.id.same)
    told = f"merging from generator &{{0xc0005a4340 <nil>}}: id {_in_go(one)}"
    if not there:
        if one.behavior in ("merge", "replace"):
            raise KustomizeError(f"{told} does not exist; cannot merge or replace")
        objects.add(one)
        return
    if len(there) > 1:
        raise KustomizeError(f"{told}: found multiple objects that could accept merge")
    if one.behavior not in ("merge", "replace"):
        behavior = one.behavior or "unspecified"
        raise KustomizeError(
            f"{told} exists; can not use behavior: '{behavior}', behavior must be merge or replace"
        )
    old, metadata = there[0], one.metadata
    for field in ("labels", "annotations"):
        if both := {**(old.metadata.get(field) or {}), **(metadata.get(field) or {})}:
            metadata[field] = both
    metadata["name"] = old.name
    if namespace := old.metadata.get("namespace"):
        metadata["namespace"] = namespace
    if one.behavior == "merge":
        for field in ("data", "binaryData"):
            if both := {**(old.plain.get(field) or {}), **(one.plain.get(field) or {})}:
                one.plain[field] = both
    one.previous, one.prefixes, one.suffixes = old.previous, old.prefixes, old.suffixes
    one.origin = old.origin or one.origin
    objects.found[objects.found.index(old)] = one


def _in_go(one: Object) -> str:
    group, version, kind = one.id.kind
    gvk = f'Group:"{group}", Version:"{version}", Kind:"{kind}", isClusterScoped:false'
    return f'resid.ResId{{Gvk:resid.Gvk{{{gvk}}}, Name:"{one.name}", Namespace:"{one.id.namespace}"}}'


_LETTERS: Final = str.maketrans("013ae", "ghkmt")
"""Digits that could make a bad word, or none (kustomize api/hasher encode)."""


def hash_of(plain: Plain) -> str:
    """The suffix of a name that stands for what is in the object."""
    # kustomize looks for a field "metadata/name" there, and finds none.
    kind = plain["kind"]
    told: Plain = {"kind": kind, "name": "", "data": plain.get("data", "")}
    if kind == "Secret":
        told["type"] = plain.get("type", "")
    extra = "stringData" if kind == "Secret" else "binaryData"
    if isinstance(plain.get(extra), dict):
        told[extra] = plain[extra]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return digest[:10].translate(_LETTERS)
