"""`kubectl describe` of ingresses and of their classes. Sources: v1.7.5 and v1.8.0 describe.go
IngressDescriber; v1.36 k8s.io/kubectl pkg/describe."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.networking import IngressBackend
from clustersim.kubectl.describe.parts import NONE, TODAY, annotations, pairs
from clustersim.kubectl.services import text_behind
from clustersim.kubectl.texts import addresses

Store = Mapping[str, Mapping[str, Any]]

_ONCE_DEFAULT: Final = IngressBackend(service_name="default-http-backend", service_port=80)
"""Of the old releases, in kube-system, where an Ingress names none."""


def ingress_lines(ingress: Any, store: Store, release: str) -> Iterable[str]:
    """An Ingress and its rules, with the addresses behind them."""
    spec, metadata, today = ingress.spec, ingress.metadata, release in TODAY
    namespace = metadata.namespace
    yield f"Name:\t{metadata.name}"
    if today:
        yield from pairs("Labels", metadata.labels)
    yield f"Namespace:\t{namespace}"
    yield f"Address:\t{addresses(ingress.status.load_balancer)}"
    if today:
        yield f"Ingress Class:\t{spec.ingress_class_name or NONE}"
    default = spec.default_backend or spec.backend
    if default is None and not today:
        default, namespace = _ONCE_DEFAULT, "kube-system"
    nothing = "<default>" if default is None else _backend(default, namespace, store, today=today)
    yield f"Default backend:\t{nothing}"
    if spec.tls:
        yield "TLS:"
        for one in spec.tls:
            hosts = ",".join(one.hosts)
            yield f"  {one.secret_name} terminates {hosts}" if one.secret_name else f"  SNI routes {hosts}"
    yield "Rules:"
    yield "  Host\tPath\tBackends"
    yield "  ----\t----\t--------"
    rules = [rule for rule in spec.rules if rule.http is not None]
    for rule in rules:
        yield f"  {rule.host or '*'}\t"
        for path in rule.http.paths:
            yield f"    \t{path.path} \t{_backend(path.backend, namespace, store, today=today)}"
    if not rules:
        yield f"  *\t*{'' if today else ' '}\t{nothing}"
    yield from annotations(metadata.annotations, release) if today else _annotations_once(metadata)


def ingress_class_lines(found: Any, release: str) -> Iterable[str]:
    """An IngressClass."""
    yield f"Name:\t{found.metadata.name}"
    yield from pairs("Labels", found.metadata.labels)
    yield from annotations(found.metadata.annotations, release)
    yield f"Controller:\t{found.spec.controller}"
    if (parameters := found.spec.parameters) is not None:
        yield "Parameters:"
        if parameters.api_group:
            yield f"  APIGroup:\t{parameters.api_group}"
        yield f"  Kind:\t{parameters.kind}"
        yield f"  Name:\t{parameters.name}"


def _annotations_once(metadata: Any) -> Iterable[str]:
    """Those of ingress controllers."""
    yield "Annotations:"
    for key in sorted(metadata.annotations):
        if key.startswith("ingress"):
            yield f"  {key.rpartition('/')[2]}:\t{metadata.annotations[key]}"


def _backend(backend: Any, namespace: str, store: Store, *, today: bool) -> str:
    """What requests go to, and the addresses of it."""
    if (of := backend.resource) is not None and backend.service is None:
        return f"APIGroup: {of.api_group or NONE}, Kind: {of.kind}, Name: {of.name}"
    if backend.service is None:
        name, port = backend.service_name, backend.service_port
    else:
        name = backend.service.name
        given = backend.service.port
        port = "" if given is None else given.number or given.name
    service = store.get("services", {}).get(f"{namespace}/{name}")
    if service is None and today:
        return f'{name}:{port} (<error: services "{name}" not found>)'
    ports: Sequence[Any] = () if service is None else service.spec.ports
    meant = [one.name for one in ports if port and port in (one.name, one.port)]
    found = text_behind(name, namespace, store, meant[-1:] or [""], today=today)
    return f"{name}:{port} ({found})"
