"""`kubectl create`, `expose` and `autoscale`: objects from manifests and flags.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/create.go, expose.go, autoscale.go; v1.36 k8s.io/kubectl pkg/cmd.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, Refused
from clustersim.console.arguments import Arguments
from clustersim.console.creategenerators import MADE
from clustersim.console.files import read_manifests, recognized
from clustersim.console.generators import autoscaler_for, service_for
from clustersim.console.made import (
    Made,
    line_of,
    post,
    with_errors,
)
from clustersim.console.overrides import overridden
from clustersim.console.selection import namespace_of, one_kind
from clustersim.console.tokencommand import create_token
from clustersim.i18n import _

# --- create ------------------------------------------------------------------------------------------------


def create(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl create: by -f, or one of its subcommands. Raises Said."""
    if words and not words[0].startswith("-"):
        return _create_named(api, words)
    arguments = commands.read("create", words, api.release)
    made = Made(api, arguments)
    if not made.dry:
        api.reach()
    manifests = read_manifests(api, arguments, stdin, "create")
    for manifest in manifests.found:
        try:
            post(
                api,
                manifest,
                made,
                "created",
                doing=f'error when creating "{manifest.source}"',
                line=line_of("create", words),
            )
        except Said as said:
            made.failed_with(said)
    return with_errors(made, manifests.errors, manifests.notes)


def _create_named(api: Api, words: Sequence[str]) -> Answer:
    kind = commands.CREATED.get(words[0], words[0])
    rest = list(words[1:])
    if kind == "token" and api.today:
        return create_token(api, rest)
    names = commands.subcommands(f"create {kind}", api.release)
    if names:
        if not rest or rest[0] not in names:
            raise Said(
                f"error: must specify one of {', '.join(names)}: kubectl create {kind} {names[0]} NAME"
            )
        kind = f"{kind} {rest.pop(0)}"
    command = f"create {kind}"
    if command not in commands.COMMANDS or api.release not in commands.COMMANDS[command].releases:
        raise Said(
            f'Error: unknown command "{words[0]}" for "kubectl create"'
            if not api.today
            else f"error: Unexpected args: [{' '.join(words)}]\nSee 'kubectl create -h' for help and "
            "examples",
            note=_("kubectl create knows here: {names}."),
            names=", ".join(commands.subcommands("create", api.release)),
        )
    if kind not in MADE:
        raise Said(note=_("This model keeps no {kind}."), kind=kind)
    arguments = commands.read(command, rest, api.release)
    lacking = [flag for flag in _REQUIRED.get(kind, ()) if not arguments.given(flag)]
    if api.today and lacking:
        told = ", ".join(f'"{flag}"' for flag in lacking)
        raise Said(f"error: required flag(s) {told} not set")
    if len(arguments.words) != 1:
        raise Said(
            f"error: exactly one NAME is required, got {len(arguments.words)}\nSee 'kubectl create "
            f"{kind} -h' for help and examples{'' if api.today else '.'}"
        )
    made = Made(api, arguments)
    if not made.dry:
        api.reach()
    plain = MADE[kind](api, arguments.words[0], arguments)
    try:
        post(api, recognized(api, "STDIN", plain, arguments), made, "created", line=line_of("create", words))
    except Refused as refused:
        if api.today and kind not in _PLAINLY_REFUSED:
            said = _SAID_AS.get(kind, f"{kind}:")
            raise Said(f"error: failed to create {said} {refused.error.message}") from None
        raise
    return made.answer()


_REQUIRED: Final = {
    "clusterrolebinding": ("clusterrole",),
    "cronjob": ("image", "schedule"),
    "deployment": ("image",),
    "service externalname": ("external-name",),
}
"""Flags without which kubectl of today does not begin."""
_PLAINLY_REFUSED: Final = ("namespace",)
_SAID_AS: Final = {
    "poddisruptionbudget": "poddisruptionbudgets:",
    "secret docker-registry": "secret",
    "secret generic": "secret",
    "secret tls": "secret",
    "service clusterip": "ClusterIP service:",
    "service externalname": "ExternalName service:",
    "service loadbalancer": "LoadBalancer service:",
    "service nodeport": "NodePort service:",
}
"""What kubectl of today says it failed to create, where that is not the subcommand."""


def expose(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl expose. Raises Said."""
    arguments = commands.read("expose", words, api.release)
    api.reach()
    resource, obj = _one_object(api, arguments, stdin, "expose")
    made = Made(api, arguments)
    plain = overridden([service_for(api, resource, obj, arguments)], arguments)[0]
    post(api, recognized(api, "STDIN", plain, arguments), made, "exposed", line=line_of("expose", words))
    if not api.today and not made.output.name:
        made.lines[-1] = f'service "{plain["metadata"]["name"]}" exposed'
    return made.answer()


def autoscale(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl autoscale. Raises Said."""
    arguments = commands.read("autoscale", words, api.release)
    api.reach()
    resource, obj = _one_object(api, arguments, stdin, "autoscale")
    made = Made(api, arguments)
    plain = autoscaler_for(api, resource, obj, arguments)
    if api.today and arguments.given("cpu-percent"):
        api.warnings.append(_CPU_PERCENT)
    done = "created" if api.today and made.dry == "dry run" else "autoscaled"
    post(api, recognized(api, "STDIN", plain, arguments), made, done, line=line_of("autoscale", words))
    if not api.today and not made.output.name:
        made.lines[-1] = f'{api.singular(resource)} "{obj.metadata.name}" autoscaled'
    return made.answer()


_CPU_PERCENT: Final = (
    "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., "
    "'70%' for utilization or '500m' for milliCPU)."
)


def _one_object(api: Api, arguments: Arguments, stdin: str, verb: str) -> tuple[str, Any]:
    if arguments.of_files:
        manifests = read_manifests(api, arguments, stdin)
        if len(manifests.found) != 1:
            raise Said("\n".join(manifests.errors) or "error: exactly one object is required")
        manifest = manifests.found[0]
        return manifest.resource, api.get(manifest.resource, manifest.namespace, manifest.name)
    if not arguments.words:
        raise Said(
            "error: You must provide one or more resources by argument or filename.\nSee 'kubectl "
            f"{verb} -h' for help and examples"
        )
    one = one_kind(api, arguments.words, verb)
    if len(one.names) != 1:
        raise Said("error: resource(s) were provided, but no name was specified")
    return one.resource, api.get(one.resource, namespace_of(arguments) or "", one.names[0])
