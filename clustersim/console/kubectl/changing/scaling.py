"""kubectl scale.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/scale.go; v1.36 k8s.io/kubectl pkg/cmd/scale.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.request import Request
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, line_of, patch_of, target_of
from clustersim.console.kubectl.misuse import hint
from clustersim.console.kubectl.selection import Selected
from clustersim.digits import is_whole

_SCALED: Final = ("deployments", "replicasets", "replicationcontrollers", "statefulsets")


def _no_count(api: Api, text: str) -> str:
    if api.today and not text:
        return 'error: required flag(s) "replicas" not set'
    if text and not is_whole(text.removeprefix("-")):
        prefix, more = ("error", "\nSee 'kubectl scale --help' for usage.") if api.today else ("Error", "")
        digits = text.removeprefix("-")
        wrong = "value out of range" if digits.isascii() and digits.isdigit() else "invalid syntax"
        why = f'strconv.ParseInt: parsing "{text}": {wrong}'
        return f'{prefix}: invalid argument "{text}" for "--replicas" flag: {why}{more}'
    told = "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
    return told if api.today else f"{told}{hint(api, 'scale')}"


def scale(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl scale. Raises Said."""
    arguments = commands.read("scale", words, api.release)
    text = arguments.value("replicas")
    if not is_whole(text) or len(text) > 12:
        raise Said(_no_count(api, text))
    change = Change(api, arguments, line_of("scale", words))
    selected = change.objects(arguments.words, stdin, "scale")
    if api.today and arguments.given("resource-version") and sum(len(one.objects) for one in selected) > 1:
        raise Said("error: cannot use --resource-version with multiple resources")
    for one in selected:
        if one.resource in _SCALED or (one.resource == "jobs" and not api.today):
            _scale(change, one, int(text))
        elif "scale" in api.resources[one.resource].subresources:
            _scale_added(change, one, int(text))
        elif one.objects:
            raise Said(_not_scaled(api, one.resource))
    change.missing(selected)
    if api.today and not any(one.objects or one.missing for one in selected):
        raise Said("error: no objects passed to scale")
    return change.answer()


def _not_scaled(api: Api, resource: str) -> str:
    if api.today:
        return "Error from server (NotFound): the server could not find the requested resource"
    kind = f'{{"{api.group(resource)}" "{api.resources[resource].kind}"}}'
    return f"error: no scaler has been implemented for {kind}"


def _scale(change: Change, one: Selected, replicas: int) -> None:
    """Objects whose spec says the number. A Job's is that of pods that may run at once."""
    field = "parallelism" if one.resource == "jobs" else "replicas"
    for obj in one.objects:
        was = getattr(obj.spec, field)
        if not (change.api.today and change.dry == "dry run") and (wrong := _unmet(change, obj, was)):
            change.failed_with(Said(wrong))
            continue
        command = Command("scale", target_of(change.api, one.resource, obj), {"replicas": replicas})
        change.of(
            one.resource,
            obj,
            {"spec": {field: replicas}},
            "scaled",
            kind="merge",
            command=command if field == "replicas" else None,
        )
        if was == replicas and change.api.commands and change.api.commands[-1] == command:
            change.api.commands.pop()


def _scale_added(change: Change, one: Selected, replicas: int) -> None:
    """Objects of an added kind, where their definition says that the number stands."""
    for obj in one.objects:
        metadata = obj.metadata
        request = Request("get-scale", one.resource, metadata.namespace, metadata.name)
        if wrong := _other_count(change, change.api.try_out(request).spec.replicas):
            change.failed_with(Said(wrong))
            continue
        body = {"spec": {"replicas": replicas}}
        asked = patch_of(one.resource, obj, body, "merge", "scale")
        try:
            (change.api.try_out if change.dry else change.api.ask)(asked)
            change.done(one.resource, obj, "scaled")
        except Said as said:
            change.failed_with(said)


def _unmet(change: Change, obj: Any, was: int) -> str:
    """Which condition of the line does not hold."""
    wanted, version = change.arguments.value("resource-version"), obj.metadata.resource_version
    if (wrong := _other_count(change, was)) or wanted in ("", version):
        return wrong
    return f"error: Expected resource version to be {wanted}, was {version}"


def _other_count(change: Change, was: int) -> str:
    expected = change.arguments.value("current-replicas")
    return "" if expected in ("", "-1", str(was)) else f"error: Expected replicas to be {expected}, was {was}"
