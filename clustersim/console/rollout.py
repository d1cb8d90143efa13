"""`kubectl rollout`. Sources: v1.7.5, v1.8.0 pkg/kubectl/rollout_status.go, history.go, rollback.go,
cmd/rollout; v1.36 k8s.io/kubectl pkg/cmd/rollout, pkg/polymorphichelpers."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from clustersim.api.timestamp import EPOCH
from clustersim.command import Command
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.changes import Change, target_of
from clustersim.console.files import words_and_files
from clustersim.console.make import CAUSE
from clustersim.console.selection import select_all
from clustersim.i18n import Message, _
from clustersim.kubectl.describe.containers import template
from clustersim.kubectl.describe.tabwriter import tabbed

REVISION: Final = "deployment.kubernetes.io/revision"
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
_KINDS: Final = ("deployments", "daemonsets", "statefulsets")


def rollout(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    known = commands.subcommands("rollout", api.release)
    verb, *rest = words or ("",)
    if verb not in known:
        raise Said(f"error: must specify one of {', '.join(known)}: kubectl rollout status deployment/NAME")
    arguments = commands.read(f"rollout {verb}", rest, api.release)
    api.reach()
    selected = words_and_files(api, arguments.words, arguments, stdin)
    if selected is None:
        if not arguments.words:
            raise Said("error: required resource not specified")
        selected = select_all(api, arguments.words, arguments, f"rollout {verb}")
    change = Change(api, arguments)
    for one in selected:
        if one.objects and not _rolls(verb, one.resource):
            raise Said(
                f'error: no {_NOUNS[verb]} has been implemented for {{"{api.group(one.resource)}" '
                f'"{api.resources[one.resource].kind}"}}'
            )
        for obj in one.objects:
            try:
                VERBS[verb](change, one.resource, obj)
            except Said as said:
                change.failed_with(said)
    change.missing(selected)
    answer = change.answer()
    note = Message(_GOES_ON) if verb == "status" and "Waiting" in answer.text else answer.note
    return Answer(text=answer.text, ok=answer.ok, note=note)


_GOES_ON: Final = _("kubectl prints on until the rollout has ended; ask again to see how far it is.")
_NOUNS: Final = {
    "history": "history viewer",
    "pause": "pauser",
    "restart": "restarter",
    "resume": "resumer",
    "status": "status viewer",
    "undo": "rollbacker",
}


def _rolls(verb: str, resource: str) -> bool:
    return resource == "deployments" if verb in ("pause", "resume") else resource in _KINDS


# --- status ------------------------------------------------------------------------------------------------


def _status(change: Change, resource: str, obj: Any) -> None:
    known = {"deployments": _of_deployment, "daemonsets": _of_daemon_set, "statefulsets": _of_stateful_set}
    change.lines.append(known[resource](change.api, obj))


def _of_deployment(api: Api, found: Any) -> str:
    name, spec, status = found.metadata.name, found.spec, found.status
    if found.metadata.generation > status.observed_generation:
        return "Waiting for deployment spec update to be observed..."
    if any(
        one.type == "Progressing" and one.reason == "ProgressDeadlineExceeded" for one in status.conditions
    ):
        raise Said(f'error: deployment "{name}" exceeded its progress deadline')
    waiting = (
        f'Waiting for deployment "{name}" rollout to finish: '
        if api.today
        else "Waiting for rollout to finish: "
    )
    if status.updated_replicas < spec.replicas:
        return f"{waiting}{status.updated_replicas} out of {spec.replicas} new replicas have been updated..."
    if status.replicas > status.updated_replicas:
        return f"{waiting}{status.replicas - status.updated_replicas} old replicas are pending termination..."
    if status.available_replicas < status.updated_replicas:
        return (
            f"{waiting}{status.available_replicas} of {status.updated_replicas} updated replicas are "
            "available..."
        )
    return f'deployment "{name}" successfully rolled out'


def _of_daemon_set(api: Api, found: Any) -> str:
    name, status = found.metadata.name, found.status
    if found.spec.update_strategy.type != "RollingUpdate":
        raise Said(
            "error: Status is available only for RollingUpdate strategy type"
            if not api.today
            else "error: rollout status is only available for RollingUpdate strategy type"
        )
    if found.metadata.generation > status.observed_generation:
        return "Waiting for daemon set spec update to be observed..."
    waiting = (
        f'Waiting for daemon set "{name}" rollout to finish: '
        if api.today
        else "Waiting for rollout to finish: "
    )
    wanted = status.desired_number_scheduled
    if status.updated_number_scheduled < wanted:
        return f"{waiting}{status.updated_number_scheduled} out of {wanted} new pods have been updated..."
    if status.number_available < wanted:
        return f"{waiting}{status.number_available} of {wanted} updated pods are available..."
    return f'daemon set "{name}" successfully rolled out'


def _of_stateful_set(api: Api, found: Any) -> str:
    spec, status = found.spec, found.status
    if spec.update_strategy.type != "RollingUpdate":
        raise Said(
            f"error: {spec.update_strategy.type} updateStrategy does not have a Status"
            if not api.today
            else "error: rollout status is only available for RollingUpdate strategy type"
        )
    if status.ready_replicas < spec.replicas:
        return f"Waiting for {spec.replicas - status.ready_replicas} pods to be ready..."
    if status.update_revision != status.current_revision:
        return (
            f"waiting for statefulset rolling update to complete {status.updated_replicas} pods at "
            f"revision {status.update_revision}..."
        )
    return (
        f"statefulset rolling update complete {status.current_replicas} pods at revision "
        f"{status.current_revision}..."
    )


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
    wanted = change.arguments.value("revision", "0")
    if wanted not in ("", "0"):
        holder = next((one for number, one in kept if str(number) == wanted), None)
        if holder is None:
            raise Said("error: unable to find the specified revision")
        head = f"{name} with revision #{wanted}"
        lines = list(template(holder.spec.template, api.release)) if resource == "deployments" else []
        change.lines.append(f"{head}\n{tabbed(lines, api.release).rstrip()}")
        return
    causes = [(number, one.metadata.annotations.get(CAUSE, "<none>")) for number, one in kept]
    if not causes:
        change.lines.append("No rollout history found.")
        return
    rows = ["REVISION\tCHANGE-CAUSE", *(f"{number}\t{cause}" for number, cause in causes)]
    change.lines.append(f"{name}{' ' if api.today else ''}\n{tabbed(rows, api.release).rstrip()}\n".rstrip())


# --- undo, pause, resume, restart --------------------------------------------------------------------------


def _undo(change: Change, resource: str, found: Any) -> None:
    api, arguments = change.api, change.arguments
    revision = arguments.value("to-revision", "0")
    if not revision.isdigit() or len(revision) > 9:
        raise Said(f'Error: invalid argument "{revision}" for "--to-revision": invalid syntax')
    kept, wanted = [number for number, _one in revisions(api, resource, found)], int(revision)
    if wanted and wanted not in kept:
        raise Said(f"error: unable to find specified revision {wanted} in history")
    if not wanted and len(kept) < 2:
        raise Said(
            "error: no rollout history found for "
            f'{"deployment" if resource == "deployments" else resource} "{found.metadata.name}"'
        )
    if resource == "deployments" and found.spec.paused:
        raise Said(
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl "
            f"rollout resume deployment/{found.metadata.name}' and try again"
        )
    command = Command("rollout-undo", target_of(api, resource, found), {"revision": wanted})
    api.commands.append(command)
    change.done(resource, found, "rolled back")


def _pause(change: Change, resource: str, found: Any) -> None:
    if found.spec.paused:
        raise Said(
            f'error: deployments.{change.api.group(resource)} "{found.metadata.name}" is already paused'
            if change.api.today
            else f'error: deployments "{found.metadata.name}" is already paused'
        )
    change.of(resource, found, {"spec": {"paused": True}}, "paused", kind="merge")


def _resume(change: Change, resource: str, found: Any) -> None:
    if not found.spec.paused:
        raise Said(
            f'error: deployments.{change.api.group(resource)} "{found.metadata.name}" is not paused'
            if change.api.today
            else f'error: deployments "{found.metadata.name}" is not paused'
        )
    change.of(resource, found, {"spec": {"paused": None}}, "resumed", kind="merge")


def _restart(change: Change, resource: str, found: Any) -> None:
    if getattr(found.spec, "paused", False):
        raise Said(
            f'error: {resource} "{found.metadata.name}": can\'t restart paused deployment (run '
            "rollout resume first)"
        )
    now = (EPOCH + timedelta(microseconds=change.api.now)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}}
    change.of(resource, found, body, "restarted", kind="merge")


VERBS: Final[dict[str, Callable[[Change, str, Any], None]]] = {
    "history": _history,
    "pause": _pause,
    "restart": _restart,
    "resume": _resume,
    "status": _status,
    "undo": _undo,
}
