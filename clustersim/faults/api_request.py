"""A write of a client that speaks the Kubernetes API: kubectl on somebody's own machine, a program.

It is in the log of the run like any other command, so that it is undone by going back in time, and reaches
the API server at the moment at which it is given, also while time stands still.
"""

from typing import Any, Final

import msgspec

from clustersim.api.errors import ApiError
from clustersim.apiserver.calls import ApiCall, request_of
from clustersim.apiserver.rehearsal import check_reachable, rehearse
from clustersim.apiserver.server import ApiServer
from clustersim.command import Argument, Command, CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _

CLIENT: Final = "kubectl"
"""The part of the picture from which the requests of people fly."""

_TEXTS: Final = ("api_version", "resource", "namespace", "name", "subresource", "manager", "labels", "fields")


class ApiRequest(Action):
    do, target = "api-request", Target.OBJECT
    label, help = _("Send a request"), _("What a client of the Kubernetes API asks the API server to change.")
    parameters = (
        Parameter("verb", str, _("create, update, patch, delete or deletecollection")),
        Parameter("api_version", str, _("the version of the API, v1 or apps/v1")),
        Parameter("resource", str, _("the resource, in the plural")),
        Parameter("namespace", str, _("the namespace, if it has one"), ""),
        Parameter("name", str, _("the object's name"), ""),
        Parameter("subresource", str, _("the part of the object, such as scale"), ""),
        Parameter("patch_type", str, _("json, merge, strategic or apply"), "merge"),
        Parameter("body", str, _("what is sent, as JSON"), "null"),
        Parameter("validation", str, _("Ignore, Warn or Strict: what becomes of unknown fields"), "Ignore"),
        Parameter("manager", str, _("who is remembered for the fields that are set"), ""),
        Parameter("force", bool, _("take fields from other managers"), False),
        Parameter("labels", str, _("a selector, where many are deleted"), ""),
        Parameter("fields", str, _("a selector by fields, where many are deleted"), ""),
    )

    def call(self) -> ApiCall:
        """What was sent. Raises CommandError."""
        try:
            body = msgspec.json.decode(str(self.args["body"]))
            return msgspec.convert({**self.args, "body": body}, ApiCall)
        except (msgspec.DecodeError, RecursionError) as error:
            raise CommandError(_("api-request does not fit: {why}"), why=str(error)) from None

    @property
    def server(self) -> ApiServer:
        server = self.cluster.process("apiserver")
        assert isinstance(server, ApiServer)
        return server

    def check(self) -> None:
        server = self.server
        try:
            check_reachable(server)
            rehearse(server, request_of(self.call(), server).request, CLIENT)
        except ApiError as error:
            raise CommandError(
                _("Error from server ({reason}): {message}"), reason=error.reason, message=error.message
            ) from None

    def apply(self) -> None:
        server = self.server
        server.handle(request_of(self.call(), server).request, CLIENT)

    def available(self) -> bool:
        return False


def command_of(call: ApiCall) -> Command:
    """The command that carries a call out."""
    args: dict[str, Argument] = {name: value for name in _TEXTS if (value := getattr(call, name))}
    args["verb"] = call.verb
    plain: dict[str, Any] = {
        "patch_type": call.patch_type, "validation": call.validation, "force": call.force,
    }  # fmt: skip
    args.update(plain)
    if call.body is not None:
        args["body"] = msgspec.json.encode(call.body).decode()
    return Command(ApiRequest.do, call.object_ref, args)
