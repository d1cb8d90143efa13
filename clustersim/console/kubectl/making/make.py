"""`kubectl create`, `expose` and `autoscale`: objects from manifests and flags.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/create.go, expose.go, autoscale.go; v1.36 k8s.io/kubectl pkg/cmd.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.apiserver.defaults import default_object
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.access.reviews import answered
from clustersim.console.kubectl.changing.raw_writes import raw_write
from clustersim.console.kubectl.files import read_manifests, recognized
from clustersim.console.kubectl.made import (
    Made,
    line_of,
    post,
    with_errors,
)
from clustersim.console.kubectl.making.create_generators import MADE
from clustersim.console.kubectl.making.generators import autoscaler_for, service_for
from clustersim.console.kubectl.making.overrides import overridden
from clustersim.console.kubectl.making.token_command import create_token
from clustersim.console.kubectl.misuse import NOTHING_NAMED, hint, misused
from clustersim.console.kubectl.selection import namespace_of, wanted
from clustersim.console.kubectl.selectors import labels_of
from clustersim.console.kubectl.usage import parent, text_of
from clustersim.console.refusals import Refused, refusal
from clustersim.i18n import _

# --- create ------------------------------------------------------------------------------------------------


def create(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl create: by -f, or one of its subcommands. Raises Said."""
    if words and not words[0].startswith("-"):
        return _create_named(api, words)
    arguments = commands.read("create", words, api.release)
    if not arguments.of_files and not api.today:
        raise Said(text_of(api, "create"))
    if arguments.given("raw"):
        return raw_write(api, "create", arguments, stdin)
    made = Made(api, arguments)
    if not made.dry:
        api.reach()
    manifests = read_manifests(api, arguments, stdin, "create")
    chooses = labels_of(api, arguments.value("selector"))
    for manifest in manifests.found:
        if not chooses.matches(manifest.labels):
            continue
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
    for review in manifests.reviews:
        try:
            told = answered(api, review, arguments.value("namespace", "default"))
            if made.dry == "dry run":
                told.pop("status", None)
            made.answered(told)
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
        kind = f"{kind} {parent(api, f'create {kind}', rest)}"
        rest.pop(0)
    command = f"create {kind}"
    if command not in commands.COMMANDS or api.release not in commands.COMMANDS[command].releases:
        raise Said(
            f'Error: unknown command "{words[0]}" for "kubectl create"'
            if not api.today
            else f"error: Unexpected args: [{' '.join(words)}]{hint(api, 'create')}",
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
        raise misused(api, command, f"exactly one NAME is required, got {len(arguments.words)}")
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
    made = Made(api, arguments)
    objects, errors = _objects(api, arguments, stdin, "expose")
    for resource, obj in objects:
        plain = overridden([service_for(api, resource, obj, arguments)], arguments)[0]
        manifest = recognized(api, "STDIN", plain, arguments)
        try:
            post(api, manifest, made, "exposed", line=line_of("expose", words))
        except Refused as refused:
            made.failed_with(refused)
            continue
        if not api.today and not made.output.name:
            made.lines[-1] = f'service "{plain["metadata"]["name"]}" exposed'
    return with_errors(made, errors, ())


def autoscale(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl autoscale. Raises Said."""
    arguments = commands.read("autoscale", words, api.release)
    if api.today and not arguments.given("max"):
        raise Said('error: required flag(s) "max" not set')
    api.reach()
    made = Made(api, arguments)
    objects, errors = _objects(api, arguments, stdin, "autoscale")
    if api.today and arguments.given("cpu-percent"):
        api.warnings.append(_CPU_PERCENT)
    done = "created" if api.today and made.dry == "dry run" else "autoscaled"
    for resource, obj in objects:
        plain = autoscaler_for(api, resource, obj, arguments)
        manifest = recognized(api, "STDIN", plain, arguments)
        try:
            post(api, manifest, made, done, line=line_of("autoscale", words))
        except Refused:
            if api.today and not arguments.value("cpu"):  # It tries the older version then, except for this.
                raise Said(_NO_OLDER_AUTOSCALER) from None
            raise
        if not api.today and not made.output.name:
            made.lines[-1] = f'{api.singular(resource)} "{obj.metadata.name}" autoscaled'
    return with_errors(made, errors, ())


_NO_OLDER_AUTOSCALER: Final = (
    "error: failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: "
    "empty input"
)
_CPU_PERCENT: Final = (
    "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., "
    "'70%' for utilization or '500m' for milliCPU)."
)


def _objects(
    api: Api, arguments: Arguments, stdin: str, verb: str
) -> tuple[list[tuple[str, Any]], tuple[str, ...]]:
    """What is meant, and what could not be read: of files what these say, whether it is there or not. Raises
    Said."""
    if not arguments.of_files:
        return _named_objects(api, arguments, verb)
    manifests = read_manifests(api, arguments, stdin, "")
    if manifests.errors and not manifests.found:
        raise Said("\n".join(manifests.errors))
    found = []
    for manifest in manifests.found:
        try:
            obj = decode_object(manifest.plain, api.release, expected=api.resources[manifest.resource]).obj
        except ApiError as error:
            raise Said(refusal(error)) from None
        found.append((manifest.resource, default_object(obj, api.release, manifest.api_version)))
    return found, manifests.errors


def _named_objects(
    api: Api, arguments: Arguments, verb: str
) -> tuple[list[tuple[str, Any]], tuple[str, ...]]:
    """The objects of that name, and what is said of those that there are not. Raises Said where there is
    none."""
    if not arguments.words:
        raise Said(NOTHING_NAMED)
    found, missing = list[tuple[str, Any]](), list[str]()
    for one in wanted(api, arguments.words, verb):
        if not one.names:
            raise Said("error: resource(s) were provided, but no name was specified")
        for name in one.names:
            obj = api.find(one.resource, namespace_of(arguments) or "", name)
            if obj is None:
                missing.append(api.not_found(one.resource, name))
            else:
                found.append((one.resource, obj))
    if not found:
        raise Said("\n".join(missing))
    return found, tuple(missing)
