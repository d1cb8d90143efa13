"""`kubectl apply` and `replace`: objects as a manifest says.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/apply.go, replace.go; v1.36 k8s.io/kubectl pkg/cmd.
"""

import json
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import to_builtins

from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.api.managed_fields import upgraded
from clustersim.api.registry import object_key
from clustersim.api.request import Request
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change
from clustersim.console.kubectl.changing.edit_last_applied import edit_last_applied
from clustersim.console.kubectl.changing.pruning import check_prunes, prune
from clustersim.console.kubectl.changing.raw_writes import raw_write
from clustersim.console.kubectl.changing.threeway import applied
from clustersim.console.kubectl.files import Manifest, read_manifests, words_and_files
from clustersim.console.kubectl.made import (
    Made,
    decoded,
    line_of,
    post,
    recorded,
    told_deleted,
    unversioned,
    with_annotations,
    with_errors,
)
from clustersim.console.kubectl.misuse import NOTHING_NAMED, misused
from clustersim.console.kubectl.selection import one_kind, select
from clustersim.console.kubectl.selectors import labels_of
from clustersim.console.refusals import Refused
from clustersim.kubectl.manifest import to_yaml


def apply(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl apply: what is in the manifest, with what was there last time taken away. Raises Said."""
    if words and words[0] == "view-last-applied":
        return _view_last_applied(api, words[1:], stdin)
    if words and words[0] == "set-last-applied":
        return _set_last_applied(api, words[1:], stdin)
    if words and words[0] == "edit-last-applied":
        return edit_last_applied(api, words[1:], stdin)
    arguments = commands.read("apply", words, api.release)
    if arguments.words:
        raise misused(api, "apply", f"Unexpected args: [{' '.join(arguments.words)}]")
    if arguments.has("prune"):
        check_prunes(arguments)
    api.reach()
    made = Made(api, arguments, listed=True)
    manifests = read_manifests(api, arguments, stdin)
    if arguments.value("selector"):
        chooses = labels_of(api, arguments.value("selector"))
        chosen = [one for one in manifests.found if chooses.matches(one.labels)]
        if manifests.found and not chosen:
            raise Said("error: no objects passed to apply")
        manifests = manifests._replace(found=tuple(chosen))
    for manifest in manifests.found:
        try:
            _apply_one(api, manifest, made, line_of("apply", words))
        except Said as said:
            made.failed_with(said)
    if arguments.has("prune") and not made.failed:
        prune(api, arguments, made, manifests.found)
    return with_errors(made, manifests.errors, manifests.notes, first=api.today)


def _apply_one(api: Api, manifest: Manifest, made: Made, line: str) -> None:
    arguments = made.arguments
    if not manifest.name:
        raise Said(
            "error: from "
            + str(manifest.plain["metadata"].get("generateName"))
            + ": cannot use generate name with apply"
        )
    if arguments.has("server-side"):
        _apply_on_server(api, manifest, made)
        return
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    plain = recorded(api, arguments, line, manifest.plain, current)
    done = "created" if current is None else "configured"
    wanted = manifest._replace(plain=with_annotations(plain, {LAST_APPLIED: last_applied(manifest.plain)}))
    doing = f'error when applying patch to "{manifest.source}"'
    if current is None:
        new = wanted._replace(plain=unversioned(wanted.plain))
        obj = decoded(api, new, arguments, f'error when creating "{manifest.source}"')
        request = manifest.creation(obj)
        doing = f'error when creating "{manifest.source}"'
    else:
        if not api.today:
            decoded(api, wanted, arguments, doing)
        if LAST_APPLIED not in current.metadata.annotations:
            made.lines.append(_not_applied_before(api, manifest))
        patch = applied(api, manifest, wanted.plain, current)
        if not patch:
            made.done(manifest.resource, current, "unchanged")
            return
        validates = arguments.value("validate", "true").lower() in ("true", "strict", "")
        request = msgspec.structs.replace(patch, strict=api.today and validates)
        doing = _patching(api, manifest, request.body) if api.today else doing
    if made.dry == "dry run":
        made.done(manifest.resource, current if current is not None else obj, done)
        return
    asked = api.try_out if made.dry else api.ask
    made.done(manifest.resource, asked(request, doing=doing), done)


def _patching(api: Api, manifest: Manifest, patch: object) -> str:
    """What kubectl of today was at when the server refused its patch."""
    group, _slash, version = manifest.api_version.rpartition("/")
    of, kind = f"{group}/{version}", api.resources[manifest.resource].kind
    text = json.dumps(patch, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return (
        f'error when applying patch:\n{text}\nto:\nResource: "{of}, Resource={manifest.resource}", '
        f'GroupVersionKind: "{of}, Kind={kind}"\nName: "{manifest.name}", Namespace: '
        f'"{manifest.namespace}"\nfor: "{manifest.source}": error when patching "{manifest.source}"'
    )


KUBECTL: Final = "kubectl"
"""The manager of what is applied on the server, where none is named."""
CLIENT_SIDE_APPLY: Final = "kubectl-client-side-apply"
_REVIEW: Final = """Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""


def _apply_on_server(api: Api, manifest: Manifest, made: Made) -> None:
    """The API server merges, and remembers whose fields are whose."""
    arguments = made.arguments
    if made.dry == "dry run":
        told = "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)"
        raise Said(f"error: {told}")
    manager = arguments.value("field-manager") or KUBECTL
    if manager == KUBECTL and not made.dry:
        _take_over(api, manifest)
    request = Request(
        "patch",
        manifest.resource,
        manifest.namespace,
        manifest.name,
        manifest.plain,
        api_version=manifest.api_version,
        patch_type="apply",
        manager=manager,
        force=arguments.has("force-conflicts"),
    )
    try:
        found = (api.try_out if made.dry else api.ask)(request)
    except Refused as refused:
        if not refused.error.message.startswith("Apply failed with"):
            raise
        raise Said(f"error: {refused.error.message}\n{_REVIEW}") from None
    made.done(manifest.resource, found, "serverside-applied")


def _take_over(api: Api, manifest: Manifest) -> None:
    """What kubectl has applied by itself before, it goes on managing as what it applies on the server
    (client-go util/csaupgrade UpgradeManagedFieldsPatch)."""
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    if current is None or all(one.manager != CLIENT_SIDE_APPLY for one in current.metadata.managed_fields):
        return
    entries = upgraded(current.metadata.managed_fields, CLIENT_SIDE_APPLY, KUBECTL)
    value = [to_builtins(entry) for entry in entries]
    body = [{"op": "add", "path": "/metadata/managedFields", "value": value}]
    api.ask(
        Request(
            "patch", manifest.resource, manifest.namespace, manifest.name, body, patch_type="json",
            api_version=manifest.api_version, manager=KUBECTL,
        )
    )  # fmt: skip


def _not_applied_before(api: Api, manifest: Manifest) -> str:
    if not api.today:
        return (
            "Warning: kubectl apply should be used on resource created by either kubectl create "
            "--save-config or "
            "kubectl apply"
        )
    plural = manifest.resource.partition(".")[0]
    return (
        f"Warning: resource {plural}/{manifest.name} is missing the {LAST_APPLIED} annotation which is "
        "required by kubectl apply. kubectl apply should only be used on resources created declaratively by "
        "either kubectl create --save-config or kubectl apply. The missing annotation will be "
        "patched automatically."
    )


def _view_last_applied(api: Api, words: Sequence[str], stdin: str) -> Answer:
    arguments = commands.read("apply", words, api.release)
    api.reach()
    selected = words_and_files(api, arguments.words, arguments, stdin)
    if selected is None:
        selected = [select(api, one_kind(api, arguments.words, "apply view-last-applied"), arguments)]
    texts = [text for one in selected for text in one.missing]
    for obj in (obj for one in selected for obj in one.objects):
        text = obj.metadata.annotations.get(LAST_APPLIED)
        if text is None:
            continue  # AddSourceToErr gives back the error that there was: none.
        plain = msgspec.json.decode(text)
        as_json = arguments.value("output") == "json"
        texts.append(json.dumps(plain, indent=2, sort_keys=True) if as_json else to_yaml(plain))
    return Answer(text="\n".join(texts), ok=not any(one.missing for one in selected))


def _set_last_applied(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """The annotation becomes what a file says, and nothing else changes."""
    arguments = commands.read("apply set-last-applied", words, api.release)
    if not arguments.of_files and api.today:
        raise Said(NOTHING_NAMED)
    api.reach()
    change = Change(api, arguments)
    for manifest in read_manifests(api, arguments, stdin).found:
        obj = api.get(manifest.resource, manifest.namespace, manifest.name)
        before, after = obj.metadata.annotations.get(LAST_APPLIED), last_applied(manifest.plain)
        if before is None and not arguments.has("create-annotation"):
            told = f"no last-applied-configuration annotation found on resource: {manifest.name}"
            raise Said(f"error: {told}, to create the annotation, run the command with --create-annotation")
        if before == after:
            change.lines.append(f"set-last-applied {manifest.name}: no changes required.")
            continue
        body = {"metadata": {"annotations": {LAST_APPLIED: after}}}
        change.of(manifest.resource, obj, body, "configured", kind="merge")
    return change.answer()


# --- replace -----------------------------------------------------------------------------------------------


def replace(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl replace: the whole object. Raises Said."""
    arguments = commands.read("replace", words, api.release)
    if arguments.given("raw"):
        return raw_write(api, "update", arguments, stdin)
    for flag in ("grace-period", "timeout"):
        if arguments.value(flag) not in ("", "0", "-1", "0s") and not arguments.has("force"):
            raise Said(f"error: --{flag} must have --force specified")
    api.reach()
    made = Made(api, arguments)
    manifests = read_manifests(api, arguments, stdin, "replace")
    for manifest in manifests.found:
        try:
            _replace_one(api, manifest, made, line_of("replace", words))
        except Said as said:
            made.failed_with(said)
    return with_errors(made, manifests.errors, manifests.notes)


def _replace_one(api: Api, manifest: Manifest, made: Made, line: str) -> None:
    doing = f'error when replacing "{manifest.source}"'
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    if current is None and not made.arguments.has("force"):
        raise Said(api.not_found(manifest.resource, manifest.name).replace(": ", f": {doing}: ", 1))
    if made.arguments.has("force"):
        if current is not None:
            # The old kubectl leaves what the object owns to be adopted by the new one, once the garbage
            # collector has let it go; this console makes the new one at once.
            request = Request("delete", manifest.resource, manifest.namespace, manifest.name, grace_seconds=0)
            api.ask(msgspec.structs.replace(request, propagation="Background"))
            key = object_key(manifest.namespace, manifest.name)
            made.lines.append(told_deleted(api, manifest.resource, manifest.namespace, manifest.name))
            if api.store.get(manifest.resource, {}).get(key) is not None:
                raise Said("error: timed out waiting for the condition")
        post(api, manifest, made, "replaced", doing=doing, line=line)
        return
    plain = recorded(api, made.arguments, line, manifest.plain, current)
    metadata = {**plain["metadata"], "resourceVersion": plain["metadata"].get("resourceVersion") or ""}
    obj = decoded(api, manifest._replace(plain={**plain, "metadata": metadata}), made.arguments, doing)
    request = Request(
        "update", manifest.resource, manifest.namespace, manifest.name, obj, api_version=manifest.api_version
    )
    if made.dry == "dry run":
        made.done(manifest.resource, obj, "replaced")
        return
    made.done(manifest.resource, (api.try_out if made.dry else api.ask)(request, doing=doing), "replaced")
