"""`kubectl create|replace|delete --raw PATH`: what a file says is sent to a path as it is, and what the API
server answers is printed as it is (v1.36 k8s.io/kubectl pkg/rawhttp, pkg/cmd/create, replace, delete).
"""

import json
from typing import Any, Final, Literal

import msgspec

from clustersim.api.go_json import json_error
from clustersim.apiserver.calls import GIVEN_BACK_TODAY, NOT_ALLOWED, ApiCall
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.files import texts_of
from clustersim.console.kubectl.looking.raw import NOT_FOUND, compact, divided, served_at
from clustersim.console.kubectl.output import plain_of

RawVerb = Literal["create", "update", "delete"]

ALONE: Final = {
    "create": ("edit", "recursive", "selector", "output"),
    "update": ("recursive", "output"),
    "delete": ("recursive", "output"),
}
"""Flags that do not go together with --raw, in the order in which kubectl looks for them."""

_CALLED: Final = {"selector": "selector (-l)"}
_SUMMARY: Final = 30


def raw_write(api: Api, verb: RawVerb, arguments: Arguments, stdin: str) -> Answer:
    """Raises Said."""
    _check(verb, arguments)
    path = arguments.value("raw")
    if not path.startswith("/"):
        raise Said(f'error: --raw must be a valid URL path: parse "{path}": invalid URI for request')
    text = texts_of(api, arguments, stdin)[0][1] if arguments.of_files else ""
    api.reach()
    call = _call(api, verb, path, _body(text))
    return Answer(text=_answered(api, call, api.send(call)))


def _check(verb: RawVerb, arguments: Arguments) -> None:
    if verb == "delete" and arguments.has("interactive"):
        raise Said("error: --interactive can not be used with --raw")
    alone = [flag for flag in ALONE[verb] if arguments.given(flag)]
    if verb == "create" and "edit" in alone:
        raise Said("error: --raw and --edit are mutually exclusive")
    files = arguments.several("filename")
    if len(files) > 1 or (not files and verb != "delete"):
        raise Said("error: --raw can only use a single local file or stdin")
    if files and files[0].startswith(("http://", "https://")):
        raise Said("error: --raw cannot read from a url")
    if alone:
        raise Said(f"error: --raw and --{_CALLED.get(alone[0], alone[0])} are mutually exclusive")


def _body(text: str) -> Any:
    """What is sent. Raises Said if it is no JSON, as the server says it."""
    if not text.strip():
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        begin = text.encode()[:_SUMMARY]
        shown = begin.decode("utf-8", "replace") if text.startswith("{") else begin.hex()
        told = f"{shown} ..." if len(text.encode()) > _SUMMARY else shown
        raise Said(
            "Error from server (BadRequest): the object provided is unrecognized (must be of type Object): "
            f"couldn't get version/kind; json parse error: {json_error(text) or error} ({told})"
        ) from None


def _call(api: Api, verb: RawVerb, path: str, body: Any) -> ApiCall:
    """The write that the path stands for. Raises Said."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    version, rest = divided(parts) if parts[:1] in (["api"], ["apis"]) else ("", [])
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and served_at(api, version, rest[2]) is not None:
        namespace, rest = rest[1], rest[2:]
    resource = served_at(api, version, rest[0]) if rest else None
    if resource is None or len(rest) > 3 or bool(namespace) != resource.namespaced:
        raise Said(NOT_FOUND)
    name, subresource = ([*rest[1:], "", ""])[:2]
    if (name and not subresource) if verb == "create" else not name:
        raise Said(f"Error from server (MethodNotAllowed): {NOT_ALLOWED}")
    return ApiCall(verb, version, resource.plural, namespace, name, subresource=subresource, body=body)


def _answered(api: Api, call: ApiCall, obj: Any) -> str:
    """What comes back: the object, or a Status where there is none any more."""
    gone = call.verb == "delete" and api.find(call.resource, call.namespace, call.name) is None
    if call.subresource in ("binding", "eviction", "rollback") or (
        gone and call.resource not in GIVEN_BACK_TODAY
    ):
        status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
        if gone:
            group, kind = api.group(call.resource), api.resources[call.resource].word
            details = {"name": call.name, "group": group, "kind": kind, "uid": obj.metadata.uid}
            status["details"] = {key: value for key, value in details.items() if value}
        else:
            status["code"] = 201
        return json.dumps(status, separators=(",", ":"))
    return compact(plain_of(api, obj))
