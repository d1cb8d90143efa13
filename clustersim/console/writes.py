"""What kubectl changes: each verb checks what it can see, says what kubectl says, and gives the commands."""

import re
from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.core_v1 import Taint
from clustersim.api.owners import controller_of
from clustersim.api.registry import RESOURCES, key_of
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, singular
from clustersim.console.arguments import GLOBAL, Flags, parse
from clustersim.console.selection import one_kind, select, wanted
from clustersim.i18n import Message, _
from clustersim.scenario_schema import KINDS

EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
NOT_WAITED: Final = (
    "warning: Immediate deletion does not wait for confirmation that the running resource has been "
    "terminated. The resource may continue to run on the cluster indefinitely."
)
_SELECTING: Final = {**GLOBAL, "l": "selector", "selector": "selector"}
_KEY: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?\Z")
_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")


def target_of(resource: str, obj: Any) -> str:
    """How commands name a workload or another object: "rc/default/tomcat"."""
    kind = RESOURCES[resource].kind
    return f"{KINDS.get(kind, kind.lower())}/{key_of(obj)}"


# --- scale -------------------------------------------------------------------------------------------------

_SCALE: Final = Flags({**GLOBAL, "replicas": "replicas", "current-replicas": "current-replicas"}, {})
_SCALED: Final = ("deployments", "replicasets", "replicationcontrollers", "statefulsets")


def scale(api: Api, words: Sequence[str]) -> Answer:
    """kubectl scale. Raises Said."""
    arguments = parse(words, _SCALE)
    text = arguments.value("replicas")
    if not text.isdigit():
        raise Said(
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
        )
    replicas = int(text)
    one = one_kind(arguments.words)
    if not one.names:
        raise Said("error: resource(s) were provided, but no name, label selector, or --all flag specified")
    api.reach()
    if one.resource not in _SCALED:
        raise Said(f"error: cannot scale {singular(one.resource)}")
    objects, missing = select(api, one, arguments)
    expected = arguments.value("current-replicas")
    lines, commands = [], []
    for obj in objects:
        if expected and expected != str(obj.spec.replicas):
            missing.append(f"error: Expected replicas to be {expected}, was {obj.spec.replicas}")
            continue
        lines.append(f'{singular(one.resource)} "{obj.metadata.name}" scaled')
        if obj.spec.replicas != replicas:
            commands.append(Command("scale", target_of(one.resource, obj), {"replicas": replicas}))
    return Answer(text="\n".join([*lines, *missing]), ok=not missing, commands=tuple(commands))


# --- label -------------------------------------------------------------------------------------------------

_LABEL: Final = Flags(_SELECTING, {"overwrite": "overwrite"})


def label(api: Api, words: Sequence[str]) -> Answer:
    """kubectl label: one change of one object. Raises Said."""
    arguments = parse(words, _LABEL)
    changes = [word for word in arguments.words if "=" in word or (word.endswith("-") and len(word) > 1)]
    one = one_kind([word for word in arguments.words if word not in changes])
    if not changes:
        raise Said("error: at least one label update is required")
    if len(changes) > 1 or len(one.names) != 1:
        raise Said(note=_("This console changes one label of one object at a time."))
    api.reach()
    [obj], _missing = _all_or_said(select(api, one, arguments))
    key, equals, value = changes[0].partition("=")
    key = key if equals else key[:-1]
    if not _KEY.match(key) or not _VALUE.match(value):
        raise Said(f'error: invalid label {"value" if _KEY.match(key) else "key"}: "{changes[0]}"')
    name = f'{singular(one.resource)} "{obj.metadata.name}"'
    before = obj.metadata.labels.get(key)
    if not equals and before is None:
        return Answer(text=f'label "{key}" not found.\n{name} not labeled')
    if equals and not value:
        raise Said(note=_("This console gives no empty labels; {key}- removes one."), key=key)
    if equals and before not in (None, value) and not arguments.has("overwrite"):
        raise Said(f"error: '{key}' already has a value ({before}), and --overwrite is false")
    if before == value and equals:
        return Answer(text=f"{name} not labeled")
    target = f"{one.resource}/{key_of(obj)}"
    return Answer(text=f"{name} labeled", commands=(Command("label", target, {"key": key, "value": value}),))


def _all_or_said(found: tuple[list[Any], list[str]]) -> tuple[list[Any], list[str]]:
    if found[1]:
        raise Said("\n".join(found[1]))
    return found


# --- delete ------------------------------------------------------------------------------------------------

_DELETE: Final = Flags(
    {**_SELECTING, "grace-period": "grace-period"},
    {"force": "force", "now": "now", "all": "all", "cascade": "cascade"},
)
MOST_DELETED: Final = 50


def delete(api: Api, words: Sequence[str]) -> Answer:
    """kubectl delete. Raises Said."""
    arguments = parse(words, _DELETE)
    resources = wanted(arguments.words)
    some = arguments.has("all") or bool(arguments.value("selector"))
    if not some and any(not one.names for one in resources):
        raise Said("error: resource(s) were provided, but no name, label selector, or --all flag specified")
    grace = _grace(arguments.value("grace-period"), now=arguments.has("now"))
    if grace == 0 and not arguments.has("force"):
        # cmd/delete.go: without --force a grace period of 0 becomes 1
        grace = 1
    api.reach()
    found = [(one, *select(api, one, arguments)) for one in resources]
    missing = [text for _one, _objects, texts in found for text in texts]
    chosen = [(one.resource, obj) for one, objects, _texts in found for obj in objects]
    if len(chosen) > MOST_DELETED:
        raise Said(note=_("This console deletes at most {most} objects at once."), most=MOST_DELETED)
    force = arguments.has("force") and grace == 0
    commands = tuple(_deletion(resource, obj, grace, force=force) for resource, obj in chosen)
    lines = [f'{singular(resource)} "{obj.metadata.name}" deleted' for resource, obj in chosen]
    if force and lines:
        lines.insert(0, NOT_WAITED)
    text = "\n".join([*lines, *missing]) or "No resources found"
    return Answer(text=text, ok=not missing, commands=commands)


def _grace(text: str, *, now: bool) -> int:
    if now:
        if text:
            raise Said("error: --now and --grace-period cannot be specified together")
        return 1
    if not re.match(r"-?\d{1,6}\Z", text or "-1"):
        raise Said(f'Error: invalid argument "{text}" for "--grace-period": invalid syntax')
    return int(text or "-1")


def _deletion(resource: str, obj: Any, grace: int, *, force: bool) -> Command:
    if resource == "nodes":
        return Command("delete-node", obj.metadata.name)
    if resource == "pods":
        return Command("delete-pod", obj.metadata.uid, {"grace_s": grace, "force": force})
    return Command("delete", target_of(resource, obj))


# --- nodes -------------------------------------------------------------------------------------------------

_NODE: Final = Flags({}, {})


def _node(api: Api, words: Sequence[str], verb: str) -> Any:
    if len(words) != 1:
        raise Said(f"error: USAGE: {verb} NODE [flags]")
    api.reach()
    return api.get("nodes", "", words[0].removeprefix("node/"))


def cordon(api: Api, words: Sequence[str]) -> Answer:
    """kubectl cordon. Raises Said."""
    node = _node(api, parse(words, _NODE).words, "cordon")
    name = node.metadata.name
    if node.spec.unschedulable:
        return Answer(text=f'node "{name}" already cordoned')
    return Answer(text=f'node "{name}" cordoned', commands=(Command("cordon", name),))


def uncordon(api: Api, words: Sequence[str]) -> Answer:
    """kubectl uncordon. Raises Said."""
    node = _node(api, parse(words, _NODE).words, "uncordon")
    name = node.metadata.name
    if not node.spec.unschedulable:
        return Answer(text=f'node "{name}" already uncordoned')
    return Answer(text=f'node "{name}" uncordoned', commands=(Command("uncordon", name),))


_DRAIN: Final = Flags(
    {"grace-period": "grace-period", "timeout": "timeout"},
    {"force": "force", "ignore-daemonsets": "ignore-daemonsets", "delete-local-data": "delete-local-data"},
)


def drain(api: Api, words: Sequence[str]) -> Answer:
    """kubectl drain: it cordons first, and then may refuse to go on. Raises Said."""
    arguments = parse(words, _DRAIN)
    if arguments.value("grace-period") or arguments.value("timeout"):
        raise Said(note=_("This console drains with the grace period of each pod."))
    node = _node(api, arguments.words, "drain")
    name = node.metadata.name
    lines = [f'node "{name}" {"already cordoned" if node.spec.unschedulable else "cordoned"}']
    cordoning = () if node.spec.unschedulable else (Command("cordon", name),)
    pods = [pod for pod in api.objects("pods", None) if pod.spec.node_name == name]
    owners = [(pod.metadata.name, controller_of(pod)) for pod in pods]
    bare = [pod for pod, owner in owners if owner is None]
    daemons = [pod for pod, owner in owners if owner is not None and owner.kind == "DaemonSet"]
    refusals = []
    if daemons and not arguments.has("ignore-daemonsets"):
        refusals.append(f"DaemonSet-managed pods (use --ignore-daemonsets to ignore): {', '.join(daemons)}")
    if bare and not arguments.has("force"):
        refusals.append(
            "pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet "
            f"(use --force to override): {', '.join(bare)}"
        )
    if refusals:
        lines.append(
            f'error: unable to drain node "{name}", aborting command...\n\nThere are pending nodes to be '
            f"drained:\n {name}\nerror: {'; '.join(refusals)}"
        )
        return Answer(text="\n".join(lines), ok=False, commands=cordoning)
    if daemons:
        lines.append(f"WARNING: Ignoring DaemonSet-managed pods: {', '.join(daemons)}")
    note = Message(
        _("kubectl waits here until each pod is gone, and says so; this console lets you watch instead.")
    )
    return Answer(text="\n".join(lines), note=note, commands=(Command("drain", name),))


_TAINT: Final = Flags({}, {"overwrite": "overwrite"})


def taint(api: Api, words: Sequence[str]) -> Answer:
    """kubectl taint: one taint of one node. Raises Said."""
    arguments = parse(words, _TAINT)
    if len(arguments.words) < 2:
        raise Said("error: at least one taint update is required")
    if len(arguments.words) > 3:
        raise Said(note=_("This console changes one taint of one node at a time."))
    kind, *names, spec = arguments.words
    one = one_kind([kind, *names])
    if one.resource != "nodes":
        raise Said(f"error: invalid resource type {kind}, only [node nodes] are supported")
    if len(one.names) != 1:
        raise Said("error: USAGE: taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1")
    api.reach()
    node = api.get("nodes", "", one.names[0])
    name = node.metadata.name
    if spec.endswith("-"):
        key, _colon, effect = spec[:-1].partition(":")
        key = key.partition("=")[0]
        found = [t for t in node.spec.taints if t.key == key and effect in ("", t.effect)]
        if not found:
            raise Said(f'error: taint "{spec[:-1]}" not found')
        removal = Command("untaint", name, {"key": key, "effect": effect})
        return Answer(text=f'node "{name}" untainted', commands=(removal,))
    wished = _taint(spec)
    for old in node.spec.taints:
        if (old.key, old.effect) == (wished.key, wished.effect) and not arguments.has("overwrite"):
            raise Said(
                f"error: Node {name} already has {wished.key} taint(s) with same effect(s) and "
                "--overwrite is false"
            )
    args: dict[str, str | int | float | bool] = {
        "key": wished.key, "value": wished.value, "effect": wished.effect,
    }  # fmt: skip
    return Answer(text=f'node "{name}" tainted', commands=(Command("taint", name, args),))


def _taint(spec: str) -> Taint:
    left, colon, effect = spec.rpartition(":")
    key, _equals, value = left.partition("=")
    if not colon or not _KEY.match(key) or not _VALUE.match(value):
        raise Said(f"error: invalid taint spec: {spec}")
    if effect not in EFFECTS:
        raise Said(f"error: invalid taint effect: {effect}, unsupported taint effect")
    return Taint(key=key, value=value, effect=effect)
