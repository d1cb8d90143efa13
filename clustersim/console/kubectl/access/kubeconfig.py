"""`kubectl config`: which clusters, users and contexts the workstation knows, and which of them is meant.

Source: kubectl v1.7.5, v1.8.0 pkg/kubectl/cmd/config; v1.36 k8s.io/kubectl pkg/cmd/config.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands, usage
from clustersim.console.kubectl.access import kubeconfig_changes
from clustersim.console.kubectl.access.kubeconfig_file import Kubeconfig, read_kubeconfig, write_kubeconfig
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.output import format_of, shown
from clustersim.kubectl.columns import lines_of

_HIDDEN: Final = ("certificate-authority-data", "client-certificate-data", "client-key-data")
_REDACTED: Final = ("password", "token")


def config(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    if api.today and words[:1] == ["use"]:
        words = ["use-context", *words[1:]]
    verb = usage.parent(api, "config", words)
    arguments = commands.read(f"config {verb}", words[1:], api.release)
    file = read_kubeconfig(api, arguments.value("kubeconfig"))
    if verb in kubeconfig_changes.CHANGES:
        changed = kubeconfig_changes.CHANGES[verb](api, file, arguments)
        if changed.config != file:
            write_kubeconfig(api, changed.config, arguments.value("kubeconfig"))
        return Answer(text=changed.text)
    return _LOOKS[verb](api, file, arguments)


def _view(api: Api, file: Kubeconfig, arguments: Arguments) -> Answer:
    if arguments.words:
        raise misused(api, "config view", f"unexpected arguments: [{' '.join(arguments.words)}]")
    if arguments.has("minify"):
        file = _minified(file, arguments)
    plain = file.plain(today=api.today)
    if not arguments.has("raw"):
        plain = _without_keys(plain, "DATA+OMITTED" if api.today else "REDACTED")
    output = format_of(api, arguments)
    if output.name == "":
        output = output._replace(name="yaml")
    if output.name == "name":
        return Answer(text="config/<unknown>")
    return Answer(text=shown(api, plain, [plain], output))


def _minified(file: Kubeconfig, arguments: Arguments) -> Kubeconfig:
    """What the context that is meant needs. Raises Said."""
    name = arguments.value("context") or file.current
    if not name:
        raise Said("error: current-context must exist in order to minify")
    if name not in file.contexts:
        raise Said(f"error: cannot locate context {name}")
    context = file.contexts[name]
    kept = msgspec.structs.replace(file, contexts={name: context}, current=name)
    for kind, word in (("clusters", "cluster"), ("users", "user")):
        wanted = str(context.get(word) or "")
        if wanted and wanted not in file.entries(kind):
            raise Said(f"error: cannot locate {word} {wanted}")
        kept = kept.with_entries(kind, {wanted: file.entries(kind)[wanted]} if wanted else {})
    return kept


def _without_keys(value: Any, hidden: str) -> Any:
    if isinstance(value, list):
        return [_without_keys(inner, hidden) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: hidden if name in _HIDDEN else "REDACTED" if name in _REDACTED else _without_keys(inner, hidden)
        for name, inner in value.items()
    }


def _current(api: Api, file: Kubeconfig, arguments: Arguments) -> Answer:
    if not file.current:
        raise Said("error: current-context is not set")
    return Answer(text=file.current)


def _contexts(api: Api, file: Kubeconfig, arguments: Arguments) -> Answer:
    errors = [f"error: context {name} not found" for name in arguments.words if name not in file.contexts]
    named = [name for name in arguments.words or sorted(file.contexts) if name in file.contexts]
    match arguments.value("output"):
        case "name":
            return Answer(text="\n".join((*named, *errors)), ok=not errors)
        case "" | "wide":
            pass
        case other:
            told = f"error: --output {other} is not available in kubectl config get-contexts"
            raise Said(f"{told}; resetting to default output format")
    rows: list[tuple[str, ...]] = []
    if not arguments.has("no-headers"):
        rows.append(("CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"))
    for name in named:
        found = file.contexts[name]
        cells = (str(found.get(key) or "") for key in ("cluster", "user", "namespace"))
        rows.append(("*" if name == file.current else "", name, *cells))
    return Answer(text="\n".join((*lines_of(rows, api.release), *errors)), ok=not errors)


def _names(kind: str) -> Callable[[Api, Kubeconfig, Arguments], Answer]:
    def look(api: Api, file: Kubeconfig, arguments: Arguments) -> Answer:
        return Answer(text="\n".join(("NAME", *sorted(file.entries(kind)))))

    return look


_LOOKS: Final[dict[str, Callable[[Api, Kubeconfig, Arguments], Answer]]] = {
    "current-context": _current,
    "get-clusters": _names("clusters"),
    "get-contexts": _contexts,
    "get-users": _names("users"),
    "view": _view,
}
