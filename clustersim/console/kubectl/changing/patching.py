"""kubectl patch.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/patch.go; v1.36 k8s.io/kubectl pkg/cmd/patch.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.go_json import json_error
from clustersim.apiserver.patching import NO_STRATEGIC
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, line_of
from clustersim.console.kubectl.making.data_generators import text_at
from clustersim.console.kubectl.misuse import misused
from clustersim.yaml_documents import ManifestError

_PARTS: Final = ("status", "scale", "resize")
_PATCHES: Final = {"json": "json", "merge": "merge", "strategic": "strategic"}


def part_of(arguments: Arguments) -> str:
    """The part of an object that is meant; empty: the whole. Raises Said."""
    part = arguments.value("subresource")
    if part not in ("", *_PARTS):
        raise Said("Error from server (NotFound): the server could not find the requested resource")
    return part


def patch(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl patch: by strategic merge, JSON merge or JSON patch. Raises Said."""
    arguments = commands.read("patch", words, api.release)
    kind, text = arguments.value("type", "strategic"), _patch_text(api, arguments)
    if kind not in _PATCHES:
        raise Said(f"error: --type must be one of [json merge strategic], not {kind!r}".replace("'", '"'))
    if not text:
        if api.today:
            raise Said("error: must specify --patch or --patch-file containing the contents of the patch")
        raise misused(api, "patch", "Must specify -p to patch")
    if text.lstrip().startswith("{") and (broken := json_error(text)):  # it goes to the server as it is
        raise Said(f"Error from server (BadRequest): {broken}")
    try:
        documents = api.documents(text)
    except ManifestError as error:
        raise Said(f"error: unable to parse {text!r}: yaml: {error.message}".replace("'", '"')) from None
    body = documents[0].plain if documents else {}
    part = part_of(arguments)
    change = Change(api, arguments, line_of("patch", words))
    change.stands_alone = api.today  # Nothing is said of a dry run.
    selected = change.objects(arguments.words, stdin, "patch")
    for one in selected:
        if kind == "strategic" and api.resources[one.resource].definition is not None:
            raise Said(_not_strategic(api, one.resource))
        unchanged = "patched (no change)" if api.today else "not patched"
        for obj in one.objects:
            change.of(
                one.resource,
                obj,
                body,
                "patched",
                kind=kind,
                unchanged="" if api.today and arguments.of_files else unchanged,
                subresource=part,
            )
    change.missing(selected)
    return change.answer()


def _patch_text(api: Api, arguments: Arguments) -> str:
    """-p, or the text of a file. Raises Said."""
    path = arguments.value("patch-file")
    if path and arguments.value("patch"):
        raise Said("error: cannot specify --patch and --patch-file together")
    if not path:
        return arguments.value("patch")
    return text_at(api, path, f"unable to read patch file: open {path}")


def _not_strategic(api: Api, resource: str) -> str:
    """Nobody knows how the lists of an added kind are merged."""
    version, kind = api.api_version(resource), api.resources[resource].kind
    patch = "application/strategic-merge-patch+json"
    if api.today:
        return f"error: {patch} is not supported by {version}, Kind={kind}: {NO_STRATEGIC}"
    return f"Error from server (UnsupportedMediaType): {NO_STRATEGIC}"
