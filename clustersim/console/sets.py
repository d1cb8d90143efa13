"""`kubectl set`: image, resources, env, selector, serviceaccount. Sources: v1.7.5, v1.8.0
pkg/kubectl/cmd/set; v1.36 k8s.io/kubectl pkg/cmd/set."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from clustersim.command import Command
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.changes import TEMPLATED, Change, chosen, line_of, target_of
from clustersim.console.usage import parent
from clustersim.i18n import _


def set_(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl set image, resources, env, selector, serviceaccount. Raises Said."""
    verb = parent(api, "set", words)
    if verb not in _SETS:
        raise Said(note=_("This console sets image, resources, env, selector and serviceaccount."))
    arguments = commands.read(f"set {verb}", words[1:], api.release)
    pairs = [word for word in arguments.words if "=" in word or (word.endswith("-") and verb == "env")]
    if verb == "serviceaccount" and len(arguments.words) > 1:
        pairs = [arguments.words[-1]]
    kinds = [word for word in arguments.words if word not in pairs]
    selected = chosen(api, kinds, arguments, stdin, f"set {verb}")
    change = Change(api, arguments, line_of("set", words))
    for one in selected:
        for obj in one.objects:
            _SETS[verb](change, one.resource, obj, pairs)
    change.missing(selected)
    return change.answer()


def _containers(change: Change, resource: str, obj: Any) -> list[dict[str, Any]]:
    if resource == "pods":
        return [dict(one) for one in msgspec.to_builtins(obj.spec.containers)]
    if resource not in TEMPLATED:
        raise Said(f"error: {change.api.resources[resource].kind} has no pod template")
    return [dict(one) for one in msgspec.to_builtins(obj.spec.template.spec.containers)]


def _pod_patch(resource: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"spec": spec} if resource == "pods" else {"spec": {"template": {"spec": spec}}}


def _image(change: Change, resource: str, obj: Any, pairs: Sequence[str]) -> None:
    if not pairs:
        raise Said("error: at least one image update is required")
    wanted = dict(pair.split("=", 1) for pair in pairs)
    containers = _containers(change, resource, obj)
    names = [one["name"] for one in containers]
    for name in wanted:
        if name not in (*names, "*"):
            raise Said(f'error: unable to find container named "{name}"')
    changed = [
        {"name": one["name"], "image": wanted.get(one["name"], wanted.get("*", one["image"]))}
        for one in containers
    ]
    if all(one["image"] == other["image"] for one, other in zip(containers, changed, strict=True)):
        return
    command = None
    if resource == "deployments" and len(wanted) == 1:
        [(name, image)] = wanted.items()
        args: dict[str, Any] = {"image": image, "container": name.removeprefix("*")}
        command = (
            Command("set-image", target_of(change.api, resource, obj), args)
            if name != "*" or len(names) == 1
            else None
        )
    change.of(resource, obj, _pod_patch(resource, {"containers": changed}), "image updated", command=command)


def _names(change: Change, containers: Sequence[dict[str, Any]]) -> list[str]:
    given = change.arguments.several("containers") or ["*"]
    return [one["name"] for one in containers if "*" in given or one["name"] in given]


def _resources(change: Change, resource: str, obj: Any, pairs: Sequence[str]) -> None:
    limits, requests = change.arguments.several("limits"), change.arguments.several("requests")
    if not limits and not requests:
        raise Said(
            "error: you must specify an update to requests or limits or  (in the form of --requests/--limits)"
        )
    containers = _containers(change, resource, obj)
    patch: list[dict[str, Any]] = []
    for name in _names(change, containers):
        told = {
            kind: dict(one.split("=", 1) for one in given if "=" in one)
            for kind, given in (("limits", limits), ("requests", requests))
            if given
        }
        patch.append({"name": name, "resources": told})
    change.of(resource, obj, _pod_patch(resource, {"containers": patch}), "resource requirements updated")


def _env(change: Change, resource: str, obj: Any, pairs: Sequence[str]) -> None:
    containers = _containers(change, resource, obj)
    if change.arguments.has("list"):
        for one in containers:
            change.lines.append(
                f"# {change.api.resources[resource].kind} {obj.metadata.name}, container {one['name']}"
            )
            change.lines += [
                f"{variable['name']}={variable.get('value', '')}" for variable in one.get("env", ())
            ]
        return
    variables = [*pairs, *change.arguments.each("env")]
    if not variables:
        raise Said("error: at least one environment variable must be provided")
    patch: list[dict[str, Any]] = []
    for name in _names(change, containers):
        env: list[dict[str, Any]] = []
        for text in variables:
            key, equals, value = text.partition("=")
            env.append({"name": key, "value": value} if equals else {"name": key[:-1], "$patch": "delete"})
        patch.append({"name": name, "env": env})
    change.of(resource, obj, _pod_patch(resource, {"containers": patch}), "env updated")


def _selector(change: Change, resource: str, obj: Any, pairs: Sequence[str]) -> None:
    if resource != "services":
        raise Said(
            f"error: setting a selector is only supported for Services: {change.api.resources[resource].kind}"
        )
    selector = dict(pair.split("=", 1) for part in pairs for pair in part.split(",") if "=" in pair)
    gone = {key: None for key in obj.spec.selector if key not in selector}
    change.of(resource, obj, {"spec": {"selector": {**gone, **selector}}}, "selector updated", kind="merge")


def _service_account(change: Change, resource: str, obj: Any, pairs: Sequence[str]) -> None:
    if not pairs:
        raise Said("error: serviceaccount is required")
    change.of(
        resource,
        obj,
        _pod_patch(resource, {"serviceAccountName": pairs[0]}),
        "serviceaccount updated",
        kind="merge",
    )


_SETS: Final[dict[str, Callable[[Change, str, Any, Sequence[str]], None]]] = {
    "env": _env, "image": _image, "resources": _resources, "selector": _selector,
    "serviceaccount": _service_account,
}  # fmt: skip
