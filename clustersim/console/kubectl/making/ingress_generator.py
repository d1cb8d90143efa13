"""What `kubectl create ingress` makes (v1.36 k8s.io/kubectl pkg/cmd/create/create_ingress.go)."""

import re
from typing import Final

from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.making.generators import Plain
from clustersim.digits import is_whole

_RULE: Final = re.compile(r"(?:(?:\*\.)?[\w.-]+)?/[^=]*=[-\w]+:[-\w]+(?:,\w+(?:=[-\w.]+)?)?\Z", re.ASCII)


def ingress(api: Api, name: str, arguments: Arguments) -> Plain:
    """Raises Said."""
    rules, backend = arguments.each("rule"), arguments.value("default-backend")
    if not rules and not backend:
        raise Said(
            "error: not enough information provided: every ingress has to either specify a "
            "default-backend (which catches all traffic) or a list of rules (which catch specific "
            "paths)"
        )
    _check(rules, backend, arguments.each("annotation"))
    spec: Plain = {}
    if arguments.value("class"):
        spec["ingressClassName"] = arguments.value("class")
    if backend:
        spec["defaultBackend"] = _service(backend)
    if tls := _certificates(rules):
        spec["tls"] = tls
    if rules:
        spec["rules"] = _rules(rules)
    metadata: Plain = {"name": name}
    if arguments.given("annotation"):
        metadata["annotations"] = dict(text.split("=", 1) for text in arguments.each("annotation"))
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


def _check(rules: list[str], backend: str, annotations: list[str]) -> None:
    for rule in rules:
        if _RULE.match(rule) is None:
            told = "is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]"
            raise Said(f"error: rule {rule} {told}")
    for annotation in annotations:
        if not re.match(r"[^=]+=", annotation):
            raise Said(f"error: annotation {annotation} is invalid and should be in format key=[value]")
    if backend and backend.count(":") != 1:
        raise Said("error: default-backend should be in format servicename:serviceport")


def _rules(texts: list[str]) -> list[Plain]:
    """One for each host, its paths in their order."""
    by_host: dict[str, list[Plain]] = {}
    for text in texts:
        host, _slash, rest = text.partition(",")[0].partition("/")
        path, _equals, backend = rest.partition("=")
        kind = "Prefix" if path.endswith("*") else "Exact"
        one = {"path": f"/{path.removesuffix('*')}", "pathType": kind, "backend": _service(backend)}
        by_host.setdefault(host, []).append(one)
    return [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in by_host.items()]


def _service(text: str) -> Plain:
    name, _colon, port = text.partition(":")
    told: Plain = {"number": int(port)} if is_whole(port) else {"name": port} if port else {}
    return {"service": {"name": name, "port": told}}


def _certificates(rules: list[str]) -> list[Plain]:
    """A host counts once; hosts of one secret stand together."""
    found: list[Plain] = []
    hosts: list[str] = []
    for rule in rules:
        address, comma, tls = rule.partition(",")
        host, name = address.partition("/")[0], tls.partition("=")[2]
        if not comma or host in hosts:
            continue
        hosts.append(host)
        same = next((one for one in found if one.get("secretName", "") == name), None)
        if same is not None:
            same["hosts"].append(host)
        elif host or name:
            found.append({"hosts": [host] if host else [], **({"secretName": name} if name else {})})
    return found
