"""`kubectl create token`: a token of a service account. Source: v1.36 k8s.io/kubectl pkg/cmd/create."""

import re
from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.errors import ApiError
from clustersim.apiserver.tokens import HOUR, token_of
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.output import format_of, shown
from clustersim.console.refusals import Refused

BOUND: Final = {"Node": "nodes", "Pod": "pods", "Secret": "secrets"}
_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([a-zµ]*)")
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def create_token(api: Api, words: Sequence[str]) -> Answer:
    """Raises Said."""
    arguments = commands.read("create token", words, api.release)
    if len(arguments.words) != 1:
        raise Said(
            f"error: exactly one NAME is required, got {len(arguments.words)}\n"
            "See 'kubectl create token -h' for help and examples"
        )
    seconds = _seconds(arguments.value("duration", "0"))
    api.reach()
    bound = _bound(api, arguments)
    namespace, name = arguments.value("namespace", "default"), arguments.words[0]
    try:
        account = api.find("serviceaccounts", namespace, name, right="create/token")
    except Refused as refused:
        raise Said(f"error: failed to create token: {refused.error.message}") from None
    if account is None:
        raise Said(f'error: failed to create token: serviceaccounts "{name}" not found')
    try:
        made = token_of(
            api.cluster.scenario.seed,
            account,
            api.now,
            seconds=seconds or HOUR,
            audiences=arguments.each("audience"),
            bound=bound,
        )
    except ApiError as error:
        raise Said(f"error: failed to create token: {error.message}") from None
    output = format_of(api, arguments)
    if output.name == "":
        return Answer(text=made["status"]["token"])
    return Answer(text=shown(api, made, [made], output))


def _seconds(text: str) -> int:
    """A duration of Go. Raises Said."""
    rest, seconds = text.removeprefix("-"), 0.0
    while rest not in ("", "0"):
        part = _PART.match(rest)
        if part is None or part[2] not in _UNITS:
            why = f'invalid duration "{text}"'
            if part is not None:
                unit = f'unknown unit "{part[2]}"' if part[2] else "missing unit"
                why = f'{unit} in duration "{text}"'
            told = f'invalid argument "{text}" for "--duration" flag: time: {why}'
            raise Said(f"error: {told}\nSee 'kubectl create token --help' for usage.")
        seconds += min(float(part[1]), 1e12) * _UNITS[part[2]]
        rest = rest[part.end() :]
    if text.startswith("-"):
        raise Said("error: --duration must be greater than or equal to 0")
    return int(seconds)


def _bound(api: Api, arguments: Arguments) -> dict[str, Any] | None:
    """What the token is bound to. Raises Said."""
    kind, name, uid = (arguments.value(f"bound-object-{what}") for what in ("kind", "name", "uid"))
    if not kind:
        for flag, value in (("name", name), ("uid", uid)):
            if value:
                told = f"--bound-object-{flag} can only be set if --bound-object-kind is provided"
                raise Said(f"error: {told}")
        return None
    if kind not in BOUND:
        raise Said(f"error: supported --bound-object-kind values are {', '.join(BOUND)}")
    if not name:
        raise Said("error: --bound-object-name is required if --bound-object-kind is provided")
    found = api.find(BOUND[kind], arguments.value("namespace", "default"), name)
    if found is None:
        raise Said(f'error: failed to create token: {BOUND[kind]} "{name}" not found')
    if uid and uid != found.metadata.uid:
        told = f"the UID in the bound object reference ({uid}) does not match the UID in record"
        raise Said(f"error: failed to create token: Operation cannot be fulfilled on {BOUND[kind]} "
                   f'"{name}": {told}. The object might have been deleted and then recreated')  # fmt: skip
    bound = {"apiVersion": "v1", "kind": kind, "name": name}
    return {**bound, "uid": uid} if uid else bound
