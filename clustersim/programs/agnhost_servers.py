"""What agnhost's servers answer: at which ports, and what they say.

Source: v1.36 test/images/agnhost (netexec, serve-hostname, porter, test-webserver, liveness,
grpc-health-checking, webhook, crd-conversion-webhook, audit-proxy).
"""

import json
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from clustersim.api.core_v1 import Container
from clustersim.digits import is_whole
from clustersim.programs.agnhost import options_of, verb_and_rest

_PORTS: Final = ("SERVE_PORT_", "SERVE_TCP_PORT_", "SERVE_TLS_PORT_")
_USUAL_PORTS: Final = {
    "audit-proxy": 8080,
    "crd-conversion-webhook": 443,
    "liveness": 8080,
    "netexec": 8080,
    "serve-hostname": 9376,
    "test-webserver": 80,
    "webhook": 443,
}


_LOGGED: Final = ("/clientip", "/healthz", "/hostname", "/hostName", "/readyz", "/serverport")
"""Paths of netexec that its log names, beside /echo."""


File = Callable[[str], str | None]
"""What is in a file; None: nothing is known of it."""


class Page(NamedTuple):
    """An answer over HTTP."""

    status: int
    text: str


def ports_of(spec: Container) -> tuple[int, ...]:
    """The ports at which it listens, netexec's for UDP among them."""
    verb, rest = verb_and_rest((*spec.command, *spec.args))
    options = options_of(rest)
    if verb == "porter":
        return tuple(port for port, _text in _served(spec))
    if verb == "grpc-health-checking":
        return _number(options, "port", 5000), _number(options, "http-port", 8080)
    if verb not in _USUAL_PORTS:
        return ()
    if verb == "netexec":
        return _number(options, "http-port", 8080), _number(options, "udp-port", 8081)
    return (_number(options, "port", _USUAL_PORTS[verb]),)


def _number(options: dict[str, str], name: str, usual: int) -> int:
    told = options.get(name, "")
    return int(told) if is_whole(told) and len(told) < 6 else usual


def _served(spec: Container) -> Iterator[tuple[int, str]]:
    """What porter serves, by its environment."""
    for variable in spec.env:
        for prefix in _PORTS:
            number = variable.name.removeprefix(prefix)
            if number != variable.name and is_whole(number) and len(number) < 6:
                yield int(number), str(variable.value)


def greetings(spec: Container) -> tuple[str, ...]:
    """What netexec writes when it has started."""
    verb, rest = verb_and_rest((*spec.command, *spec.args))
    if verb != "netexec":
        return ()
    http, udp = ports_of(spec)
    secure = "HTTPS" if options_of(rest).get("tls-cert-file") else "HTTP"
    return f"Started {secure} server on port {http}", f"Started UDP server on port  {udp}"


def logged(spec: Container, method: str, address: str) -> str:
    """What netexec writes of a request; empty: another program, of whose log nothing is known."""
    verb, _rest = verb_and_rest((*spec.command, *spec.args))
    path, _mark, query = address.partition("?")
    if verb != "netexec":
        return ""
    if path == "/echo":
        return f"{method} /echo?msg={parse_qs(query, max_num_fields=100).get('msg', [''])[0]}"
    return f"{method} {path if path in _LOGGED else '/'}"


def page(spec: Container, port: int, method: str, address: str, host_name: str, file: File) -> Page | None:
    """What it says to a request for that path and query; None: another program than those. file: what is
    known of the container's files."""
    verb, rest = verb_and_rest((*spec.command, *spec.args))
    path, _mark, query = address.partition("?")
    match verb:
        case "test-webserver":
            text = file(path)
            return Page(404, "404 page not found\n") if text is None else Page(200, text)
        case "serve-hostname":
            return Page(200, host_name)
        case "porter":
            text = dict(_served(spec)).get(port, "")
            said = json.dumps({"Method": method, "Body": text}, separators=(",", ":"))
            return Page(200, said if "json-response" in options_of(rest) else text)
        case "netexec":
            given = {name: values[0] for name, values in parse_qs(query, max_num_fields=100).items()}
            return _netexec(path, given, port, host_name)
    return None


def _netexec(path: str, given: dict[str, str], port: int, host_name: str) -> Page:
    match path:
        case "/hostname" | "/hostName":
            return Page(200, host_name)
        case "/echo":
            code = given.get("code", "")
            return Page(int(code) if is_whole(code) and len(code) == 3 else 200, given.get("msg", ""))
        case "/serverport":
            return Page(200, str(port))
        case "/healthz" | "/readyz":
            return Page(200, "")
    return Page(200, "NOW: ")
