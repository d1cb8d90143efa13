"""Lists as of one version of the store, in pages: what `resourceVersion`, `resourceVersionMatch`, `limit` and
`continue` ask for (apimachinery pkg/apis/internalversion/validation; apiserver pkg/storage/continue.go).
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from clustersim.api.meta import ApiObject
from clustersim.apiserver.given import with_given
from clustersim.cluster import Cluster
from clustersim.etcd import CompactedError
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError

MATCH: Final = "resourceVersionMatch"
INITIAL: Final = "sendInitialEvents"
EXACT: Final = "Exact"
NOT_OLDER: Final = "NotOlderThan"
NEWEST: Final = -1
"""In a token: of no version, but as the list is when it is asked for."""
TOKENS: Final = "meta.k8s.io/v1"
TOO_OLD: Final = "The resourceVersion for the provided list is too old."
TOO_OLD_TO_GO_ON: Final = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new "
    "list without the continue parameter, or use the continue token in this response to retrieve the "
    "remainder of the results. Continuing with the provided token results in an inconsistent list - objects "
    "that were created, modified, or deleted between the time the first chunk was returned and now may show "
    "up in the list."
)


class Token(msgspec.Struct, frozen=True):
    """Where a list goes on: after the key `start`, as of version `rv`."""

    v: str
    rv: int
    start: str

    def text(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


class Page(msgspec.Struct, frozen=True):
    """What a list is made of: the objects by key as of a version, and the key after which it begins."""

    version: int
    stored: Mapping[str, ApiObject]
    after: str = ""


Wrong = tuple[str, str, str]
"""A reason, a field, and what is wrong with it."""


def check_options(cluster: Cluster, request: HttpRequest, *, watch: bool) -> None:
    """Refuse options that do not go together; old releases do not know them. Raises WireError (422)."""
    if cluster.world.release.name != "v1.36":
        return
    wrong = list(_wrong_of_watch(request) if watch else _wrong_of_list(request))
    if wrong:
        told = [f"{field}: {said}" for _reason, field, said in wrong]
        why = told[0] if len(told) == 1 else f"[{', '.join(told)}]"
        causes = [{"reason": reason, "message": said, "field": field} for reason, field, said in wrong]
        details = {"group": "meta.k8s.io", "kind": "ListOptions", "causes": causes}
        raise WireError(422, f'ListOptions.meta.k8s.io "" is invalid: {why}', details=details)


def _wrong_of_watch(request: HttpRequest) -> Iterator[Wrong]:
    match, initial = request.text(MATCH), INITIAL in request.query
    if match and not initial:
        yield _forbidden(MATCH, f"{MATCH} is forbidden for watch unless {INITIAL} is provided")
    if match not in ("", NOT_OLDER):
        yield _unsupported(match, NOT_OLDER)
    if initial and match != NOT_OLDER:
        yield _forbidden(MATCH, f"{INITIAL} requires setting {MATCH} to {NOT_OLDER}")


def _wrong_of_list(request: HttpRequest) -> Iterator[Wrong]:
    match, version = request.text(MATCH), request.text("resourceVersion")
    if match and not version:
        yield _forbidden(MATCH, f"{MATCH} is forbidden unless resourceVersion is provided")
    if match and request.text("continue"):
        yield _forbidden(MATCH, f"{MATCH} is forbidden when continue is provided")
    if match not in ("", EXACT, NOT_OLDER):
        yield _unsupported(match, EXACT, NOT_OLDER, "")
    if match == EXACT and version == "0":
        yield _forbidden(MATCH, f'{MATCH} "exact" is forbidden for resourceVersion "0"')
    if INITIAL in request.query:
        yield _forbidden(INITIAL, f"{INITIAL} is forbidden for list")


def _forbidden(field: str, why: str) -> Wrong:
    return "FieldValueForbidden", field, f"Forbidden: {why}"


def _unsupported(match: str, *known: str) -> Wrong:
    shown = ", ".join(f'"{one}"' for one in known)
    said = f'Unsupported value: "{match[:50]}": supported values: {shown}'
    return "FieldValueNotSupported", MATCH, said


def version_asked(request: HttpRequest) -> int:
    """The resource version of a read, 0 if any will do. Raises WireError (400)."""
    text = request.text("resourceVersion")
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        why = f'strconv.ParseUint: parsing "{text[:50]}": invalid syntax'
        raise WireError(400, f"invalid resource version: {why}")
    return int(text)


def check_not_of_the_future(cluster: Cluster, asked: int) -> None:
    """Refuse to read what is not there yet (apiserver pkg/storage/errors.go). Raises WireError (504)."""
    current = cluster.world.etcd.store.revision
    if asked <= current:
        return
    details: dict[str, Any] = {"retryAfterSeconds": 1}
    if cluster.world.release.name == "v1.36":
        cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
        details = {"causes": [cause], **details}
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    raise WireError(504, message, details=details)


def page_of(cluster: Cluster, resource: str, request: HttpRequest) -> Page:
    """What a list is made of. Raises WireError."""
    etcd, asked = cluster.world.etcd, version_asked(request)
    if text := request.text("continue"):
        if asked:
            raise WireError(400, "specifying resource version is not allowed when using continue")
        token = _read(text)
        if token.rv == NEWEST:
            return Page(etcd.store.revision, stored_now(cluster, resource), token.start)
        if token.rv > etcd.store.revision:
            raise WireError(400, "continue key is not valid: it is of another history of this room")
        try:
            return Page(token.rv, etcd.range_at(resource, token.rv), token.start)
        except CompactedError:
            newest = msgspec.structs.replace(token, rv=NEWEST).text()
            raise WireError(410, TOO_OLD_TO_GO_ON, reason="Expired", continue_=newest) from None
    check_not_of_the_future(cluster, asked)
    exact = request.text(MATCH) == EXACT or (not request.text(MATCH) and (request.number("limit") or 0) > 0)
    if not (asked and exact):
        return Page(etcd.store.revision, stored_now(cluster, resource))
    try:
        return Page(asked, etcd.range_at(resource, asked))
    except CompactedError:
        raise WireError(410, TOO_OLD, reason=cluster.world.apiserver.gone) from None


def stored_now(cluster: Cluster, resource: str) -> Mapping[str, ApiObject]:
    """The objects of a resource by key, with those that are there from the beginning."""
    return with_given(cluster.world.etcd, resource, cluster.release, cluster.flags.apiserver)


def _read(text: str) -> Token:
    try:
        token = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Token)
    except (ValueError, msgspec.DecodeError) as error:
        raise WireError(400, f"continue key is not valid: {str(error)[:100]}") from None
    if token.v != TOKENS:
        raise WireError(400, f'continue key is not valid: server does not recognize "{token.v[:50]}"')
    return token
