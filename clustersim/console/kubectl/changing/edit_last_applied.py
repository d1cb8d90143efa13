"""`kubectl apply edit-last-applied`: what was applied last is changed by hand, and nothing else.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/util/editor; v1.36 k8s.io/kubectl pkg/cmd/util/editor ApplyEditMode.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, chosen
from clustersim.console.pasted import without_comments
from clustersim.i18n import _
from clustersim.kubectl.manifest import to_yaml
from clustersim.yaml_documents import ManifestError

_EDITOR: Final = """# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
"""
_NONE: Final = (
    "error: no last-applied-configuration annotation found on resources, to create the annotation, use "
    "command `kubectl apply set-last-applied --create-annotation`"
)


def edit_last_applied(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """The page shows the text, and gives back what became of it. Raises Said."""
    arguments = commands.read("edit", words, api.release)
    selected = chosen(api, arguments.words, arguments, "", "edit")
    if missing := [text for one in selected for text in one.missing]:
        raise Said("\n".join(missing))
    found = [(one.resource, obj) for one in selected for obj in one.objects]
    found = [(resource, obj) for resource, obj in found if LAST_APPLIED in obj.metadata.annotations]
    if not found:
        raise Said(_NONE)
    if len(found) != 1:
        raise Said(note=_("This console edits one object at a time."))
    resource, obj = found[0]
    before = obj.metadata.annotations[LAST_APPLIED]
    try:
        plain = msgspec.json.decode(before)
    except msgspec.DecodeError as error:
        raise Said(f"error: {error}") from None
    if not stdin:
        return Answer(edit=f"{_EDITOR}{to_yaml(plain)}\n")
    saved = without_comments(stdin)
    if not saved.strip():
        return Answer(text="Edit cancelled, saved file was empty.")
    try:
        documents = api.documents(saved)
    except ManifestError as error:
        told = f"yaml: line {error.line}: {error.message}"
        return Answer(text=f"error: {told}", ok=False, edit=f"# {told}\n{stdin}")
    if documents and documents[0].plain == plain:
        return Answer(text="Edit cancelled, no changes made.")
    if not documents or not _is_same(documents[0].plain, plain):
        return Answer(text="error: the edited file holds another object", ok=False, edit=stdin)
    change = Change(api, arguments)
    body = {"metadata": {"annotations": {LAST_APPLIED: last_applied(documents[0].plain)}}}
    change.of(resource, obj, body, "edited", kind="merge")
    return change.answer()


def _is_same(new: object, old: dict[str, object]) -> bool:
    """Whether it is still about the same object."""
    if not isinstance(new, dict) or new.get("kind") != old.get("kind"):
        return False
    before, after = old.get("metadata"), new.get("metadata")
    return isinstance(before, dict) and isinstance(after, dict) and before.get("name") == after.get("name")
