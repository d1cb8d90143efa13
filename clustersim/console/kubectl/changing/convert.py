"""`kubectl convert -f`: a manifest in another version of its API, with what that version fills in.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/convert.go. By default it asks no server.
"""

from collections.abc import Sequence

from clustersim.api.registry import to_builtins
from clustersim.apiserver.defaults import default_object
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.clientform import client_form
from clustersim.console.kubectl.files import Manifest, read_manifests
from clustersim.console.kubectl.made import decoded, joined
from clustersim.console.kubectl.output import Format, format_of, shown


def convert(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    arguments = commands.read("convert", words, api.release)
    manifests = read_manifests(api, arguments, stdin, "")
    output = format_of(api, arguments) if arguments.value("output") else Format("yaml", "")
    converted = [_one(api, manifest, arguments) for manifest in manifests.found]
    if not converted:
        raise Said("\n".join(manifests.errors) or "error: no objects passed to convert")
    whole = converted[0] if len(converted) == 1 else {"apiVersion": "v1", "kind": "List", "items": converted}
    text = "\n".join([*manifests.errors, shown(api, whole, converted, output)])
    note = joined(manifests.notes) if manifests.notes else None
    return Answer(text=text, ok=not manifests.errors, note=note)


def _one(api: Api, manifest: Manifest, arguments: Arguments) -> dict[str, object]:
    resource = api.resources[manifest.resource]
    wanted = arguments.value("output-version") or manifest.api_version
    if wanted not in resource.versions[api.release]:
        raise Said(f'error: no kind "{resource.kind}" is registered for version "{wanted}"')
    obj = default_object(decoded(api, manifest, arguments), api.release, manifest.api_version)
    return client_form(to_builtins(obj, wanted), dated=True)
