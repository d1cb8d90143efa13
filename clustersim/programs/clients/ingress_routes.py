"""Where nginx of ingress-nginx leads a request, by the rules of its Ingresses.

Source: ingress-nginx internal/ingress/controller (createServers, getBackendServers) and
rootfs/etc/nginx/template; networking.k8s.io/v1 for the types of paths.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from clustersim.programs.clients.client import ApiClient, Objects
from clustersim.programs.clients.ingress_nginx import class_of, own_classes

_ANY: Final = "_"
_REWRITE: Final = "nginx.ingress.kubernetes.io/rewrite-target"
_REDIRECT: Final = "nginx.ingress.kubernetes.io/ssl-redirect"
_BELOW: Final = re.compile(r"(/[\w./-]*?)\(/\|\$\)\(\.\*\)")
"""A path such as the documentation of rewriting has it: /something(/|$)(.*)."""
_PAGE: Final = (
    "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>"
)
NOT_FOUND: Final = "404 Not Found"
UNAVAILABLE: Final = "503 Service Temporarily Unavailable"
MOVED: Final = "308 Permanent Redirect"


class Route(NamedTuple):
    """A Service, its port by number or name, and the path as it is passed on. status: what nginx answers by
    itself instead; empty: nothing."""

    namespace: str = ""
    service: str = ""
    port: int | str = 0
    path: str = ""
    status: str = ""


def page(status: str) -> str:
    """What nginx itself answers."""
    return _PAGE.format(status=status)


def route(client: ApiClient, objects: Objects, host: str, path: str, *, secure: bool) -> Route:
    """Of a request to a host."""
    own = own_classes(client, objects("ingressclasses"))
    ingresses = sorted(
        (one for one in objects("ingresses") if class_of(one) in own),
        key=lambda one: (one.metadata.creation_timestamp, one.metadata.namespace, one.metadata.name),
    )
    server = _server(ingresses, host.lower())
    found = [one for one in _places(ingresses, server) if _matches(one.kind, one.path, path)]
    if not found:
        default = next((one for one in ingresses if one.spec.default_backend is not None), None)
        if server == _ANY and default is not None:
            return _to(default, default.spec.default_backend, path)
        return Route(status=NOT_FOUND)
    best = max(found, key=lambda one: (len(_base(one.path)), one.kind == "Exact"))
    annotations = best.ingress.metadata.annotations
    if not secure and server in _secured(best.ingress) and annotations.get(_REDIRECT) != "false":
        return Route(status=MOVED)
    return _to(best.ingress, best.backend, _rewritten(annotations.get(_REWRITE, ""), best.path, path))


class _Place(NamedTuple):
    ingress: Any
    kind: str
    path: str
    backend: Any


def _server(ingresses: Iterable[Any], host: str) -> str:
    """Which of the hosts that are named a request is for; "_" for any."""
    named = {rule.host.lower() for one in ingresses for rule in one.spec.rules if rule.host}
    wild = f"*.{host.partition('.')[2]}"
    return host if host in named else wild if wild in named else _ANY


def _places(ingresses: Iterable[Any], server: str) -> Iterator[_Place]:
    for one in ingresses:
        for rule in one.spec.rules:
            if (rule.host.lower() or _ANY) != server or rule.http is None:
                continue
            for path in rule.http.paths:
                yield _Place(one, path.path_type, path.path or "/", path.backend)


def _base(path: str) -> str:
    """A path without what stands for all below it."""
    found = _BELOW.fullmatch(path)
    return found[1] if found is not None else path.rstrip("/")


def _matches(kind: str, path: str, asked: str) -> bool:
    if kind == "Exact":
        return path == asked
    base = _base(path)
    return asked == base or asked.startswith(f"{base}/")


def _rewritten(target: str, path: str, asked: str) -> str:
    """The path that the Service sees."""
    if not target:
        return asked
    rest = asked.removeprefix(_base(path)).lstrip("/") if _BELOW.fullmatch(path) else ""
    return re.sub(r"\$\d", "", target.replace("$2", rest)) or "/"


def _secured(ingress: Any) -> set[str]:
    """Hosts that speak TLS."""
    return {host.lower() for one in ingress.spec.tls for host in one.hosts}


def _to(ingress: Any, backend: Any, path: str) -> Route:
    service = backend.service
    if service is None:
        return Route(status=UNAVAILABLE)
    port = service.port
    number = 0 if port is None else port.number or port.name
    return Route(ingress.metadata.namespace, service.name, number, path)
