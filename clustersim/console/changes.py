"""What kubectl changes of objects that are there: label, annotate, patch, set, scale, taint, cordon, edit.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/label.go, annotate.go, patch.go, set/*.go, scale.go, taint.go,
drain.go; v1.36 k8s.io/kubectl pkg/cmd.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.api.registry import key_of
from clustersim.api.request import Request
from clustersim.apiserver.patching import NO_STRATEGIC
from clustersim.command import Command
from clustersim.console import commands
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, Refused
from clustersim.console.arguments import Arguments
from clustersim.console.clientform import client_form
from clustersim.console.datagenerators import text_at
from clustersim.console.files import words_and_files
from clustersim.console.localobjects import Locals, patched_here
from clustersim.console.made import CAUSE, Made, cause_of, dry_run, records
from clustersim.console.output import plain_of
from clustersim.console.selection import NOTHING_NAMED, Selected, select_all
from clustersim.digits import is_whole
from clustersim.i18n import _
from clustersim.scenario_schema import KINDS
from clustersim.yaml_documents import ManifestError

LABEL_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")
MOST_CHANGED: Final = 200
"""Objects that one line changes: each is tried out first, and then a command of its own."""
TEMPLATED: Final = (
    "daemonsets", "deployments", "jobs", "replicasets", "replicationcontrollers", "statefulsets",
)  # fmt: skip


def target_of(api: Api, resource: str, obj: Any) -> str:
    """How commands name a workload or another object: "rc/default/tomcat"."""
    kind = api.resources[resource].kind
    return f"{KINDS.get(kind, kind.lower())}/{key_of(obj)}"


def patch_of(resource: str, obj: Any, body: Any, kind: str = "strategic", subresource: str = "") -> Request:
    """A patch of an object, or of a part of it."""
    told: Any = kind
    metadata = obj.metadata
    return Request(
        "patch",
        resource,
        metadata.namespace,
        metadata.name,
        body,
        patch_type=told,
        subresource=subresource,
    )


class Change(Made):
    """Several objects, each changed by a patch; those that would not change are told so. typed: kubectl
    knows their kinds, and writes out what is empty."""

    def __init__(self, api: Api, arguments: Arguments, line: str = "", *, typed: bool = False) -> None:
        super().__init__(api, arguments)
        self.line = line
        self.typed = typed
        self.stands_alone = False
        self._locals = Locals()

    def objects(self, words: Sequence[str], stdin: str, verb: str) -> list[Selected]:
        """What is to be changed. Raises Said."""
        if self.arguments.has("local"):
            return self._locals.read(self.api, words, self.arguments, stdin, verb)
        return chosen(self.api, words, self.arguments, stdin, verb)

    @property
    def dry(self) -> str:
        """How a dry run is marked."""
        return "" if self.stands_alone else super().dry

    def of(
        self,
        resource: str,
        obj: Any,
        body: Any,
        what: str,
        *,
        kind: str = "strategic",
        unchanged: str = "",
        command: Command | None = None,
        subresource: str = "",
        failing: str = "",
    ) -> None:
        """Patch one, and say so; failing: what kubectl says before a refusal."""
        if self.arguments.has("local"):
            try:
                new = self._locals.patched(obj, body, kind)
            except Said as said:
                self.failed_with(said)
                return
            self.done(resource, obj, what, client_form(new, dated=not self.api.today) if self.typed else new)
            return
        if records(self.api, self.arguments, obj) and self.line and isinstance(body, dict):
            annotations = {
                **body.get("metadata", {}).get("annotations", {}),
                CAUSE: cause_of(self.arguments, self.line),
            }
            body = {**body, "metadata": {**body.get("metadata", {}), "annotations": annotations}}
            command = None
        request = patch_of(resource, obj, body, kind, subresource)
        try:
            if dry_run(self.api, self.arguments) == "dry run":
                self._as_a_client(resource, obj, request, what)
                return
            dry = bool(dry_run(self.api, self.arguments))
            changed = (self.api.try_out if dry else lambda asked: self.api.ask(asked, command))(request)
        except Refused as refused:
            told = f"error: {failing} {refused.error.message}"
            self.failed_with(Said(told) if failing else refused)
            return
        except Said as said:
            self.failed_with(said)
            return
        self.done(resource, changed, unchanged if unchanged and changed == obj else what)

    def _as_a_client(self, resource: str, obj: Any, request: Request, what: str) -> None:
        """--dry-run=client: no server is asked, so that nothing is refused that only a server refuses. Raises
        Said."""
        try:
            self.done(resource, self.api.try_out(request), what)
        except Refused:
            plain = plain_of(self.api, obj)
            self.done(resource, obj, what, patched_here(obj, plain, request.body, request.patch_type))

    def missing(self, selected: Sequence[Selected]) -> None:
        """Names that there are not."""
        for one in selected:
            self.lines += one.missing
            self.failed = self.failed or bool(one.missing)


def chosen(api: Api, words: Sequence[str], arguments: Arguments, stdin: str, verb: str) -> list[Selected]:
    """What a line is to change. Raises Said."""
    found = words_and_files(api, words, arguments, stdin)
    if found is None:
        if not words:
            raise Said(_nothing_named(api, verb))
        found = select_all(api, words, arguments, verb)
    if sum(len(one.objects) for one in found) > MOST_CHANGED:
        raise Said(note=_("This console changes at most {most} objects at once."), most=MOST_CHANGED)
    return found


def _nothing_named(api: Api, verb: str) -> str:
    if api.today and verb in ("annotate", "label", "set env"):
        return "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"
    if not api.today:
        told = "error: You must provide one or more resources by argument or filename."
        return f"{told}\nSee 'kubectl {verb} -h' for help and examples"
    return NOTHING_NAMED


def line_of(verb: str, words: Sequence[str]) -> str:
    return " ".join(("kubectl", verb, *words))


# --- labels and annotations --------------------------------------------------------------------------------


def label(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl label. Raises Said."""
    return _mark(api, words, stdin, "label", "labels", "labeled")


def annotate(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl annotate. Raises Said."""
    return _mark(api, words, stdin, "annotate", "annotations", "annotated")


def _mark(api: Api, words: Sequence[str], stdin: str, verb: str, where: str, what: str) -> Answer:
    arguments = commands.read(verb, words, api.release)
    changes = [word for word in arguments.words if "=" in word or (word.endswith("-") and len(word) > 1)]
    kinds = [word for word in arguments.words if word not in changes]
    noun = "label" if where == "labels" else "annotation"
    if api.today and not kinds and not arguments.of_files:
        raise Said(_nothing_named(api, verb))
    if not changes and not arguments.has("list"):
        raise Said(f"error: at least one {noun} update is required")
    change = Change(api, arguments, line_of(verb, words))
    selected = change.objects(kinds, stdin, verb)
    if arguments.has("list"):
        return _listed(api, selected, where)
    wanted: dict[str, str | None] = {}
    for text in changes:
        key, equals, value = text.partition("=")
        key = key if equals else key[:-1]
        if key in wanted:
            raise Said(
                f"error: can not both modify and remove {'a' if noun == 'label' else 'an'} {noun} "
                "in the same command"
            )
        if noun == "label" and (len(value) > 63 or not LABEL_VALUE.match(value)):
            raise Said(
                f"error: invalid label value: {text!r}: a valid label must be an empty string or "
                "consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
                "an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex "
                "used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')".replace(
                    "'" + text + "'", f'"{text}"'
                )
            )
        wanted[key] = value if equals else None
    if where == "labels" and api.today:
        change.between = "\n"
    if arguments.given("resource-version") and sum(len(one.objects) for one in selected) != 1:
        raise Said("error: --resource-version may only be used with a single resource")
    for one in selected:
        for obj in one.objects:
            _mark_one(change, one.resource, obj, wanted, where, what)
    change.missing(selected)
    return change.answer()


def _listed(api: Api, selected: Sequence[Selected], where: str) -> Answer:
    """--list."""
    found = [(one.resource, obj) for one in selected for obj in one.objects]
    lines: list[str] = []
    for resource, obj in found:
        if len(found) > 1:
            kind = f"{api.resources[resource].kind}.{api.group(resource)}"
            lines.append(f"Listing {where} for {kind}/{obj.metadata.name}:")
        indent = " " if len(found) > 1 else ""
        values = getattr(obj.metadata, where)
        lines += [f"{indent}{key}={values[key]}" for key in sorted(values)]
    missing = [text for one in selected for text in one.missing]
    return Answer(text="\n".join([*lines, *missing]), ok=not missing)


def _mark_one(
    change: Change, resource: str, obj: Any, wanted: Mapping[str, str | None], where: str, what: str
) -> None:
    api, before = change.api, getattr(obj.metadata, where)
    for key, value in wanted.items():
        old = before.get(key)
        if value is None and old is None and where == "labels":
            change.lines.append(f'label "{key}" not found.')
        if value is not None and old not in (None, value) and not change.arguments.has("overwrite"):
            noun = (
                ""
                if where == "labels"
                else "--overwrite is false but found the following declared annotation(s): "
            )
            told = f"'{key}' already has a value ({old})"
            text = f"error: {told}, and --overwrite is false" if not noun else f"error: {noun}{told}"
            change.failed_with(Said(text))
            return
    if all(before.get(key) == value for key, value in wanted.items()):
        not_done = "not labeled" if where == "labels" else "annotated"
        change.done(resource, obj, not_done)
        return
    done = what
    if api.today and where == "labels" and all(value is None for value in wanted.values()):
        done = "unlabeled"
    command = None
    if where == "labels" and len(wanted) == 1:
        [(key, value)] = wanted.items()
        if value != "":
            command = Command("label", f"{resource}/{key_of(obj)}", {"key": key, "value": value or ""})
    body: dict[str, Any] = {where: dict(wanted)}
    if version := change.arguments.value("resource-version"):
        body["resourceVersion"], command = version, None
    change.of(resource, obj, {"metadata": body}, done, kind="merge", command=command)


# --- patch -------------------------------------------------------------------------------------------------

_PARTS: Final = ("status", "scale", "resize")
_PATCHES: Final = {"json": "json", "merge": "merge", "strategic": "strategic"}


def part_of(arguments: Arguments) -> str:
    """The part of an object that is meant; empty: the whole. Raises Said."""
    part = arguments.value("subresource")
    if part not in ("", *_PARTS):
        raise Said(f'error: invalid subresource value: "{part}". Must be one of [{" ".join(_PARTS)}]')
    return part


def patch(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl patch: by strategic merge, JSON merge or JSON patch. Raises Said."""
    arguments = commands.read("patch", words, api.release)
    kind, text = arguments.value("type", "strategic"), _patch_text(api, arguments)
    if kind not in _PATCHES:
        raise Said(f"error: --type must be one of [json merge strategic], not {kind!r}".replace("'", '"'))
    if not text:
        raise Said(
            "error: must specify --patch or --patch-file containing the contents of the patch"
            if api.today
            else "error: Must specify -p to patch"
        )
    try:
        documents = api.documents(text)
    except ManifestError as error:
        raise Said(f"error: unable to parse {text!r}: yaml: {error.message}".replace("'", '"')) from None
    body = documents[0].plain if documents else {}
    part = part_of(arguments)
    change = Change(api, arguments, line_of("patch", words))
    change.stands_alone = api.today  # Nothing is said of a dry run.
    selected = change.objects(arguments.words, stdin, "patch")
    for one in selected:
        if kind == "strategic" and api.resources[one.resource].definition is not None:
            raise Said(_not_strategic(api, one.resource))
        for obj in one.objects:
            change.of(
                one.resource,
                obj,
                body,
                "patched",
                kind=kind,
                unchanged="patched (no change)" if api.today else "not patched",
                subresource=part,
            )
    change.missing(selected)
    return change.answer()


def _patch_text(api: Api, arguments: Arguments) -> str:
    """-p, or the text of a file. Raises Said."""
    path = arguments.value("patch-file")
    if path and arguments.value("patch"):
        raise Said("error: cannot specify --patch and --patch-file together")
    if not path:
        return arguments.value("patch")
    return text_at(api, path, f"unable to read patch file: open {path}")


def _not_strategic(api: Api, resource: str) -> str:
    """Nobody knows how the lists of an added kind are merged."""
    version, kind = api.api_version(resource), api.resources[resource].kind
    patch = "application/strategic-merge-patch+json"
    if api.today:
        return f"error: {patch} is not supported by {version}, Kind={kind}: {NO_STRATEGIC}"
    return f"Error from server (UnsupportedMediaType): {NO_STRATEGIC}"


# --- scale -------------------------------------------------------------------------------------------------

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
            if expected and expected not in ("-1", str(was)):
                change.failed_with(Said(f"error: Expected replicas to be {expected}, was {was}"))
                continue
            version = obj.metadata.resource_version
            if (wanted := arguments.value("resource-version")) not in ("", version):
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
