"""`kubectl create`, `apply`, `replace`, `run`, `expose` and `autoscale`: objects from manifests and flags.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/create.go, apply.go, replace.go, run.go, expose.go, autoscale.go;
v1.36 k8s.io/kubectl pkg/cmd.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.api.api_resources import KEPT
from clustersim.api.client_validation import validate_manifest
from clustersim.api.decoding import FieldValidation, decode_object
from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.api.errors import ApiError
from clustersim.api.registry import object_key
from clustersim.api.request import Request
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, Refused, refusal
from clustersim.console.arguments import Arguments
from clustersim.console.clientform import client_form
from clustersim.console.creategenerators import MADE
from clustersim.console.files import Manifest, read_manifests, recognized
from clustersim.console.generators import autoscaler_for, service_for
from clustersim.console.output import Format, format_of, named, plain_of, shown
from clustersim.console.overrides import overridden
from clustersim.console.selection import namespace_of, one_kind, select
from clustersim.console.threeway import applied
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import to_json, to_yaml

CAUSE: Final = "kubernetes.io/change-cause"
_NO_EFFECT: Final = _("Kept, but without effect in this model: {kinds}.")
ONLY_KEPT: Final = (
    "clusterrolebindings",
    "clusterroles",
    "horizontalpodautoscalers",
    "ingressclasses",
    "ingresses",
    "networkpolicies",
    "podtemplates",
    "rolebindings",
    "roles",
    *(resource.plural for resource in KEPT),
)
"""Kinds whose objects are kept and given back; nothing acts on them."""


class Made:
    """What a command that makes objects has to say: lines, or objects in a format of -o."""

    def __init__(self, api: Api, arguments: Arguments) -> None:
        self.api = api
        self.arguments = arguments
        self.output = format_of(api, arguments) if arguments.value("output") else Format("", "")
        self.lines: list[str] = []
        self.failed = False
        self.kept: list[str] = []
        self.notes: list[Message] = []
        self._plain: list[Any] = []

    @property
    def dry(self) -> str:
        """How a dry run is marked, empty where it is none."""
        return dry_run(self.api, self.arguments)

    def done(self, resource: str, obj: Any, what: str, plain: dict[str, Any] | None = None) -> None:
        """An object was made or changed; plain: how it is printed whole, where not as the server has it."""
        name = obj.metadata.name
        if resource in ONLY_KEPT and self.api.resources[resource].kind not in self.kept:
            self.kept.append(self.api.resources[resource].kind)
        if self.output.name in ("", "wide"):
            self.lines.append(self.api.did(resource, name, what, dry=self.dry))
        elif self.output.name == "name":
            self.lines.append(named(self.api, resource, name))
        else:
            self._plain.append(plain_of(self.api, obj) if plain is None else plain)

    def failed_with(self, said: Said) -> None:
        """One object was refused; the others go on."""
        self.failed = True
        if said.text:
            self.lines.append(said.text)
        if said.note is not None:
            self.notes.append(said.note)

    def answer(self) -> Answer:
        """All of it."""
        if self._plain:
            whole = (
                self._plain[0]
                if len(self._plain) == 1
                else {"apiVersion": "v1", "kind": "List", "items": self._plain}
            )
            self.lines.append(shown(self.api, whole, self._plain, self.output))
        note = Message(_NO_EFFECT, {"kinds": ", ".join(self.kept)}) if self.kept else None
        if self.notes:
            note = joined(self.notes)
        return Answer(text="\n".join(self.lines), ok=not self.failed, note=note)


def joined(notes: Sequence[Message]) -> Message:
    """Several notes as one, each once."""
    different = [note for index, note in enumerate(notes) if note not in notes[:index]]
    if len(different) == 1:
        return different[0]
    names = [f"note{index}" for index in range(len(different))]
    form = " ".join(f"{{{name}}}" for name in names)
    return Message(form, dict(zip(names, different, strict=True)))


def dry_run(api: Api, arguments: Arguments) -> str:
    """ "dry run", "server dry run" or nothing. Raises Said."""
    if not api.today:
        return "dry run" if arguments.has("dry-run") else ""
    match arguments.value("dry-run", "none"):
        case "none" | "false":
            return ""
        case "client" | "unchanged" | "true" | "":
            return "dry run"
        case "server":
            return "server dry run"
    raise Said(
        f'error: Invalid dry-run value ({arguments.value("dry-run")}). Must be "none", "server", or "client".'
    )


def decoded(api: Api, manifest: Manifest, arguments: Arguments, doing: str = "") -> Any:
    """The object that a manifest describes, once kubectl itself has looked at it. Raises Said."""
    validates = arguments.value("validate", "true") not in ("false", "ignore")
    if validates and (found := validate_manifest(manifest.plain, api.release)):
        raise Said(f'error: error validating "{manifest.source}": error validating data: {found}')
    try:
        strict: FieldValidation = "Strict" if api.today and validates else "Ignore"
        resource = api.resources[manifest.resource]
        return decode_object(manifest.plain, api.release, validation=strict, expected=resource).obj
    except ApiError as error:
        raise Said(refusal(error, doing)) from None


def with_annotations(plain: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """The object with more annotations."""
    metadata = plain.get("metadata") or {}
    return {
        **plain,
        "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **values}},
    }


def recorded(arguments: Arguments, line: str, plain: dict[str, Any]) -> dict[str, Any]:
    """With --record: the command line becomes the cause of the change."""
    return with_annotations(plain, {CAUSE: cause_of(arguments, line)}) if arguments.has("record") else plain


def cause_of(arguments: Arguments, line: str) -> str:
    """A command line as --record keeps it: first its words, then its flags by their long names
    (v1.7.5 pkg/kubectl/cmd/util/factory_client_access.go Command, today cli-runtime
    pkg/genericclioptions/record_flags.go parseCommandArguments).

    line: as it was typed, whose verbs `arguments` does not have."""
    verbs = []
    for word in line.split():
        if word.startswith("-") or word in arguments.words:
            break
        verbs.append(word)
    flags = (f"--{name}={value}" for name, value in arguments.written)
    return " ".join((*verbs, *arguments.words, *flags))


def post(api: Api, manifest: Manifest, made: Made, what: str, *, doing: str = "", line: str = "") -> None:
    """Create an object, and say so. Raises Said."""
    plain = recorded(made.arguments, line, manifest.plain)
    if made.arguments.has("save-config"):
        plain = with_annotations(plain, {LAST_APPLIED: last_applied(manifest.plain)})
    obj = decoded(api, manifest._replace(plain=plain), made.arguments, doing)
    if made.dry == "dry run":
        made.done(manifest.resource, obj, what, _of_client(api, manifest, made.arguments, plain))
        return
    request = Request(
        "create", manifest.resource, manifest.namespace, manifest.name, obj, api_version=manifest.api_version
    )
    asked = api.try_out if made.dry else api.ask
    made.done(manifest.resource, asked(request, doing=doing), what)


def _of_client(api: Api, manifest: Manifest, arguments: Arguments, plain: dict[str, Any]) -> dict[str, Any]:
    """What kubectl would send; what it has made itself is in no namespace that was not given."""
    metadata = dict(plain["metadata"])
    if not arguments.given("filename") and not arguments.given("namespace"):
        metadata.pop("namespace", None)
    whole = {**plain, "metadata": metadata}
    if api.today and arguments.given("filename"):
        return whole
    return client_form(whole, dated=not api.today)


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
    return _with_errors(made, manifests.errors, manifests.notes)


def _with_errors(made: Made, errors: Sequence[str], notes: Sequence[Message]) -> Answer:
    made.lines += errors
    made.notes += notes
    made.failed = made.failed or bool(errors)
    return made.answer()


def line_of(verb: str, words: Sequence[str]) -> str:
    """The command line as it was typed."""
    return " ".join(("kubectl", verb, *words))


def _create_named(api: Api, words: Sequence[str]) -> Answer:
    kind = commands.CREATED.get(words[0], words[0])
    rest = list(words[1:])
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
            else f"error: unexpected args: [{' '.join(words)}]\nSee 'kubectl create -h' for help and "
            "examples",
            note=_("kubectl create knows here: {names}."),
            names=", ".join(commands.subcommands("create", api.release)),
        )
    if kind not in MADE:
        raise Said(note=_("This model keeps no {kind}."), kind=kind)
    arguments = commands.read(command, rest, api.release)
    if len(arguments.words) != 1:
        raise Said(
            f"error: exactly one NAME is required, got {len(arguments.words)}\nSee 'kubectl create "
            f"{kind} -h' for help and examples."
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
    post(
        api, recognized(api, "STDIN", plain, arguments), made, "autoscaled", line=line_of("autoscale", words)
    )
    if not api.today and not made.output.name:
        made.lines[-1] = f'{api.singular(resource)} "{obj.metadata.name}" autoscaled'
    return made.answer()


def _one_object(api: Api, arguments: Arguments, stdin: str, verb: str) -> tuple[str, Any]:
    if arguments.given("filename"):
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


# --- apply -------------------------------------------------------------------------------------------------


def apply(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl apply: what is in the manifest, with what was there last time taken away. Raises Said."""
    if words and words[0] == "view-last-applied":
        return _view_last_applied(api, words[1:], stdin)
    if words and words[0] in ("edit-last-applied", "set-last-applied"):
        raise Said(note=_("This console views what was applied last; it does not set it."))
    arguments = commands.read("apply", words, api.release)
    if arguments.words:
        raise Said(
            f"error: Unexpected args: [{' '.join(arguments.words)}]\nSee 'kubectl apply -h' for "
            "help and examples"
        )
    if arguments.has("prune"):
        raise Said(note=_("This console applies without --prune."))
    api.reach()
    made = Made(api, arguments)
    manifests = read_manifests(api, arguments, stdin)
    for manifest in manifests.found:
        try:
            _apply_one(api, manifest, made, line_of("apply", words))
        except Said as said:
            made.failed_with(said)
    return _with_errors(made, manifests.errors, manifests.notes)


def _apply_one(api: Api, manifest: Manifest, made: Made, line: str) -> None:
    arguments = made.arguments
    if not manifest.name:
        raise Said(
            "error: from "
            + str(manifest.plain["metadata"].get("generateName"))
            + ": cannot use generate name with apply"
        )
    server_side = arguments.has("server-side")
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    plain = recorded(arguments, line, manifest.plain)
    done = "serverside-applied" if server_side else "created" if current is None else "configured"
    config = {} if server_side else {LAST_APPLIED: last_applied(manifest.plain)}
    wanted = manifest._replace(plain=with_annotations(plain, config))
    doing = f'error when applying patch to "{manifest.source}"'
    if current is None:
        obj = decoded(api, wanted, arguments, f'error when creating "{manifest.source}"')
        request = Request(
            "create",
            manifest.resource,
            manifest.namespace,
            manifest.name,
            obj,
            api_version=manifest.api_version,
        )
        doing = f'error when creating "{manifest.source}"'
    else:
        decoded(api, wanted, arguments, doing)
        if not server_side and LAST_APPLIED not in current.metadata.annotations:
            made.lines.append(_not_applied_before(api, manifest))
        patch = applied(api, manifest, wanted.plain, current)
        if not patch:
            made.done(manifest.resource, current, done if server_side else "unchanged")
            return
        request = patch
    if made.dry == "dry run":
        made.done(manifest.resource, current if current is not None else obj, done)
        return
    asked = api.try_out if made.dry else api.ask
    made.done(manifest.resource, asked(request, doing=doing), done)


def _not_applied_before(api: Api, manifest: Manifest) -> str:
    if not api.today:
        return (
            "Warning: kubectl apply should be used on resource created by either kubectl create "
            "--save-config or "
            "kubectl apply"
        )
    return (
        f"Warning: resource {manifest.resource}/{manifest.name} is missing the {LAST_APPLIED} "
        "annotation which is "
        "required by kubectl apply. kubectl apply should only be used on resources created declaratively by "
        "either kubectl create --save-config or kubectl apply. The missing annotation will be "
        "patched automatically."
    )


def _view_last_applied(api: Api, words: Sequence[str], stdin: str) -> Answer:
    arguments = commands.read("apply", words, api.release)
    api.reach()
    one = one_kind(api, arguments.words, "apply view-last-applied")
    found = select(api, one, arguments)
    texts = list(found.missing)
    for obj in found.objects:
        text = obj.metadata.annotations.get(LAST_APPLIED)
        if text is None:
            texts.append(
                f"error: no last-applied-configuration annotation found on resource: {obj.metadata.name}"
            )
            continue
        plain = msgspec.json.decode(text)
        texts.append(to_json(plain) if arguments.value("output") == "json" else to_yaml(plain))
    return Answer(text="\n".join(texts), ok=not found.missing)


# --- replace -----------------------------------------------------------------------------------------------


def replace(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl replace: the whole object. Raises Said."""
    arguments = commands.read("replace", words, api.release)
    for flag in ("grace-period", "timeout"):
        if arguments.value(flag) not in ("", "0", "-1", "0s") and not arguments.has("force"):
            raise Said(f"error: --{flag} must have --force specified")
    api.reach()
    made = Made(api, arguments)
    manifests = read_manifests(api, arguments, stdin, "replace")
    for manifest in manifests.found:
        try:
            _replace_one(api, manifest, made, line_of("replace", words))
        except Said as said:
            made.failed_with(said)
    return _with_errors(made, manifests.errors, manifests.notes)


def told_deleted(api: Api, resource: str, namespace: str, name: str, done: str = "deleted") -> str:
    """What kubectl prints of what it deletes."""
    where = f" from {namespace} namespace" if api.today and api.resources[resource].namespaced else ""
    return f'{api.singular(resource)} "{name}" {done}{where}'


def _replace_one(api: Api, manifest: Manifest, made: Made, line: str) -> None:
    doing = f'error when replacing "{manifest.source}"'
    current = api.find(manifest.resource, manifest.namespace, manifest.name)
    if current is None and not made.arguments.has("force"):
        raise Said(api.not_found(manifest.resource, manifest.name).replace(": ", f": {doing}: ", 1))
    if made.arguments.has("force"):
        if current is not None:
            # The old kubectl leaves what the object owns to be adopted by the new one, once the garbage
            # collector has let it go; this console makes the new one at once.
            request = Request("delete", manifest.resource, manifest.namespace, manifest.name, grace_seconds=0)
            api.ask(msgspec.structs.replace(request, propagation="Background"))
            key = object_key(manifest.namespace, manifest.name)
            made.lines.append(told_deleted(api, manifest.resource, manifest.namespace, manifest.name))
            if api.store.get(manifest.resource, {}).get(key) is not None:
                raise Said("error: timed out waiting for the condition")
        post(api, manifest, made, "replaced", doing=doing, line=line)
        return
    plain = recorded(made.arguments, line, manifest.plain)
    metadata = {**plain["metadata"], "resourceVersion": plain["metadata"].get("resourceVersion") or ""}
    obj = decoded(api, manifest._replace(plain={**plain, "metadata": metadata}), made.arguments, doing)
    request = Request(
        "update", manifest.resource, manifest.namespace, manifest.name, obj, api_version=manifest.api_version
    )
    if made.dry == "dry run":
        made.done(manifest.resource, obj, "replaced")
        return
    made.done(manifest.resource, (api.try_out if made.dry else api.ask)(request, doing=doing), "replaced")
