"""`kubectl cordon`, `uncordon` and `taint`. Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/drain.go, taint.go; v1.36
k8s.io/kubectl pkg/cmd/drain, pkg/cmd/taint."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.apiserver.validation.names import label_value, qualified_name
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.selection import one_kind, select, select_all

EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def nodes_of(api: Api, arguments: Arguments, verb: str) -> list[Any]:
    """The nodes that a command is about: of v1.7 and v1.8 it is one (kubernetes#52917 came with v1.9). Raises
    Said."""
    if arguments.value("selector"):
        api.reach()
        return select(api, one_kind(api, ["nodes"]), arguments).objects
    if not arguments.words or (len(arguments.words) > 1 and not api.today):
        raise misused(api, verb, f"USAGE: {verb} NODE [flags]")
    api.reach()
    return [
        api.get("nodes", "", word.removeprefix("nodes/").removeprefix("node/").removeprefix("no/"))
        for word in arguments.words
    ]


def cordon(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl cordon. Raises Said."""
    return _schedulable(api, words, "cordon", wanted=False)


def uncordon(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl uncordon. Raises Said."""
    return _schedulable(api, words, "uncordon", wanted=True)


def _schedulable(api: Api, words: Sequence[str], verb: str, *, wanted: bool) -> Answer:
    arguments = commands.read(verb, words, api.release)
    change = Change(api, arguments)
    for node in nodes_of(api, arguments, verb):
        if node.spec.unschedulable is not wanted:
            change.done("nodes", node, f"already {verb}ed")
            continue
        body = {"spec": {"unschedulable": None if wanted else True}}
        change.of("nodes", node, body, f"{verb}ed", kind="merge", command=Command(verb, node.metadata.name))
    return change.answer()


def taint(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl taint. Raises Said."""
    arguments = commands.read("taint", words, api.release)
    specs = [word for word in arguments.words[1:] if ":" in word or "=" in word or word.endswith("-")]
    kinds = [word for word in arguments.words if word not in specs]
    if not arguments.words:
        raise Said("error: one or more resources must be specified as <resource> <name>")
    first = arguments.words.index(specs[0]) if specs else 0
    if api.today and (late := [word for word in arguments.words[first:] if specs and word not in specs]):
        raise Said(f"error: all resources must be specified before taint changes: {late[0]}")
    if not specs:
        told = "at least one taint update is required"
        raise Said(f"error: {told}") if api.today else misused(api, "taint", told)
    added, removed = _parsed(api, specs)
    one = one_kind(api, kinds, "taint")
    if one.resource != "nodes":
        raise Said(
            f"error: invalid resource type {kinds[0]}, only [node nodes] are supported"
            if not api.today
            else f"error: invalid resource type {kinds[0]}, only node types are supported"
        )
    if api.today and len(kinds) < 2 and not arguments.has("all") and not arguments.value("selector"):
        raise Said("error: at least one resource name must be specified since 'all' parameter is not set")
    kinds = kinds[:1] if api.today and arguments.has("all") else kinds
    [selected] = select_all(api, kinds, arguments, "taint")
    change = Change(api, arguments)
    change.stands_alone = api.today  # Nothing is said of a dry run.
    if api.today:
        change.between = "\n"
    alone = len(selected.objects) + len(selected.missing) == 1
    for node in selected.objects:
        _taint_one(change, node, added, removed, alone=alone)
    change.missing([selected])
    return change.answer()


def _taint_one(
    change: Change,
    node: Any,
    added: Sequence[dict[str, str]],
    removed: Sequence[tuple[str, str]],
    *,
    alone: bool,
) -> None:
    old = node.spec.taints
    if wrong := _no_such_change(change, node, added, removed):
        # Several errors of one of many nodes are one, in brackets.
        told = wrong if alone or len(wrong) == 1 else [f"[{', '.join(wrong)}]"]
        for one in told:
            change.failed_with(Said(f"error: {one}"))
        return
    kept = [
        msgspec.to_builtins(one)
        for one in old
        if not any(one.key == key and effect in ("", one.effect) for key, effect in removed)
        and not any((one.key, one.effect) == (two["key"], two["effect"]) for two in added)
    ]
    what = "tainted" if added and not removed else "untainted" if removed and not added else "modified"
    what = "modified" if change.arguments.has("overwrite") else what
    body, command = {"spec": {"taints": [*added, *kept] or None}}, _one_step(node, added, removed)
    change.of("nodes", node, body, what, kind="merge", command=command)


def _no_such_change(
    change: Change, node: Any, added: Sequence[dict[str, str]], removed: Sequence[tuple[str, str]]
) -> list[str]:
    """What kubectl says where a taint is there that is to come, and of each that is not there and is to go
    (v1.7.5, v1.36 pkg/cmd/taint updateTaints, reorganizeTaints)."""
    old = node.spec.taints
    there = [
        one["key"]
        for one in added
        if any((two.key, two.effect) == (one["key"], one["effect"]) for two in old)
    ]
    if there and not change.arguments.has("overwrite"):
        word = "node" if change.api.today else "Node"
        told = f"{word} {node.metadata.name} already has {','.join(there)} taint(s) with same effect(s)"
        return [f"{told} and --overwrite is false"]
    return [
        f'taint "{f"{key}:{effect}" if effect else key}" not found'
        for key, effect in removed
        if not any(one.key == key and effect in ("", one.effect) for one in old)
    ]


def _one_step(
    node: Any, added: Sequence[dict[str, str]], removed: Sequence[tuple[str, str]]
) -> Command | None:
    """The command that does the same, where one does."""
    if len(added) == 1 and not removed:
        [one] = added
        args = {"key": one["key"], "value": one.get("value", ""), "effect": one["effect"]}
        return Command("taint", node.metadata.name, {**args})
    if len(removed) == 1 and not added:
        return Command("untaint", node.metadata.name, {"key": removed[0][0], "effect": removed[0][1]})
    return None


Taint = dict[str, str]


def _parsed(api: Api, specs: Sequence[str]) -> tuple[list[Taint], list[tuple[str, str]]]:
    """What is added and what is removed (cmd/taint parseTaints). Raises Said."""
    try:
        added = [_taint(spec, api.release) for spec in specs if not spec.endswith("-")]
        removed = [_removed(spec, api.release) for spec in specs if spec.endswith("-")]
        for index, one in enumerate(added):
            if any((one["key"], one["effect"]) == (two["key"], two["effect"]) for two in added[:index]):
                told = f"{{{one['key']} {one.get('value', '')} {one['effect']} <nil>}}"
                raise ValueError(f"duplicated taints with the same key and effect: {told}")
    except ValueError as error:
        hint = "\nSee 'kubectl taint -h' for help and examples" if api.today else ""
        raise Said(f"error: {error}{hint}") from None
    both = [
        f"{key}={effect}"
        for one in added
        for key, effect in removed
        if one["key"] == key and effect in ("", one["effect"])
    ]
    if both:
        told = "can not both modify and remove the following taint(s) in the same command"
        raise Said(f"error: {told}: {', '.join(both)}")
    return added, removed


def _taint(spec: str, release: str) -> Taint:
    key, value, effect = _divided(spec, release)
    if not effect:
        raise ValueError(f"invalid taint spec: {spec}")
    found = {"key": key, "effect": effect}
    return {**found, "value": value} if value else found


def _removed(spec: str, release: str) -> tuple[str, str]:
    key, _value, effect = _divided(spec.removesuffix("-"), release)
    return key, effect


def _divided(spec: str, release: str) -> tuple[str, str, str]:
    """Key, value and effect of "key=value:effect", "key:effect" or "key". Raises ValueError."""
    left, colon, effect = spec.partition(":")
    if colon and effect not in EFFECTS and ":" not in effect:
        raise ValueError(f"invalid taint effect: {effect}, unsupported taint effect")
    key, equals, value = left.partition("=") if colon else (left, "", "")
    if ":" in effect or "=" in value:
        raise ValueError(f"invalid taint spec: {spec}")
    reasons = list(label_value(value, release)) if equals else []
    if reasons := reasons or list(qualified_name(key, release)):
        raise ValueError(f"invalid taint spec: {spec}, {'; '.join(reasons)}")
    return key, value, effect
