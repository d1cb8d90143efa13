"""What the verbs of kubectl have in common that change objects that are there: which objects, and how each
change is sent and told.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd; v1.36 k8s.io/kubectl pkg/cmd.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.registry import key_of
from clustersim.api.request import Request
from clustersim.command import Command
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.clientform import client_form
from clustersim.console.kubectl.files import words_and_files
from clustersim.console.kubectl.localobjects import Locals, patched_here
from clustersim.console.kubectl.made import CAUSE, Made, cause_of, dry_run, records
from clustersim.console.kubectl.misuse import NOTHING_NAMED, hint
from clustersim.console.kubectl.output import plain_of
from clustersim.console.kubectl.selection import Selected, select_all
from clustersim.console.refusals import Refused
from clustersim.i18n import _
from clustersim.scenario_schema import KINDS

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
            self._here(resource, obj, body, what, kind)
            return
        if records(self.api, self.arguments, obj) and self.line and isinstance(body, dict):
            body, command = self._with_cause(body), None
        request = patch_of(resource, obj, body, kind, subresource)
        try:
            if dry_run(self.api, self.arguments) == "dry run":
                self._as_a_client(resource, obj, request, what)
                return
            dry = bool(dry_run(self.api, self.arguments))
            changed = self.api.try_out(request) if dry else self.api.ask(request, command)
        except Refused as refused:
            told = f"error: {failing} {refused.error.message}"
            self.failed_with(Said(told) if failing else refused)
            return
        except Said as said:
            self.failed_with(said)
            return
        told = unchanged if unchanged and changed == obj else what
        if subresource == "scale" and self.api.today and self.output.name == "":
            self.lines.append(
                f"scale.autoscaling/{obj.metadata.name} {told}{f' ({self.dry})' if self.dry else ''}"
            )
            return
        self.done(resource, changed, told)

    def _here(self, resource: str, obj: Any, body: Any, what: str, kind: str) -> None:
        """--local: what is in a file is patched here, and no server is asked."""
        try:
            new = self._locals.patched(obj, body, kind)
        except Said as said:
            self.failed_with(said)
            return
        self.done(resource, obj, what, client_form(new, dated=not self.api.today) if self.typed else new)

    def _with_cause(self, body: dict[str, Any]) -> dict[str, Any]:
        """The patch that also says which command made it (--record)."""
        metadata = body.get("metadata", {})
        annotations = {**metadata.get("annotations", {}), CAUSE: cause_of(self.arguments, self.line)}
        return {**body, "metadata": {**metadata, "annotations": annotations}}

    def _as_a_client(self, resource: str, obj: Any, request: Request, what: str) -> None:
        """--dry-run=client: no server is asked, so that nothing is refused that only a server refuses, and
        nothing is filled in that only a server does. Raises Said."""
        plain = plain_of(self.api, obj)
        self.done(resource, obj, what, patched_here(obj, plain, request.body, request.patch_type))

    def missing(self, selected: Sequence[Selected]) -> None:
        """Names that there are not."""
        for one in selected:
            for text in one.missing:
                self.failed_with(Said(text))


def chosen(api: Api, words: Sequence[str], arguments: Arguments, stdin: str, verb: str) -> list[Selected]:
    """What a line is to change. Raises Said."""
    found = words_and_files(api, words, arguments, stdin)
    if found is None:
        if not words:
            raise Said(nothing_named(api, verb))
        found = select_all(api, words, arguments, verb)
    if sum(len(one.objects) for one in found) > MOST_CHANGED:
        raise Said(note=_("This console changes at most {most} objects at once."), most=MOST_CHANGED)
    return found


def nothing_named(api: Api, verb: str) -> str:
    """What kubectl says to a line that names no object."""
    if verb in ("annotate", "label") or (api.today and verb == "set env"):
        return "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"
    return NOTHING_NAMED + (hint(api, verb) if verb == "scale" and not api.today else "")


def line_of(verb: str, words: Sequence[str]) -> str:
    """The line as it was typed."""
    return " ".join(("kubectl", verb, *words))
