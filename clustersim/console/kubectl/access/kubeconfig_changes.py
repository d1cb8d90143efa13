"""What `kubectl config` changes of a kubeconfig: entries that are set, renamed and deleted, single values.

Source: kubectl v1.7.5, v1.8.0 pkg/kubectl/cmd/config; v1.36 k8s.io/kubectl pkg/cmd/config.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.access.kubeconfig_file import Kubeconfig
from clustersim.workstation.files import name_of

_TEXTS: Final = {
    "clusters": ("certificate-authority", "proxy-url", "server", "tls-server-name"),
    "users": ("client-certificate", "client-key", "password", "token", "username", "as", "as-uid"),
    "contexts": ("cluster", "namespace", "user"),
}
_BYTES: Final = {
    "clusters": ("certificate-authority-data",),
    "users": ("client-certificate-data", "client-key-data"),
    "contexts": (),
}
_TRUTHS: Final = {
    "clusters": ("disable-compression", "insecure-skip-tls-verify"),
    "users": (),
    "contexts": (),
}
_TRUE: Final = ("1", "t", "T", "true", "TRUE", "True")
_FALSE: Final = ("0", "f", "F", "false", "FALSE", "False")


class Changed(NamedTuple):
    """The file as it is then, and what is said of it."""

    config: Kubeconfig
    text: str


def _only(arguments: Arguments, count: int = 1, *, told: str = "Unexpected args") -> tuple[str, ...]:
    """The names on the line. Raises Said where there are more or fewer."""
    if len(arguments.words) != count:
        raise Said(f"error: {told}: [{' '.join(arguments.words)}]")
    return arguments.words


def _file(api: Api, flag: str, path: str) -> str:
    """A file's text as base64. Raises Said."""
    if (text := api.files.get(name_of(path))) is None:
        raise Said(f"error: could not stat {flag} file {path}: stat {path}: no such file or directory")
    return base64.b64encode(text.encode()).decode()


def _certificates(api: Api, arguments: Arguments, *flags: str) -> dict[str, Any]:
    """Files of certificates and keys: their paths, or with --embed-certs what is in them."""
    found: dict[str, Any] = {}
    for flag in flags:
        if not (path := arguments.value(flag)):
            continue
        embedded = arguments.has("embed-certs")
        found |= {f"{flag}-data": _file(api, flag, path)} if embedded else {flag: path}
    return found


def _set_cluster(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    (name,) = _only(arguments)
    insecure = arguments.has("insecure-skip-tls-verify")
    if arguments.value("certificate-authority") and insecure:
        raise Said("error: you cannot specify a certificate authority and insecure mode at the same time")
    entry = {**file.clusters.get(name, {})}
    entry |= {flag: arguments.value(flag) for flag in _TEXTS["clusters"][1:] if arguments.given(flag)}
    authority = _certificates(api, arguments, "certificate-authority")
    if authority or insecure:  # The one makes the other void.
        for key in ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify"):
            entry.pop(key, None)
    entry |= authority
    if insecure:
        entry["insecure-skip-tls-verify"] = True
    return Changed(file.with_entries("clusters", {**file.clusters, name: entry}), f'Cluster "{name}" set.')


def _set_credentials(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    (name,) = _only(arguments, told="unexpected args" if api.today else "Unexpected args")
    basic = arguments.given("username") or arguments.given("password")
    if arguments.value("token") and basic:
        told = "you cannot specify more than one authentication method at the same time"
        raise Said(f"error: {told}: --token, --username/--password")
    entry = {**file.users.get(name, {})}
    for given, others in ((arguments.given("token"), ("username", "password")), (basic, ("token",))):
        for key in others if given else ():
            entry.pop(key, None)
    entry |= {
        flag: arguments.value(flag) for flag in ("token", "username", "password") if arguments.given(flag)
    }
    entry |= _certificates(api, arguments, "client-certificate", "client-key")
    return Changed(file.with_entries("users", {**file.users, name: entry}), f'User "{name}" set.')


def _set_context(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    if arguments.words and arguments.has("current"):
        raise Said("error: you cannot specify both a context name and --current")
    if arguments.has("current"):
        if not file.current:
            raise Said("error: no current context is set")
        name = file.current
    elif len(arguments.words) == 1:
        name = arguments.words[0]
    elif not arguments.words and api.today:
        raise Said("error: you must specify a non-empty context name or --current")
    else:
        raise Said(f"error: Unexpected args: [{' '.join(arguments.words)}]")
    entry = {**file.contexts.get(name, {"cluster": "", "user": ""})}
    for flag in _TEXTS["contexts"]:
        if arguments.given(flag):
            entry[flag] = arguments.value(flag)
    done = "modified" if name in file.contexts else "created"
    return Changed(file.with_entries("contexts", {**file.contexts, name: entry}), f'Context "{name}" {done}.')


def _use_context(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    (name,) = _only(arguments)
    if name not in file.contexts:
        raise Said(f'error: no context exists with the name: "{name}"')
    return Changed(msgspec.structs.replace(file, current=name), f'Switched to context "{name}".')


def _rename(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    old, new = _only(arguments, 2)
    if old not in file.contexts:
        raise Said(f'error: cannot rename the context "{old}", it\'s not in {file.path}')
    if new in file.contexts:
        told = f'cannot rename the context "{old}", the context "{new}" already exists in {file.path}'
        raise Said(f"error: {told}")
    contexts = {new if name == old else name: entry for name, entry in file.contexts.items()}
    current = new if file.current == old else file.current
    changed = msgspec.structs.replace(file, contexts=contexts, current=current)
    return Changed(changed, f'Context "{old}" renamed to "{new}".')


def _deletes(kind: str, word: str) -> Callable[[Api, Kubeconfig, Arguments], Changed]:
    def delete(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
        (name,) = _only(arguments)
        if name not in file.entries(kind):
            raise Said(f"error: cannot delete {word} {name}, not in {file.path}")
        kept = {one: entry for one, entry in file.entries(kind).items() if one != name}
        text = f"deleted {word} {name} from {file.path}"
        if kind == "contexts" and name == file.current:
            use = 'use "kubectl config use-context" to select a different one'
            text = f"warning: this removed your active context, {use}\n{text}"
        return Changed(file.with_entries(kind, kept), text)

    return delete


# --- single values -----------------------------------------------------------------------------------------


def _set(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    path, value = _only(arguments, 2)
    done = f'Property "{path}" set.'
    match path.split("."):
        case ["current-context"]:
            return Changed(msgspec.structs.replace(file, current=value), done)
        case ["kind" | "apiVersion"] | ["preferences", "colors"]:
            return Changed(file, done)  # Written as it always is.
        case [("clusters" | "users" | "contexts") as kind, *names] if len(names) < 2:
            raise Said(f"error: can't set a map to a value: map[{' '.join(sorted(file.entries(kind)))}]")
        case [("clusters" | "users" | "contexts") as kind, *names, key]:
            name = ".".join(names)
            first = {"cluster": "", "user": ""} if kind == "contexts" else {}
            entry = {**file.entries(kind).get(name, first), key: _value(kind, key, value, arguments)}
            return Changed(file.with_entries(kind, {**file.entries(kind), name: entry}), done)
    raise Said(f"error: unable to parse {path} after [] at api.Config")


def _value(kind: str, key: str, value: str, arguments: Arguments) -> Any:
    """A value in the form of its field. Raises Said."""
    if key in _BYTES[kind]:
        if arguments.has("set-raw-bytes"):
            return base64.b64encode(value.encode()).decode()
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error:
            raise Said("error: error decoding input value: illegal base64 data at input byte 0") from None
        return value
    if key in _TRUTHS[kind]:
        if value not in (*_TRUE, *_FALSE):
            raise Said(f'error: strconv.ParseBool: parsing "{value}": invalid syntax')
        return value in _TRUE
    if key not in _TEXTS[kind]:
        raise Said(f"error: unable to parse {key} after [{kind}] at api.Config")
    return value


def _unset(api: Api, file: Kubeconfig, arguments: Arguments) -> Changed:
    (path,) = _only(arguments)
    done = f'Property "{path}" unset.'
    match path.split("."):
        case ["current-context"]:
            return Changed(msgspec.structs.replace(file, current=""), done)
        case ["preferences"] | ["kind"] | ["apiVersion"]:
            return Changed(file, done)
        case [("clusters" | "users" | "contexts") as kind]:
            return Changed(file.with_entries(kind, {}), done)
        case [("clusters" | "users" | "contexts") as kind, *names]:
            return Changed(_without(file, kind, names), done)
    raise Said(f"error: unable to parse {path} after [] at api.Config")


def _without(file: Kubeconfig, kind: str, names: list[str]) -> Kubeconfig:
    """Without an entry, or a value of one. Raises Said."""
    entries, whole = dict(file.entries(kind)), ".".join(names)
    if whole in entries:
        del entries[whole]
        return file.with_entries(kind, entries)
    name, key = ".".join(names[:-1]), names[-1]
    if name not in entries:
        raise Said(f"error: current map key `{whole}` is invalid")
    entries[name] = {one: value for one, value in entries[name].items() if one != key}
    return file.with_entries(kind, entries)


CHANGES: Final[dict[str, Callable[[Api, Kubeconfig, Arguments], Changed]]] = {
    "delete-cluster": _deletes("clusters", "cluster"),
    "delete-context": _deletes("contexts", "context"),
    "delete-user": _deletes("users", "user"),
    "rename-context": _rename,
    "set": _set,
    "set-cluster": _set_cluster,
    "set-context": _set_context,
    "set-credentials": _set_credentials,
    "unset": _unset,
    "use-context": _use_context,
}
