"""A client's HTTP request, and the little languages in it: query, media types, bodies."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.api.go_json import json_error
from clustersim.console import LONG
from clustersim.yaml_documents import ManifestError, read_documents
from visualizer import workers
from visualizer.kubeapi import protobuf
from visualizer.kubeapi.responses import WireError

JSON: Final = "application/json"
YAML_TYPES: Final = ("application/yaml", "application/x-yaml", "text/yaml")
APPLY: Final = "application/apply-patch+yaml"
TRUE: Final = ("true", "1", "True", "TRUE", "t", "T")
DEEPEST: Final = 100
"""How deep a body may nest."""


class HttpRequest(msgspec.Struct, frozen=True):
    """One request. base: what stands before the API's own path; headers as ASGI has them, in lower case;
    secret: the token it came with."""

    method: str
    path: str
    base: str = ""
    query: Mapping[str, list[str]] = {}
    headers: Mapping[bytes, bytes] = {}
    body: bytes = b""
    scheme: str = "http"
    secret: str = ""

    def header(self, name: str) -> str:
        return self.headers.get(name.encode(), b"").decode("latin1")

    def text(self, name: str) -> str:
        """A parameter of the query, empty if it is not there."""
        values = self.query.get(name, [""])
        return values[0]

    def flag(self, name: str) -> bool:
        """A parameter that is true or false."""
        return self.text(name) in TRUE

    def number(self, name: str) -> int | None:
        """A parameter that is a whole number, None if it is not there. Raises WireError."""
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.lstrip("-").isdecimal() and len(text) < 20):
            raise WireError(400, f'invalid query parameter {name}: "{text[:50]}" is no whole number')
        return int(text)

    def accepts(self, *parts: str) -> bool:
        """Whether one of the media types the client takes has all of these parts."""
        for media in self.header("accept").split(","):
            pieces = {piece.strip() for piece in media.split(";")}
            if all(part in pieces for part in parts):
                return True
        return False

    @property
    def content_type(self) -> str:
        """Without its parameters; JSON where the client says nothing, as some do."""
        return self.header("content-type").partition(";")[0].strip().lower() or JSON


async def with_short_body(request: HttpRequest) -> HttpRequest:
    """A long body of YAML becomes JSON, which takes but a moment to read, where that holds up no room. Raises
    WireError and workers.NotComputed.
    """
    yaml = request.content_type in YAML_TYPES or request.content_type == APPLY
    if not yaml or len(request.body) <= LONG:
        return request
    body, wrong = await workers.run(_json_of, request.body, owner=request.secret)
    if wrong:
        raise WireError(400, wrong)
    return msgspec.structs.replace(request, body=body)


def _json_of(body: bytes) -> tuple[bytes, str]:
    """The same as JSON, or what is wrong with it."""
    try:
        return msgspec.json.encode(_object(_yaml(body))), ""
    except WireError as error:
        return b"", str(error)


def read_body(request: HttpRequest, kind: str = "Object") -> dict[str, Any]:
    """The object in the body, which should be of that kind. Raises WireError."""
    if not request.body:
        return {}
    try:
        return _object(_decoded(request))
    except NotJsonError as error:
        told = f"couldn't get version/kind; json parse error: {error} ({_summary(request.body)})"
        raise WireError(
            400, f"the object provided is unrecognized (must be of type {kind}): {told}"
        ) from None


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise WireError(400, "the object provided is unrecognized (must be of type Object)")
    return body


_SUMMARY: Final = 30


def _summary(body: bytes) -> str:
    """The beginning of a body that could not be read (k8s.io/apiserver pkg/endpoints/handlers/rest.go
    summarizeData): what is no JSON object as digits."""
    begin = body[:_SUMMARY]
    text = begin.decode("utf-8", "replace") if body.startswith(b"{") else begin.hex()
    return f"{text} ..." if len(body) > _SUMMARY else text


class NotJsonError(WireError):
    """What is wrong with a body of JSON, in the words of Go's scanner."""

    def __init__(self, body: bytes, error: Exception) -> None:
        super().__init__(400, json_error(body.decode("latin1")) or str(error))


def read_patch(request: HttpRequest) -> Any:
    """The patch in the body: an object, or for a JSON patch a list. Raises WireError."""
    return _decoded(request)


def _decoded(request: HttpRequest) -> Any:
    media = request.content_type
    if media == protobuf.MEDIA_TYPE:
        try:
            return protobuf.decode(request.body)
        except protobuf.ProtobufError as error:
            raise WireError(415, f"the body of the request was in an unknown format - {error}") from None
    if media in YAML_TYPES or media == APPLY:
        return _checked(_yaml(request.body))
    if media.endswith("json"):
        try:
            return _checked(msgspec.json.decode(request.body))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotJsonError(request.body, error) from None
    raise WireError(
        415,
        f"the body of the request was in an unknown format - accepted media types include: {JSON}, "
        "application/yaml, application/vnd.kubernetes.protobuf",
    )


def _yaml(body: bytes) -> Any:
    try:
        documents = read_documents(body.decode("utf-8"))
    except (ManifestError, UnicodeDecodeError, RecursionError) as error:
        text = " ".join(str(error).split())[:300]
        raise WireError(400, f"error converting YAML to JSON: {text}") from None
    if len(documents) != 1:
        raise WireError(400, "the body of the request must be one YAML document")
    return documents[0].plain


def _checked(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise WireError(400, f"the object nests deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        for inner in value.values():
            _checked(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _checked(inner, depth + 1)
    return value
