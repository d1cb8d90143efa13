"""kubectl scale.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/scale.go; v1.36 k8s.io/kubectl pkg/cmd/scale.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.request import Request
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, line_of, patch_of, target_of
from clustersim.console.kubectl.selection import Selected
from clustersim.digits import is_whole

_SCALED: Final = ("deployments", "replicasets", "replicationcontrollers", "statefulsets")


def _no_count(api: Api, text: str) -> str:
    if api.today and not text:
        return 'error: required flag(s) "replicas" not set'
    if text and not is_whole(text.removeprefix("-")):
        prefix, hint = ("error", "\nSee 'kubectl scale --help' for usage.") if api.today else ("Error", "")
        digits = text.removeprefix("-")
        wrong = "value out of range" if digits.isascii() and digits.isdigit() else "invalid syntax"
        why = f'strconv.ParseInt: parsing "{text}": {wrong}'
        return f'{prefix}: invalid argument "{text}" for "--replicas" flag: {why}{hint}'
    return "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"


def scale(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl scale. Raises Said."""
    arguments = commands.read("scale", words, api.release)
    text = arguments.value("replicas")
    if not is_whole(text) or len(text) > 12:
        raise Said(_no_count(api, text))
    replicas = int(text)
    change = Change(api, arguments, line_of("scale", words))
    selected = change.objects(arguments.words, stdin, "scale")
    expected = arguments.value("current-replicas")
    if api.today and arguments.given("resource-version") and sum(len(one.objects) for one in selected) > 1:
        raise Said("error: cannot use --resource-version with multiple resources")
    for one in selected:
        if "scale" in api.resources[one.resource].subresources and one.resource not in _SCALED:
            _scale_added(change, one, replicas, expected)
            continue
        if not one.objects:
            continue
        if one.resource not in _SCALED and (api.today or one.resource != "jobs"):
            raise Said(
                f"error: cannot scale {api.resources[one.resource].kind}"
                if not api.today
                else "Error from server (NotFound): the server could not find the requested resource"
            )
        for obj in one.objects:
            field = "parallelism" if one.resource == "jobs" else "replicas"
            was = getattr(obj.spec, field)
            local = api.today and change.dry == "dry run"
            if expected and expected not in ("-1", str(was)) and not local:
                change.failed_with(Said(f"error: Expected replicas to be {expected}, was {was}"))
                continue
            version = obj.metadata.resource_version
            if (wanted := arguments.value("resource-version")) not in ("", version) and not local:
                told = f"error: Expected resource version to be {wanted}, was {version}"
                change.failed_with(Said(told))
                continue
            command = Command("scale", target_of(api, one.resource, obj), {"replicas": replicas})
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
    change.missing(selected)
    if api.today and not any(one.objects or one.missing for one in selected):
        raise Said("error: no objects passed to scale")
    return change.answer()


def _scale_added(change: Change, one: Selected, replicas: int, expected: str) -> None:
    """Objects of an added kind, where their definition says that the number stands."""
    for obj in one.objects:
        metadata = obj.metadata
        request = Request("get-scale", one.resource, metadata.namespace, metadata.name)
        was = change.api.try_out(request).spec.replicas
        if expected and expected not in ("-1", str(was)):
            change.failed_with(Said(f"error: Expected replicas to be {expected}, was {was}"))
            continue
        body = {"spec": {"replicas": replicas}}
        asked = patch_of(one.resource, obj, body, "merge", "scale")
        try:
            (change.api.try_out if change.dry else change.api.ask)(asked)
            change.done(one.resource, obj, "scaled")
        except Said as said:
            change.failed_with(said)
