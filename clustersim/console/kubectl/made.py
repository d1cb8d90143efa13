"""What the verbs that make objects share: manifests that kubectl has looked at, objects that are sent, and
what is said of it.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/create.go, util/helpers.go; v1.36 k8s.io/kubectl pkg/cmd.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.client_validation import validate_manifest
from clustersim.api.decoding import FieldValidation, decode_object
from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.api.errors import ApiError
from clustersim.api.kept_resources import KEPT
from clustersim.api.request import Request
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import TRUTH, Arguments
from clustersim.console.kubectl.clientform import client_form
from clustersim.console.kubectl.files import Manifest
from clustersim.console.kubectl.output import Format, format_of, named, plain_of, shown
from clustersim.console.refusals import Refused
from clustersim.engine.calendar import calendar
from clustersim.i18n import Message, _

_PID: Final = 4216
"""Of kubectl, as its log tells it."""
CAUSE: Final = "kubernetes.io/change-cause"
_NO_EFFECT: Final = _("Kept, but without effect in this model: {kinds}.")
_ACTED_ON: Final = (
    "apiservices",
    "deviceclasses",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
    "mutatingwebhookconfigurations",
    "resourceclaims",
    "resourceclaimtemplates",
    "runtimeclasses",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
)
ONLY_KEPT: Final = (
    "ingresses",
    "networkpolicies",
    "podtemplates",
    *(resource.plural for resource in KEPT if resource.plural not in _ACTED_ON),
)
"""Kinds whose objects are kept and given back; nothing acts on them."""


class Made:
    """What a command that makes objects has to say: lines, or objects in a format of -o; listed: several as
    one List, today, too."""

    def __init__(self, api: Api, arguments: Arguments, *, listed: bool = False) -> None:
        self.api = api
        self.listed = listed
        self.between = "\n---\n"
        self.arguments = arguments
        asked = arguments.value("output") or arguments.value("template")
        self.output = format_of(api, arguments) if asked else Format("", "")
        self.lines: list[str] = []
        self.failures: list[Said] = []
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
        led = resource == "ingresses" and self.api.store.get("ingressclasses")
        if not led and resource in ONLY_KEPT and self.api.resources[resource].kind not in self.kept:
            self.kept.append(self.api.resources[resource].kind)
        if self.output.name in ("", "wide"):
            self.lines.append(self.api.did(resource, name, what, dry=self.dry))
        elif self.output.name == "name":
            self.lines.append(named(self.api, resource, name))
        else:
            self._plain.append(plain_of(self.api, obj) if plain is None else plain)

    def answered(self, plain: dict[str, Any]) -> None:
        """A question was answered: it has no name, and is nowhere."""
        group, kind = plain["apiVersion"].partition("/")[0], plain["kind"].lower()
        if self.output.name == "name" or (self.api.today and self.output.name in ("", "wide")):
            named = f"{kind}.{group}/<unknown>"
            self.lines.append(named if self.output.name else f"{named} created")
        elif self.output.name in ("", "wide"):
            self.lines.append(f'{kind} "" created')
        else:
            self._plain.append(plain)

    def failed_with(self, said: Said) -> None:
        """One object was refused; the others go on, and kubectl tells of it at the end."""
        self.failed = True
        if said.text:
            self.failures.append(said)
        if said.note is not None:
            self.notes.append(said.note)

    def answer(self) -> Answer:
        """All of it."""
        if self._plain and (len(self._plain) == 1 or (self.api.today and not self.listed)):
            texts = [shown(self.api, plain, [plain], self.output) for plain in self._plain]
            between = {"yaml": self.between, "json": "\n", "kyaml": "\n"}.get(self.output.name, "")
            self.lines.append(between.join(texts))
        elif self._plain:
            whole: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": self._plain}
            whole |= {"metadata": {}} if self.api.today else {}
            self.lines.append(shown(self.api, whole, self._plain, self.output))
        note = Message(_NO_EFFECT, {"kinds": ", ".join(self.kept)}) if self.kept else None
        if self.notes:
            note = joined(self.notes)
        text = "\n".join(self.lines)
        return Answer(text=text, complaints=complaints_of(self.failures), ok=not self.failed, note=note)


def complaints_of(failures: Sequence[Said]) -> str:
    """What kubectl prints at its end: of several errors each in one line, without "error:"
    (pkg/kubectl/cmd/util/helpers.go checkErr, MultipleErrors)."""
    if len(failures) < 2:
        return "\n".join(failure.text for failure in failures)
    return "\n".join(among_others(failure) for failure in failures)


def among_others(failure: Said) -> str:
    """One of several errors."""
    if isinstance(failure, Refused) and failure.error.reason == "Invalid":
        doing = f"{failure.doing}: " if failure.doing else ""
        return f"Error from server (Invalid): {doing}{failure.error.message}"
    return failure.text if failure.text.startswith(_OWN_PREFIX) else failure.text.removeprefix("error: ")


_OWN_PREFIX: Final = ("error: unable to find container named", "error: unable to resolve image")
"""What says "error:" by itself (pkg/kubectl/cmd/set)."""


def joined(notes: Sequence[Message]) -> Message:
    """Several notes as one, each once."""
    different = [note for index, note in enumerate(notes) if note not in notes[:index]]
    if len(different) == 1:
        return different[0]
    names = [f"note{index}" for index in range(len(different))]
    form = " ".join(f"{{{name}}}" for name in names)
    return Message(form, dict(zip(names, different, strict=True)))


def dry_run(api: Api, arguments: Arguments) -> str:
    """ "dry run", "server dry run" or nothing. Raises Said. Without a way it is deprecated today, and so are
    true and false (v1.36 kubectl pkg/cmd/util/helpers.go GetDryRunStrategy)."""
    if not api.today:
        return "dry run" if arguments.has("dry-run") else ""
    given = arguments.value("dry-run", "none")
    if given in TRUTH:
        way = "client" if TRUTH[given] else "none"
        told = f"--dry-run={given} is deprecated (boolean value) and can be replaced with --dry-run={way}."
        _warn_once(api, 733 if TRUTH[given] else 736, told)
        return "dry run" if TRUTH[given] else ""
    match given:
        case "none":
            return ""
        case "unchanged":
            _warn_once(api, 719, "--dry-run is deprecated and can be replaced with --dry-run=client.")
            return "dry run"
        case "client":
            return "dry run"
        case "server":
            return "server dry run"
    raise Said(f'error: Invalid dry-run value ({given}). Must be "none", "server", or "client".')


def _warn_once(api: Api, line: int, told: str) -> None:
    """As klog writes it, with the moment and an id of a process."""
    stamp = calendar().moment(api.now).strftime("%m%d %H:%M:%S.%f")
    warning = f"W{stamp}    {_PID} helpers.go:{line}] {told}"
    if warning not in api.warnings:
        api.warnings.append(warning)


def decoded(api: Api, manifest: Manifest, arguments: Arguments, doing: str = "") -> Any:
    """The object that a manifest describes, once kubectl itself has looked at it. Raises Said."""
    validates = arguments.value("validate", "true") not in ("false", "ignore")
    if validates and (found := validate_manifest(manifest.plain, api.release)):
        raise Said(f'error: error validating "{manifest.source}": error validating data: {found}')
    try:
        strict: FieldValidation = "Strict" if api.today and validates else "Ignore"
        if api.today and arguments.value("validate") == "warn":
            strict = "Warn"
        resource = api.resources[manifest.resource]
        read = decode_object(manifest.plain, api.release, validation=strict, expected=resource)
        if strict == "Warn":
            api.warnings += [f"Warning: {warning}" for warning in read.warnings]
        return read.obj
    except ApiError as error:
        raise Refused(error, doing) from None


def with_annotations(plain: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """The object with more annotations."""
    metadata = plain.get("metadata") or {}
    held = metadata.get("annotations")
    held = held if isinstance(held, dict) else {}
    return {**plain, "metadata": {**metadata, "annotations": {**held, **values}}}


def unversioned(plain: dict[str, Any]) -> dict[str, Any]:
    """An object that was read somewhere, to be made anew (cli-runtime pkg/resource/helper.go Create)."""
    metadata = {name: value for name, value in plain["metadata"].items() if name != "resourceVersion"}
    return {**plain, "metadata": metadata}


def records(api: Api, arguments: Arguments, obj: Any = None) -> bool:
    """Whether the command line becomes the cause of the change: with --record, and until v1.8 where one has
    been told before (pkg/kubectl/cmd/util/helpers.go ShouldRecord)."""
    if arguments.given("record") or api.today:
        return arguments.has("record")
    return obj is not None and CAUSE in obj.metadata.annotations


def recorded(
    api: Api, arguments: Arguments, line: str, plain: dict[str, Any], obj: Any = None
) -> dict[str, Any]:
    """With the command line as the cause of the change. obj: what is changed."""
    return (
        with_annotations(plain, {CAUSE: cause_of(arguments, line)}) if records(api, arguments, obj) else plain
    )


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
    plain = recorded(api, made.arguments, line, manifest.plain)
    if made.arguments.has("save-config"):
        plain = with_annotations(plain, {LAST_APPLIED: last_applied(manifest.plain)})
    obj = decoded(api, manifest._replace(plain=unversioned(plain)), made.arguments, doing)
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
    if not arguments.of_files and not arguments.given("namespace"):
        metadata.pop("namespace", None)
    whole = {**plain, "metadata": metadata}
    if api.today and arguments.of_files:
        return whole
    return client_form(whole, dated=not api.today)


def with_errors(
    made: Made, errors: Sequence[str], notes: Sequence[Message], *, first: bool = False
) -> Answer:
    """With what could not be read; first: it is told before what was refused. Today several of these are one
    list among the other errors."""
    told = [Said(text) for text in errors]
    if made.api.today and made.failures and len(told) > 1:
        told = [Said(f"[{', '.join(among_others(one) for one in told)}]")]
    made.failures = [*told, *made.failures] if first else [*made.failures, *told]
    made.notes += notes
    made.failed = made.failed or bool(errors)
    return made.answer()


def line_of(verb: str, words: Sequence[str]) -> str:
    """The command line as it was typed."""
    return " ".join(("kubectl", verb, *words))


def told_deleted(api: Api, resource: str, namespace: str, name: str, done: str = "deleted") -> str:
    """What kubectl prints of what it deletes."""
    where = f" from {namespace} namespace" if api.today and api.resources[resource].namespaced else ""
    return f'{api.singular(resource)} "{name}" {done}{where}'
