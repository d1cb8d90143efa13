"""`kubectl cordon`, `uncordon` and `taint`. Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/drain.go, taint.go; v1.36
k8s.io/kubectl pkg/cmd/drain, pkg/cmd/taint."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.command import Command
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.changes import LABEL_VALUE, Change
from clustersim.console.selection import one_kind, select, select_all

EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def nodes_of(api: Api, arguments: Arguments, verb: str) -> list[Any]:
    """The nodes that a command is about: of v1.7 and v1.8 it is one (kubernetes#52917 came with v1.9). Raises
    Said."""
    if arguments.value("selector"):
        api.reach()
        return select(api, one_kind(api, ["nodes"]), arguments).objects
    if not arguments.words or (len(arguments.words) > 1 and not api.today):
        hint = f"See 'kubectl {verb} -h' for help and examples{'' if api.today else '.'}"
        raise Said(f"error: USAGE: {verb} NODE [flags]\n{hint}")
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
    if not specs:
        raise Said("error: at least one taint update is required")
    one = one_kind(api, kinds, "taint")
    if one.resource != "nodes":
        raise Said(
            f"error: invalid resource type {kinds[0]}, only [node nodes] are supported"
            if not api.today
            else f"error: invalid resource type {kinds[0]}, only node types are supported"
        )
    added = [_taint(spec) for spec in specs if not spec.endswith("-")]
    removed = [_removed(spec) for spec in specs if spec.endswith("-")]
    [selected] = select_all(api, kinds, arguments, "taint")
    change = Change(api, arguments)
    for node in selected.objects:
        _taint_one(change, node, added, removed)
    change.missing([selected])
    return change.answer()


def _taint_one(
    change: Change, node: Any, added: Sequence[dict[str, str]], removed: Sequence[tuple[str, str]]
) -> None:
    name, old = node.metadata.name, node.spec.taints
    for key, effect in removed:
        if not any(one.key == key and effect in ("", one.effect) for one in old):
            told = f"{key}:{effect}" if effect else key
            change.failed_with(Said(f'error: taint "{told}" not found'))
            return
    for one in added:
        same = [two for two in old if (two.key, two.effect) == (one["key"], one["effect"])]
        if same and not change.arguments.has("overwrite"):
            change.failed_with(
                Said(
                    f"error: Node {name} already has {one['key']} taint(s) with same effect(s) and "
                    "--overwrite is false"
                    if not change.api.today
                    else f"error: node {name} already has {one['key']} taint(s) with same effect(s) and "
                    "--overwrite is false"
                )
            )
            return
    kept = [
        msgspec.to_builtins(one)
        for one in old
        if not any(one.key == key and effect in ("", one.effect) for key, effect in removed)
        and not any((one.key, one.effect) == (two["key"], two["effect"]) for two in added)
    ]
    replaced = any((one["key"], one["effect"]) == (two.key, two.effect) for one in added for two in old)
    what = "tainted" if added and not removed else "untainted" if removed and not added else "modified"
    what = "modified" if replaced else what
    command = None
    if len(added) == 1 and not removed:
        args: dict[str, Any] = {
            "key": added[0]["key"],
            "value": added[0].get("value", ""),
            "effect": added[0]["effect"],
        }
        command = Command("taint", name, args)
    elif len(removed) == 1 and not added:
        command = Command("untaint", name, {"key": removed[0][0], "effect": removed[0][1]})
    change.of(
        "nodes", node, {"spec": {"taints": [*kept, *added] or None}}, what, kind="merge", command=command
    )


def _taint(spec: str) -> dict[str, str]:
    left, colon, effect = spec.rpartition(":")
    key, equals, value = left.partition("=")
    if not colon or not key or not LABEL_VALUE.match(value) or not LABEL_VALUE.match(key.rpartition("/")[2]):
        raise Said(f"error: invalid taint spec: {spec}")
    if effect not in EFFECTS:
        raise Said(f"error: invalid taint effect: {effect}, unsupported taint effect")
    found = {"key": key, "effect": effect}
    return {**found, "value": value} if equals and value else found


def _removed(spec: str) -> tuple[str, str]:
    key, _colon, effect = spec[:-1].partition(":")
    return key.partition("=")[0], effect
