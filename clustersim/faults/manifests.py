"""Objects that people bring along, and requests to the API server as kubectl and other clients send them."""

from typing import Any, Final, cast

import msgspec

from clustersim.api.decoding import Decoded, decode_object
from clustersim.api.errors import ApiError
from clustersim.api.registry import RESOURCES, object_key, to_builtins
from clustersim.api.request import Request, Verb
from clustersim.command import Argument, Command, CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _

LONGEST: Final = 1024 * 1024
"""Characters of an object's JSON: what etcd takes."""

VERBS: Final = ("create", "update", "patch", "delete")
"""What people ask for."""

_BODIES: Final = ("create", "update")
_OWN: Final = ("verb", "resource", "namespace", "name", "body")


def decoded(cluster: Any, text: str) -> Decoded:
    """The object of a JSON text. Raises CommandError."""
    try:
        plain = msgspec.json.decode(text) if len(text) <= LONGEST else None
    except (msgspec.DecodeError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise CommandError(_("apply needs a manifest of a kind that the model has"))
    try:
        return decode_object(plain, cluster.world.release.name)
    except ApiError as error:
        raise CommandError(_("the manifest does not fit: {why}"), why=error.message) from None


class Apply(Action):
    do, target = "apply", Target.OBJECT
    label, help = _("Apply a manifest"), _("Create an object that a manifest describes, or change it.")
    parameters = (Parameter("manifest", str, _("the object as JSON, with its kind and apiVersion")),)

    def check(self) -> None:
        decoded(self.cluster, str(self.args["manifest"]))

    def apply(self) -> None:
        found = decoded(self.cluster, str(self.args["manifest"]))
        plain = msgspec.json.decode(str(self.args["manifest"]))
        metadata, kubectl = found.obj.metadata, self.cluster.kubectl
        namespace = (metadata.namespace or "default") if found.resource.namespaced else ""
        if self.cluster.object(found.resource.plural, object_key(namespace, metadata.name)) is None:
            kubectl.create(found.obj, found.api_version)
        else:
            body = {
                name: value for name, value in plain.items() if name not in ("kind", "apiVersion", "status")
            }
            kubectl.ask(Request("patch", found.resource.plural, namespace, metadata.name, body=body))


def command_of(request: Request) -> Command:
    """A request as a command, so that it is written down and carried out like every act."""
    args: dict[str, Argument] = {"verb": request.verb}
    for field in msgspec.structs.fields(request):
        value = getattr(request, field.name)
        if field.name not in _OWN and isinstance(value, str | int | bool) and value != field.default:
            args[field.name] = value
    if request.body is not None:
        body = request.body
        plain = to_builtins(body, request.api_version) if request.verb in _BODIES else body
        args["body"] = msgspec.json.encode(plain).decode()
    target = f"{request.resource}/{object_key(request.namespace, request.name)}"
    return Command("request", target, args)


class SendRequest(Action):
    do, target = "request", Target.OBJECT
    label = _("Send a request")
    help = _("Ask the API server to create, update, patch or delete an object.")
    parameters = (Parameter("verb", str, _("create, update, patch or delete")),)
    open_arguments = True

    def request(self) -> Request:
        """As it goes to the API server. Raises CommandError."""
        verb, args = str(self.args["verb"]), dict(self.args)
        resource, _slash, key = self.target_name.partition("/")
        if verb not in VERBS or resource not in RESOURCES:
            raise CommandError(_("there is no request {verb} of {what}"), verb=verb, what=self.target_name)
        namespace, slash, name = key.partition("/")
        if not slash:
            namespace, name = "", namespace
        text = str(args.pop("body", "")) or "null"
        body: Any = None
        if verb in _BODIES:
            body = decoded(self.cluster, text).obj
        elif verb == "patch":
            try:
                body = msgspec.json.decode(text) if len(text) <= LONGEST else None
            except (msgspec.DecodeError, RecursionError):
                body = None
            if not isinstance(body, dict | list):
                raise CommandError(_("a patch is a JSON object or list"))
        del args["verb"]
        try:
            request = Request(cast(Verb, verb), resource, namespace, name, body)
            fields = {name: args[name] for name in args if name in _OPTIONS}
            if len(fields) < len(args):
                raise CommandError(
                    _("there is no request {verb} of {what}"), verb=verb, what=self.target_name
                )
            return msgspec.convert({**_asdict(request), **fields}, Request)
        except msgspec.ValidationError as error:
            raise CommandError(_("the manifest does not fit: {why}"), why=str(error)) from None

    def check(self) -> None:
        self.request()

    def apply(self) -> None:
        self.cluster.kubectl.ask(self.request())


_OPTIONS: Final = tuple(name for name in Request.__struct_fields__ if name not in _OWN)


def _asdict(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__struct_fields__}
