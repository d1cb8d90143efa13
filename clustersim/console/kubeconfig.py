"""The kubeconfig of the workstation: one cluster, one user, one context, and the namespace of that.

It is made up from what the workstation knows, until somebody sets a namespace: then it is kept as a file.
Source: kubectl v1.7.5, v1.8.0, v1.36 pkg/cmd/config (set_context.go, view.go, get_contexts.go).
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.output import format_of, shown
from clustersim.i18n import _
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.manifest import to_yaml
from clustersim.workstation.files import KUBECONFIG

CONTEXT: Final = "admin@kubernetes"


def config(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl config view, current-context, use-context, set-context, get-contexts, -clusters, -users. Raises
    Said."""
    verb = words[0] if words else ""
    arguments = commands.read("config", words[1:], api.release)
    match verb:
        case "view":
            plain = _kubeconfig(api, api.context_namespace)
            if not arguments.value("output"):
                return Answer(text=to_yaml(plain))
            return Answer(text=shown(api, plain, [plain], format_of(api, arguments)))
        case "current-context":
            return Answer(text=CONTEXT)
        case "use-context":
            if (wanted_name := "".join(arguments.words[:1])) != CONTEXT:
                raise Said(f'error: no context exists with the name: "{wanted_name}"')
            return Answer(text=f'Switched to context "{CONTEXT}".')
        case "set-context":
            return _set_context(api, arguments)
        case "get-contexts":
            return _contexts(api, arguments)
        case "get-clusters":
            return Answer(text="NAME\nkubernetes")
        case "get-users" if api.today:
            return Answer(text="NAME\nadmin")
    raise Said(
        note=_(
            "This console knows kubectl config view, current-context, get-contexts, and set-context "
            "for the namespace."
        )
    )


def _set_context(api: Api, arguments: Arguments) -> Answer:
    """kubectl config set-context --current --namespace=NAMESPACE."""
    if not arguments.words and not arguments.has("current"):
        raise Said("error: you must specify a non-empty context name or --current")
    if arguments.words and arguments.words[0] != CONTEXT:
        raise Said(note=_("The workstation has one context: {context}."), context=CONTEXT)
    if arguments.given("namespace"):
        api.save(KUBECONFIG, to_yaml(_kubeconfig(api, arguments.value("namespace"))))
    return Answer(text=f'Context "{CONTEXT}" modified.')


def _kubeconfig(api: Api, namespace: str) -> dict[str, Any]:
    """The file of the workstation, its keys left out."""
    hidden = "DATA+OMITTED" if api.today else "REDACTED"
    server = f"https://localhost:{api.server.flags.secure_port}"
    user = {"client-certificate-data": hidden, "client-key-data": hidden}
    context = {"cluster": "kubernetes", **({"namespace": namespace} if namespace else {}), "user": "admin"}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        **({} if api.today else {"preferences": {}}),
        "clusters": [
            {"name": "kubernetes", "cluster": {"certificate-authority-data": hidden, "server": server}}
        ],
        "contexts": [{"name": CONTEXT, "context": context}],
        "users": [{"name": "admin", "user": user}],
    }


def _contexts(api: Api, arguments: Arguments) -> Answer:
    """kubectl config get-contexts."""
    unknown = [name for name in arguments.words if name != CONTEXT]
    named = [] if unknown and len(unknown) == len(arguments.words) else [CONTEXT]
    errors = [f"error: context {name} not found" for name in unknown]
    if arguments.value("output") == "name":
        return Answer(text="\n".join((*named, *errors)), ok=not errors)
    rows = [("CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE")]
    rows += [("*", name, "kubernetes", "admin", api.context_namespace) for name in named]
    return Answer(text="\n".join((*lines_of(rows, api.release), *errors)), ok=not errors)
