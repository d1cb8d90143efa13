"""`kubectl edit`: a small editor on the page. Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/util/editor; v1.36
k8s.io/kubectl pkg/cmd/util/editor."""

import json
from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.request import Request
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, chosen, line_of
from clustersim.console.kubectl.changing.patching import part_of
from clustersim.console.kubectl.files import Manifest
from clustersim.console.kubectl.made import decoded
from clustersim.console.kubectl.output import plain_of, without_managers
from clustersim.console.pasted import without_comments
from clustersim.i18n import _
from clustersim.kubectl.manifest import to_yaml
from clustersim.yaml_documents import ManifestError

_EDITOR: Final = """# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
"""


def edit(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl edit: the page shows the text, and gives back what became of it. Raises Said."""
    arguments = commands.read("edit", words, api.release)
    selected = chosen(api, arguments.words, arguments, "", "edit")
    objects = [(one.resource, obj) for one in selected for obj in one.objects]
    missing = [text for one in selected for text in one.missing]
    if missing:
        raise Said("\n".join(missing))
    if len(objects) != 1:
        raise Said(note=_("This console edits one object at a time."))
    resource, obj = objects[0]
    if (part := part_of(arguments)) and part not in api.resources[resource].subresources_in(api.release):
        raise Said("Error from server (NotFound): the server could not find the requested resource")
    text = _EDITOR + to_yaml(without_managers(plain_of(api, obj))) + "\n"
    if not stdin:
        return Answer(edit=text)
    return _edited(api, arguments, resource, obj, text, stdin, line_of("edit", words))


def _edited(
    api: Api, arguments: Arguments, resource: str, obj: Any, before: str, after: str, line: str
) -> Answer:
    saved = without_comments(after)
    if not saved.strip():
        return Answer(text="Edit cancelled, saved file was empty.")
    same = [one.rstrip() for one in before.split("\n") if not one.startswith("#")]
    if [one.rstrip() for one in saved.split("\n") if one.strip()] == [one for one in same if one.strip()]:
        return Answer(text="Edit cancelled, no changes made.")
    try:
        documents = api.documents(saved)
    except ManifestError as error:
        return Answer(
            text=f"error: yaml: line {error.line}: {error.message}",
            ok=False,
            edit=f"# {error.message}\n{after}",
        )
    plain = documents[0].plain if documents else None
    if not isinstance(plain, dict) or plain.get("kind") != api.resources[resource].kind:
        return Answer(text="error: the edited file holds another object", ok=False, edit=after)
    change = Change(api, arguments, line)
    manifest = Manifest("STDIN", resource, str(plain.get("apiVersion")), plain)
    try:
        new = decoded(api, manifest, arguments)
        part = part_of(arguments)
        request = Request(
            "update-status" if part == "status" else "update",
            resource,
            obj.metadata.namespace,
            obj.metadata.name,
            new,
            api_version=manifest.api_version,
            subresource="" if part == "status" else part,
        )
        change.done(resource, api.ask(request), "edited")
    except Said as said:
        reason = json.dumps(said.text)[1:-1]
        return Answer(text=said.text, note=said.note, ok=False, edit=f"# {reason}\n#\n{saved}")
    return change.answer()
