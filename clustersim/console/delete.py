"""`kubectl delete` and `kubectl drain`.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/delete.go, drain.go, pkg/kubectl/stop.go; v1.36 k8s.io/kubectl
pkg/cmd/delete, pkg/drain.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.owners import controller_of
from clustersim.api.request import Request
from clustersim.command import Command
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.changes import target_of
from clustersim.console.files import words_and_files
from clustersim.console.make import dry_run
from clustersim.console.nodechanges import nodes_of
from clustersim.console.selection import select_all
from clustersim.console.selectors import LabelSelector
from clustersim.i18n import Message, _

NOT_WAITED: Final = (
    "warning: Immediate deletion does not wait for confirmation that the running resource has been "
    "terminated. The resource may continue to run on the cluster indefinitely."
)
MOST_DELETED: Final = 500
SCALED_DOWN: Final = (
    "daemonsets",
    "deployments",
    "jobs",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
)
"""Kinds whose pods kubectl itself took away before it deleted them, until v1.9 (pkg/kubectl/stop.go)."""

_CASCADES: Final = {
    "true": "Background",
    "false": "Orphan",
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
}


def delete(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl delete. Raises Said."""
    arguments = commands.read("delete", words, api.release)
    if not arguments.words and not arguments.given("filename"):
        raise Said(
            "error: You must provide one or more resources by argument or filename.\nExample "
            "resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   "
            "'<resource> <name>'\n   '<resource>'"
            if api.today
            else "error: resource(s) were provided, but no name, label selector, or --all flag specified"
        )
    selected = words_and_files(api, arguments.words, arguments, stdin)
    if selected is None:
        selected = select_all(api, arguments.words, arguments, "delete")
    grace = _grace(arguments)
    force = arguments.has("force")
    if grace == 0 and not force:
        # cmd/delete.go: without --force a grace period of 0 becomes 1
        grace = 1
    if force and api.today and grace < 0:
        grace = 0
    missing = [] if arguments.has("ignore-not-found") else [text for one in selected for text in one.missing]
    chosen = [(one.resource, obj) for one in selected for obj in one.objects]
    if len(chosen) > MOST_DELETED:
        raise Said(note=_("This console deletes at most {most} objects at once."), most=MOST_DELETED)
    policy = _cascade(api, arguments)
    lines = (
        [NOT_WAITED if not api.today else NOT_WAITED.capitalize()] if force and grace == 0 and chosen else []
    )
    waits = False
    ok = not missing
    for resource, obj in chosen:
        try:
            waits = (
                _delete_one(
                    api,
                    resource,
                    obj,
                    grace,
                    force=force and grace == 0,
                    policy=policy,
                    dry=dry_run(api, arguments),
                )
                or waits
            )
        except Said as said:
            lines.append(said.text)
            ok = False
            continue
        lines.append(_deleted(api, arguments, resource, obj, force=force and grace == 0))
    text = "\n".join([*lines, *missing]) or (
        "No resources found" if not arguments.has("ignore-not-found") else ""
    )
    return Answer(text=text, ok=ok, note=Message(_WAITS) if waits else None)


_WAITS: Final = _("kubectl waits here until it is gone; this console lets you watch instead.")


def _deleted(api: Api, arguments: Arguments, resource: str, obj: Any, *, force: bool) -> str:
    if arguments.value("output") == "name":
        return f"{api.singular(resource) if api.today else resource}/{obj.metadata.name}"
    name, dry = obj.metadata.name, dry_run(api, arguments)
    done = ("force deleted" if force and api.today else "deleted") + (f" ({dry})" if dry else "")
    if not api.today:
        return f'{api.singular(resource)} "{name}" {done}'
    where = f" from {obj.metadata.namespace} namespace" if api.resources[resource].namespaced else ""
    return f'{api.singular(resource)} "{name}" {done}{where}'


def _grace(arguments: Arguments) -> int:
    text = arguments.value("grace-period")
    if arguments.has("now"):
        if text:
            raise Said("error: --now and --grace-period cannot be specified together")
        return 1
    if not re.match(r"-?\d{1,6}\Z", text or "-1"):
        raise Said(f'Error: invalid argument "{text}" for "--grace-period": invalid syntax')
    return int(text or "-1")


def _cascade(api: Api, arguments: Arguments) -> str:
    if not api.today:
        return "Background" if arguments.has("cascade", True) else "Orphan"
    text = arguments.value("cascade", "background")
    if text not in _CASCADES:
        raise Said(f'error: invalid cascade value ({text}). Must be "background", "foreground", or "orphan"')
    return _CASCADES[text]


def _delete_one(api: Api, resource: str, obj: Any, grace: int, *, force: bool, policy: str, dry: str) -> bool:
    """Ask for a deletion; whether kubectl would wait for it to be carried out."""
    metadata = obj.metadata
    options: dict[str, Any] = {}
    if resource not in ("pods", "nodes"):
        options["propagation"] = policy
    request = Request(
        "delete",
        resource,
        metadata.namespace,
        metadata.name,
        grace_seconds=None if grace < 0 else grace,
        **options,
    )
    if dry:
        api.try_out(request)
        return False
    plain = grace < 0 and policy == "Background"
    command = None
    if resource == "nodes":
        command = Command("delete-node", metadata.name)
    elif resource == "pods":
        command = Command("delete-pod", metadata.uid, {"grace_s": grace, "force": force})
    elif plain:
        command = Command("delete", target_of(api, resource, obj))
    api.ask(request, command)
    gone = api.find(resource, metadata.namespace, metadata.name) is None
    return (api.today and not gone) or (not api.today and resource in SCALED_DOWN and policy != "Orphan")


# --- drain -------------------------------------------------------------------------------------------------


def drain(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl drain: it cordons first, and then may refuse to go on. Raises Said."""
    arguments = commands.read("drain", words, api.release)
    nodes = nodes_of(api, arguments, "drain")
    lines: list[str] = []
    ok, waits = True, False
    for node in nodes:
        told, done, waiting = _drain_one(api, node, arguments)
        lines += told
        ok, waits = ok and done, waits or waiting
    note = Message(
        _("kubectl waits here until each pod is gone, and says so; this console lets you watch instead.")
    )
    return Answer(text="\n".join(lines), ok=ok, note=note if waits else None)


def _drain_one(api: Api, node: Any, arguments: Arguments) -> tuple[list[str], bool, bool]:
    name = node.metadata.name
    lines = [
        api.did(
            "nodes",
            name,
            "already cordoned" if node.spec.unschedulable else "cordoned",
            dry=dry_run(api, arguments),
        )
    ]
    selector = LabelSelector(arguments.value("pod-selector"))
    pods = [
        pod
        for pod in api.objects("pods", None)
        if pod.spec.node_name == name and selector.matches(pod.metadata.labels)
    ]
    dry = bool(dry_run(api, arguments))
    cordoning = Request("patch", "nodes", name=name, body={"spec": {"unschedulable": True}})
    refusals, warnings, going = _judged(api, pods, arguments)
    if refusals:
        if not dry and not node.spec.unschedulable:
            api.ask(cordoning, Command("cordon", name))
        lines += _refused(api, name, refusals)
        return lines, False, False
    if warnings:
        lines.append(
            f"{'Warning: i' if api.today else 'WARNING: I'}{warnings[0][1:]}"
            + "".join(f"; {text}" for text in warnings[1:])
        )
    if dry:
        return lines, True, False
    simple = not any(arguments.given(flag) for flag in ("grace-period", "pod-selector", "disable-eviction"))
    if not node.spec.unschedulable or simple:
        api.ask(cordoning, Command("drain", name) if simple else Command("cordon", name))
    if not simple:
        grace = _grace(arguments)
        for pod in going:
            request = Request(
                "delete",
                "pods",
                pod.metadata.namespace,
                pod.metadata.name,
                grace_seconds=None if grace < 0 else grace,
            )
            api.ask(request, Command("delete-pod", pod.metadata.uid, {"grace_s": grace, "force": False}))
    if api.today:
        lines += [f"evicting pod {pod.metadata.namespace}/{pod.metadata.name}" for pod in going]
    if not going:
        lines.append(_drained(api, name))
    return lines, True, bool(going)


def _drained(api: Api, name: str) -> str:
    return f"node/{name} drained" if api.today else f'node "{name}" drained'


def _judged(api: Api, pods: Sequence[Any], arguments: Arguments) -> tuple[list[str], list[str], list[Any]]:
    """Why the drain does not go on, what it warns of, and the pods that go."""
    refusals: list[str] = []
    warnings: list[str] = []
    owners = [(pod, controller_of(pod)) for pod in pods]
    finished = ("Succeeded", "Failed")
    daemons = [pod for pod, owner in owners if owner is not None and owner.kind == "DaemonSet"]
    bare = [pod for pod, owner in owners if owner is None and pod.status.phase not in finished]
    deletes = arguments.has("delete-local-data") or arguments.has("delete-emptydir-data")
    local = [
        pod
        for pod, _owner in owners
        if pod not in daemons and any(volume.empty_dir is not None for volume in pod.spec.volumes)
    ]
    managed = "ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet"
    if api.today:
        unmanaged = "Pods that declare no controller (use --force to override)"
        ignored, storage = (
            "DaemonSet-managed Pods",
            "Pods with local storage (use --delete-emptydir-data to override)",
        )
    else:
        unmanaged = f"pods not managed by {managed} (use --force to override)"
        ignored, storage = (
            "DaemonSet-managed pods",
            "pods with local storage (use --delete-local-data to override)",
        )
    if daemons:
        names = _names(api, daemons)
        if arguments.has("ignore-daemonsets"):
            warnings.append(
                f"Ignoring {ignored}: {names}" if not api.today else f"ignoring {ignored}: {names}"
            )
        else:
            refusals.append(
                f"{ignored} (use --ignore-daemonsets to ignore): {names}"
                if not api.today
                else f"cannot delete {ignored} (use --ignore-daemonsets to ignore): {names}"
            )
    if bare:
        names = _names(api, bare)
        if arguments.has("force"):
            warnings.append(
                f"Deleting pods not managed by {managed}: {names}"
                if not api.today
                else f"deleting Pods that declare no controller: {names}"
            )
        else:
            refusals.append(
                f"{unmanaged}: {names}"
                if not api.today
                else f"cannot delete {unmanaged[0].lower() + unmanaged[1:] if False else unmanaged}: {names}"
            )
    if local and not deletes:
        refusals.append(
            f"{storage}: {_names(api, local)}"
            if not api.today
            else f"cannot delete {storage}: {_names(api, local)}"
        )
    return refusals, warnings, [pod for pod in pods if pod not in daemons]


def _names(api: Api, pods: Sequence[Any]) -> str:
    return ", ".join(
        f"{pod.metadata.namespace}/{pod.metadata.name}" if api.today else pod.metadata.name for pod in pods
    )


def _refused(api: Api, name: str, refusals: Sequence[str]) -> list[str]:
    if api.today:
        told = refusals[0] if len(refusals) == 1 else f"[{', '.join(refusals)}]"
        return [
            f'error: unable to drain node "{name}" due to error: {told}, continuing command...\n'
            f"There are pending nodes to be drained:\n {name}\n{chr(10).join(refusals)}"
        ]
    told = "; ".join(refusals)
    return [
        f'error: unable to drain node "{name}", aborting command...\n\nThere are pending nodes to '
        f"be drained:\n {name}\nerror: {told}"
    ]
