"""What `kubectl create configmap` and `create secret` make of literals and files.

Sources: v1.7.5, v1.8.0 pkg/kubectl/configmap.go, secret.go, secret_for_docker_registry.go, hash.go; v1.36
k8s.io/kubectl pkg/cmd/create, pkg/util/hash, pkg/cmd/util/env_file.go.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.api.goformat import html_escaped
from clustersim.apiserver.validation.names import variable_name
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.files import listed
from clustersim.console.kubectl.making.generators import Plain
from clustersim.console.kubectl.misuse import misused
from clustersim.i18n import _
from clustersim.workstation.files import name_of

_KEY: Final = re.compile(r"[-._a-zA-Z0-9]+\Z")
_KEY_RULE: Final = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
    "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_VOWELS: Final = str.maketrans("013ae", "ghkmt")
_SUFFIX: Final = 10
"""Letters of --append-hash."""


def config_map(api: Api, name: str, arguments: Arguments) -> Plain:
    """Raises Said."""
    plain: Plain = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    data = _values(api, arguments, name, "ConfigMap")
    plain = {**plain, "data": data} if data else plain
    none: dict[str, str] | None = {} if api.today else None
    return _hashed(plain, arguments, {"data": data or none, "kind": "ConfigMap", "name": name})


def secret(api: Api, name: str, arguments: Arguments) -> Plain:
    """A generic one. Raises Said."""
    kind = arguments.value("type") or ("" if api.today else "Opaque")
    plain = _secret_of(name, kind, _values(api, arguments, name, "Secret"))
    return _hashed(
        plain, arguments, {"data": plain.get("data"), "kind": "Secret", "name": name, "type": kind}
    )


def _hashed(plain: Plain, arguments: Arguments, told: Plain) -> Plain:
    """With --append-hash the name ends with a word for what is in it."""
    if not arguments.has("append-hash"):
        return plain
    text = html_escaped(msgspec.json.encode(told, order="deterministic").decode())
    word = hashlib.sha256(text.encode()).hexdigest()[:_SUFFIX].translate(_VOWELS)
    return {**plain, "metadata": {"name": f"{plain['metadata']['name']}-{word}"}}


def _values(api: Api, arguments: Arguments, name: str, kind: str) -> dict[str, str]:
    literals, files = arguments.each("from-literal"), arguments.each("from-file")
    lists = arguments.each("from-env-file")
    if lists and (literals or files):
        raise Said("error: from-env-file cannot be combined with from-file or from-literal")
    found: dict[str, str] = {}
    given = [_literal(text) for text in literals]
    given += [pair for source in files for pair in _of_file(api, source)]
    given += [pair for path in lists for pair in _of_list(text_at(api, path), today=api.today)]
    for key, value in given:
        if _KEY.match(key) is None:
            told = "valid key name for a Secret" if kind == "Secret" else "a valid key name for a ConfigMap:"
            raise Said(f'error: "{key}" is not {told} {_KEY_RULE}')
        if key in found:
            raise Said(_taken(api, key, found, name, kind))
        found[key] = value
    return found


def _literal(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise Said(f"error: invalid literal source {text}, expected key=value")
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return key, value[1:-1] if quoted else value


def _of_file(api: Api, source: str) -> Iterator[tuple[str, str]]:
    """A file under its name or a key, or all files of a directory."""
    key, equals, path = source.partition("=")
    if not equals:
        key, path = "", source
    elif "=" in path:
        raise Said("error: key names or file paths cannot contain '='")
    elif not key:
        raise Said(f"error: key name for file path {path} missing")
    elif not path:
        raise Said(f"error: file path for key name {key} missing")
    folder = f"{name_of(path)}/"
    inside = [one for one in sorted(api.files) if one.startswith(folder) and "/" not in one[len(folder) :]]
    if not inside:
        yield key or path.rpartition("/")[2], text_at(api, path)
        return
    if key:
        raise Said("error: cannot give a key name for a directory path")
    names = [(one[len(folder) :], one) for one in inside]
    yield from ((short, api.files[one]) for short, one in names if _KEY.match(short))


def text_at(api: Api, path: str, doing: str = "") -> str:
    """What is in a file of the workstation; doing: what kubectl was at. Raises Said."""
    text = api.files.get(name_of(path))
    if text is None:
        raise Said(
            f"error: {doing or f'error reading {path}'}: no such file or directory",
            note=_("Files here: {files}."),
            files=listed(api),
        )
    return text


def _of_list(text: str, *, today: bool) -> Iterator[tuple[str, str]]:
    """KEY=VALUE, one a line. Raises Said."""
    for line in text.splitlines():
        if (told := line.lstrip()) and not told.startswith("#"):
            key, _equals, value = told.partition("=")
            if today and (reasons := variable_name(key, "v1.8")):
                raise Said(f'error: "{key}" is not a valid key name: {reasons[0]}')
            yield key, value


def _taken(api: Api, key: str, found: dict[str, str], name: str, kind: str) -> str:
    """That a key is given twice; the old kubectl shows what it has, a Secret's values as bytes."""
    if api.today and kind == "ConfigMap":
        told = f'cannot add key "{key}", another key by that name already exists in Data for'
        return f'error: {told} {kind} "{name}"'
    if api.today:
        return f"error: cannot add key {key}, another key by that name already exists"
    values = {
        one: text if kind == "ConfigMap" else f"[{' '.join(map(str, text.encode()))}]"
        for one, text in sorted(found.items())
    }
    shown = " ".join(f"{one}:{text}" for one, text in values.items())
    return f"error: cannot add key {key}, another key by that name already exists: map[{shown}]."


def _secret_of(name: str, kind: str, values: dict[str, str]) -> Plain:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    plain: Plain = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}}
    if kind:
        plain["type"] = kind
    return {**plain, "data": data} if data else plain


# --- of registries and certificates ------------------------------------------------------------------------


def registry_secret(api: Api, name: str, arguments: Arguments) -> Plain:
    """Credentials of a registry. Raises Said."""
    server = arguments.value("docker-server") or "https://index.docker.io/v1/"
    user, password, email = (arguments.value(f"docker-{one}") for one in ("username", "password", "email"))
    if api.today:
        if arguments.given("from-file"):
            return _of_config_file(api, name, arguments)
        if not user or not password:
            raise Said(
                "error: either --from-file or the combination of --docker-username, --docker-password and "
                "--docker-server is required"
            )
    else:
        for flag, given in (("username", user), ("password", password), ("email", email)):
            if not given:
                raise misused(api, "create secret docker-registry", f"flag docker-{flag} is required")
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    fields = {"username": user, "password": password, "email": email, "auth": login}
    entry = {server: {field: value for field, value in fields.items() if value}}
    if api.today:
        return _config_of(name, msgspec.json.encode({"auths": entry}).decode(), arguments)
    return _secret_of(name, "kubernetes.io/dockercfg", {".dockercfg": msgspec.json.encode(entry).decode()})


def _config_of(name: str, text: str, arguments: Arguments) -> Plain:
    kind = "kubernetes.io/dockerconfigjson"
    plain = _secret_of(name, kind, {".dockerconfigjson": text})
    return _hashed(plain, arguments, {"data": plain["data"], "kind": "Secret", "name": name, "type": kind})


def _of_config_file(api: Api, name: str, arguments: Arguments) -> Plain:
    return _config_of(name, text_at(api, arguments.each("from-file")[0].rpartition("=")[2]), arguments)


def certificate_secret(api: Api, name: str, arguments: Arguments) -> Plain:
    """A certificate and its key: PEM; whether they belong together nobody knows here. Raises Said."""
    values = {}
    for flag, key in (("cert", "tls.crt"), ("key", "tls.key")):
        if not (path := arguments.value(flag)):
            if api.today:
                raise Said("error: key and cert must be specified")
            raise misused(api, "create secret tls", f"flag {flag} is required")
        doing = f"Cannot read file {path}, open {path}" if api.today else ""
        values[key] = text_at(api, path, doing)
    for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
        if "-----BEGIN " not in values[key]:
            raise Said(f"error: tls: failed to find any PEM data in {what} input")
    plain = _secret_of(name, "kubernetes.io/tls", values)
    told = {"data": plain["data"], "kind": "Secret", "name": name, "type": "kubernetes.io/tls"}
    return _hashed(plain, arguments, told)


DATA: Final = {
    "configmap": config_map,
    "secret docker-registry": registry_secret,
    "secret generic": secret,
    "secret tls": certificate_secret,
}
