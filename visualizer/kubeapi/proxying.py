"""`proxy` of pods, Services and nodes over HTTP: who may ask, and links that lead back."""

import re
from typing import Final
from urllib.parse import urlencode

from clustersim.apiserver.rehearsal import check_reachable
from clustersim.console.answer import Said
from clustersim.console.kubectl.pods.proxied import NotReachedError, Proxied, asked
from clustersim.console.kubectl.pods.proxied import asked_through as through
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import METHODS, Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place

_LINK: Final = re.compile(r'(<a\s+href=")(/[^"]*)"')
_PLAIN: Final = "text/plain; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_METHODS: Final = (*METHODS, "OPTIONS")


def asked_through(request: HttpRequest) -> Proxied | None:
    """What a request asks for through a proxy; None: it is another request."""
    return through(request.path) if request.method in _METHODS else None


def proxied(place: Place, caller: Caller, request: HttpRequest, wanted: Proxied) -> Response:
    """What the program answers. Raises WireError and ApiError."""
    verb = METHODS.get(request.method, "get")
    target = Target(verb, "", "v1", wanted.resource, wanted.namespace, wanted.name, "proxy")
    rights.check_look(place, caller, target)
    check_reachable(place.cluster.world.apiserver)
    query = urlencode(request.query, doseq=True)
    moved = not wanted.path and request.method in ("GET", "HEAD")
    try:
        answer = asked(place.cluster, wanted, query, request.method)
    except NotReachedError as error:
        if moved and error.code == 503:
            return _moved(request, query)
        raise WireError(error.code, str(error), details=error.details) from None
    except Said as said:
        raise WireError(501, str(said)) from None
    if moved:
        return _moved(request, query)
    status, text = answer
    if not _LINK.search(text):
        return Response(status, text.encode(), _PLAIN)
    before = request.path.removesuffix(wanted.path)
    return Response(status, _LINK.sub(rf'\1{before}\2"', text).encode(), _HTML)


def _moved(request: HttpRequest, query: str) -> Response:
    there = f"{request.base}{request.path}/{f'?{query}' if query else ''}"
    return Response(301, b"", _PLAIN, headers=((b"location", there.encode()),))
