"""`kubectl rollout`. Sources: v1.7.5, v1.8.0 pkg/kubectl/rollout_status.go, history.go, rollback.go,
cmd/rollout; v1.36 k8s.io/kubectl pkg/cmd/rollout, pkg/polymorphichelpers."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.decoding import decode_object
from clustersim.api.patch import strategic_merge_patch
from clustersim.api.registry import resource_of, to_builtins
from clustersim.command import Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, target_of
from clustersim.console.kubectl.changing.rollout_statuses import STATUS_OF
from clustersim.console.kubectl.files import words_and_files
from clustersim.console.kubectl.made import CAUSE
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.output import nothing, plain_of
from clustersim.console.kubectl.selection import Selected, select_all
from clustersim.console.kubectl.usage import parent
from clustersim.console.kubectl.waits import GOES_ON, begin, duration_of, present, reference, split, states
from clustersim.digits import is_whole
from clustersim.engine.calendar import calendar
from clustersim.i18n import Message
from clustersim.kubectl.describe.containers import template
from clustersim.kubectl.describe.tabwriter import tabbed

REVISION: Final = "deployment.kubernetes.io/revision"
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
_KINDS: Final = ("deployments", "daemonsets", "statefulsets")


def _nothing_named(api: Api, verb: str) -> Said:
    if api.today:
        return Said("error: required resource not specified")
    told = f"{verb} RESOURCE" if verb in ("pause", "resume") else "Required resource not specified."
    return misused(api, f"rollout {verb}", told)


def rollout(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    verb, rest = parent(api, "rollout", words), words[1:]
    arguments = commands.read(f"rollout {verb}", rest, api.release)
    api.reach()
    selected = words_and_files(api, arguments.words, arguments, stdin)
    if selected is None and not arguments.words:
        raise _nothing_named(api, verb)
    if selected is None:
        selected = select_all(api, arguments.words, arguments, f"rollout {verb}", all_of_kind=api.today)
        if not any(one.objects or one.missing for one in selected):
            raise Said(nothing(api, selected, arguments, hidden=False))
    if verb == "status" and not any(one.missing for one in selected):
        return _status(api, arguments, selected)
    change = Change(api, arguments)
    for one in selected:
        _check_rolls(api, verb, one)
        for obj in one.objects:
            try:
                VERBS[verb](change, one.resource, obj)
            except Said as said:
                change.failed_with(said)
    change.missing(selected)
    return change.answer()


_NOUNS: Final = {
    "history": "history viewer", "pause": "pauser", "restart": "restarter", "resume": "resumer",
    "status": "status viewer", "undo": "rollbacker",
}  # fmt: skip
_DOINGS: Final = {"pause": "pausing", "restart": "restarting", "resume": "resuming"}
"""What kubectl does not support of a kind, by the verb."""


def _word(api: Api, resource: str) -> str:
    """How errors name a resource: today with its group."""
    return api.qualified(resource) if api.today else resource


def _check_rolls(api: Api, verb: str, selected: Selected) -> None:
    """Raises Said for a kind that has no rollouts."""
    kinds = ("deployments",) if verb in ("pause", "resume") else _KINDS
    if selected.objects and selected.resource not in kinds:
        kind = api.resources[selected.resource].kind
        if verb in _DOINGS:
            word = _word(api, selected.resource)
            names = [obj.metadata.name for obj in selected.objects[: 1 if api.today else None]]
            told = [f'error: {word} "{name}" {_DOINGS[verb]} is not supported' for name in names]
            raise Said("\n".join(told + selected.missing))
        quoted = kind if verb == "status" else f'"{kind}"'
        named = quoted if api.today else f'{{"{api.group(selected.resource)}" "{kind}"}}'
        told = [f"error: no {_NOUNS[verb]} has been implemented for {named}"]
        raise Said("\n".join(told + selected.missing))


# --- status ------------------------------------------------------------------------------------------------


def _status(api: Api, arguments: Arguments, selected: Sequence[Selected]) -> Answer:
    """How far the rollouts are, one object after another. Raises Said."""
    for one in selected:
        _check_rolls(api, "status", one)
    waits_for = [reference(api, one.resource, obj) for one in selected for obj in one.objects]
    if not waits_for:
        raise Said("error: no resources found")
    return _look(api, arguments, begin(api, waits_for), [], first=True)


def follow_status(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """kubectl rollout status goes on: a line for each change of the object. Raises Said."""
    arguments = commands.read("rollout status", words[1:], api.release)
    api.reach()
    return _look(api, arguments, position, [], first=False)


def _look(api: Api, arguments: Arguments, position: Follow, lines: list[str], *, first: bool) -> Answer:
    timeout = duration_of(arguments, "timeout", 0)
    while position.waits_for:
        waited = position.waits_for[0]
        seen = [present(api, waited)] if first else [*states(api, waited, position.since)]
        done = False
        for obj in seen:
            _check_revision(arguments, obj)
            text, done = STATUS_OF[split(waited)[0]](api, obj)
            lines.append(text)
            if done:
                break
        if not done:
            break
        position, first = replace(position, waits_for=position.waits_for[1:], since=api.revision), True
    if not position.waits_for or not arguments.has("watch", True):
        return Answer(text="\n".join(lines))
    if present(api, position.waits_for[0]) is None:
        raise Said("\n".join([*lines, _gone(api, position.waits_for[0])]))
    if 0 < timeout <= api.now - position.began:
        return Answer(text="\n".join([*lines, "error: timed out waiting for the condition"]), ok=False)
    return Answer(text="\n".join(lines), note=Message(GOES_ON), follow=replace(position, since=api.revision))


def _check_revision(arguments: Arguments, obj: Any) -> None:
    """--revision: the rollout of that one is meant. Raises Said."""
    wanted, running = arguments.value("revision"), obj.metadata.annotations.get(REVISION)
    if running and wanted not in ("", "0", running):
        raise Said(f"error: desired revision ({wanted}) is different from the running revision ({running})")


def _gone(api: Api, waited: str) -> str:
    resource, _namespace, name, _uid = split(waited)
    return "error: object has been deleted" if api.today else api.not_found(resource, name)


# --- history -----------------------------------------------------------------------------------------------


def revisions(api: Api, resource: str, found: Any) -> list[tuple[int, Any]]:
    """The revisions that are kept, oldest first, each with what holds it."""
    metadata = found.metadata
    holders = "replicasets" if resource == "deployments" else "controllerrevisions"
    if holders not in api.resources:
        return []
    objects = api.objects(holders, metadata.namespace)
    own = [
        one for one in objects if any(owner.uid == metadata.uid for owner in one.metadata.owner_references)
    ]
    numbered = [
        (int(one.metadata.annotations.get(REVISION, "0")) if resource == "deployments" else one.revision, one)
        for one in own
    ]
    return sorted(numbered, key=lambda pair: pair[0])


def _history(change: Change, resource: str, found: Any) -> None:
    api = change.api
    kept = revisions(api, resource, found)
    name = (
        f"{api.singular(resource)}/{found.metadata.name}"
        if api.today
        else f'{resource} "{found.metadata.name}"'
    )
    wanted = change.arguments.value("revision") or "0"
    head = name if wanted == "0" else f"{name} with revision #{wanted}"
    head += " " if wanted == "0" and api.today else ""
    if not kept and not (change.output.name and api.today):
        change.lines.append(f"{head}\nNo rollout history found.")
        return
    chosen = [(number, one) for number, one in kept if wanted in ("0", str(number))]
    if wanted != "0" and not chosen:
        raise Said("error: unable to find the specified revision")
    if change.output.name and api.today:
        for _number, holder in chosen:
            plain = plain_of(api, holder if resource == "deployments" else _as_it_was(api, found, holder))
            change.done(resource, found, "", plain)
        return
    if wanted != "0":
        told = "\n".join(_template(api, resource, found, chosen[0][1]))
        change.lines.append(f"{head}\n{told}")
        return
    causes = [(number, one.metadata.annotations.get(CAUSE, "<none>")) for number, one in kept]
    rows = ["REVISION\tCHANGE-CAUSE", *(f"{number}\t{cause}" for number, cause in causes)]
    change.lines.append(f"{head}\n{tabbed(rows, api.release).rstrip()}")


def _template(api: Api, resource: str, found: Any, holder: Any) -> Iterable[str]:
    """What pods of a revision are made from; nothing aligns its columns."""
    if resource != "deployments":
        return template(_as_it_was(api, found, holder).spec.template, api.release)
    made, cause = holder.spec.template, holder.metadata.annotations.get(CAUSE)
    if cause:
        annotations = {**made.metadata.annotations, CAUSE: cause}
        made = replace(made, metadata=replace(made.metadata, annotations=annotations))
    return template(made, api.release)


def _as_it_was(api: Api, found: Any, holder: Any) -> Any:
    """A DaemonSet or StatefulSet as a revision of it says."""
    plain = to_builtins(found, api.api_version(resource_of(found).plural))
    old = strategic_merge_patch(type(found), plain, holder.data)
    return decode_object(old, api.release, expected=resource_of(found)).obj


# --- undo, pause, resume, restart --------------------------------------------------------------------------


def _undo(change: Change, resource: str, found: Any) -> None:
    api, arguments = change.api, change.arguments
    revision = arguments.value("to-revision", "0")
    if not is_whole(revision) or len(revision) > 9:
        raise Said(f'Error: invalid argument "{revision}" for "--to-revision": invalid syntax')
    kept, wanted = [number for number, _one in revisions(api, resource, found)], int(revision)
    old_way = resource == "deployments" and not api.today
    if old_way:
        _check_goes_on(api, found)
    if wanted and wanted not in kept:
        if old_way:
            change.done(resource, found, f"skipped rollback ({_NOT_FOUND})")
            return
        raise Said(f"error: unable to find specified revision {wanted} in history")
    if not wanted and len(kept) < 2:
        if old_way:
            change.done(resource, found, f"skipped rollback ({_NO_LAST})")
            return
        raise Said(
            "error: no rollout history found for "
            f'{"deployment" if resource == "deployments" else resource} "{found.metadata.name}"'
        )
    if resource == "deployments":
        _check_goes_on(api, found)
    command = Command("rollout-undo", target_of(api, resource, found), {"revision": wanted})
    if wanted and wanted == kept[-1]:
        same = f"current template already matches revision {wanted}"
        if old_way:
            api.commands.append(command)
            same = _UNCHANGED.format(name=found.metadata.name)
        change.done(resource, found, f"skipped rollback ({same})")
        return
    if change.dry and change.dry != "server dry run":
        _show_undone(change, resource, found, dict(revisions(api, resource, found))[wanted or kept[-2]])
        return
    if change.dry:
        change.done(resource, found, "rolled back")
        return
    api.commands.append(command)
    change.done(resource, found, "rolled back")


def _show_undone(change: Change, resource: str, found: Any, holder: Any) -> None:
    """A dry run: what pods would be made from."""
    told = "\n".join(_template(change.api, resource, found, holder)) + "\n"
    if change.api.today:
        change.done(resource, found, told)
        return
    before = "" if resource == "deployments" else "will roll back to "
    change.lines.append(f'{change.api.singular(resource)} "{found.metadata.name}" {before}{told}')


def _check_goes_on(api: Api, found: Any) -> None:
    """Raises Said of a Deployment that is paused."""
    if found.spec.paused:
        which = "" if api.today else f" deployment/{found.metadata.name}"
        raise Said(
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout "
            f"resume{which}' and try again"
        )


_NO_LAST: Final = "DeploymentRollbackRevisionNotFound: Unable to find last revision."
_NOT_FOUND: Final = "DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to."
_UNCHANGED: Final = (
    "DeploymentRollbackTemplateUnchanged: The rollback revision contains the same template as current "
    'deployment "{name}"'
)
"""What the old kubectl reads in the Deployment's events (v1.7.5 pkg/kubectl/rollback.go)."""


def _pause(change: Change, resource: str, found: Any) -> None:
    if found.spec.paused:
        raise _nothing_to_do(change, resource, found, "already paused")
    change.of(resource, found, {"spec": {"paused": True}}, "paused", kind="merge")


def _resume(change: Change, resource: str, found: Any) -> None:
    if not found.spec.paused:
        raise _nothing_to_do(change, resource, found, "not paused")
    change.of(resource, found, {"spec": {"paused": None}}, "resumed", kind="merge")


def _nothing_to_do(change: Change, resource: str, found: Any, how: str) -> Said:
    """how it is already: "already paused", or "not paused"."""
    return Said(f'error: {_word(change.api, resource)} "{found.metadata.name}" is {how}')


def _restart(change: Change, resource: str, found: Any) -> None:
    if getattr(found.spec, "paused", False):
        named = f'{change.api.qualified(resource)} "{found.metadata.name}"'
        raise Said(f"error: {named} can't restart paused deployment (run rollout resume first)")
    now = calendar().text(change.api.now)
    if found.spec.template.metadata.annotations.get(RESTARTED) == now:
        told = (
            "if restart has already been triggered within the past second, please wait before attempting to"
        )
        raise Said(f"error: failed to create patch for {found.metadata.name}: {told} trigger another")
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}}
    change.of(resource, found, body, "restarted", kind="merge")


VERBS: Final[dict[str, Callable[[Change, str, Any], None]]] = {
    "history": _history,
    "pause": _pause,
    "restart": _restart,
    "resume": _resume,
    "undo": _undo,
}
