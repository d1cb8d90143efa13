"""curl, typed on a machine or on the workstation."""

import re
from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes import http
from clustersim.console.nodes.asked import Asked
from clustersim.console.nodes.host import Host
from clustersim.i18n import _

_URL: Final = re.compile(r"(?:(https?)://)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(/[^\s?]*)?(\?\S*)?\Z")
_PAGE: Final = re.compile(r"<html>\s*<head><title>(\d{3} [^<]+)</title>")
"""What a server says of itself where it has no answer."""
_CURL: Final = Flags(
    {
        "m": "max-time",
        "max-time": "max-time",
        "connect-timeout": "connect-timeout",
        "interface": "interface",
        "o": "output",
        "w": "write-out",
        "X": "request",
        "H": "header",
        "d": "data",
        "u": "user",
        "request": "request",
        "header": "header",
        "data": "data",
        "user": "user",
        "cacert": "cacert",
        "cert": "cert",
        "key": "key",
        "output": "output",
        "write-out": "write-out",
        "resolve": "resolve",
    },
    {
        "s": "silent",
        "S": "show-error",
        "k": "insecure",
        "v": "verbose",
        "i": "include",
        "I": "head",
        "L": "location",
        "f": "fail",
        "g": "globoff",
        "q": "disable",
        "silent": "silent",
        "insecure": "insecure",
        "verbose": "verbose",
        "include": "include",
        "head": "head",
        "location": "location",
        "fail": "fail",
        "show-error": "show-error",
    },
)


def _named(asked: Asked, headers: Sequence[str], resolved: Sequence[str]) -> Asked:
    """With the host that a header names, and the address that --resolve HOST:PORT:ADDRESS tells of one."""
    for one in resolved:
        parts = one.split(":")
        if len(parts) == 3 and parts[:2] == [asked.host, str(asked.port)]:
            asked = asked._replace(host=parts[2], named=asked.host)
    for one in headers:
        name, _colon, value = one.partition(":")
        if name.strip().lower() == "host":
            asked = asked._replace(named=value.strip().partition(":")[0])
    return asked


def curl(
    host: Host | None, cluster_host: Host, words: Sequence[str], listens: http.Listens | None = None
) -> Answer:
    """curl URL; host None: from the workstation. listens: what answers at its own ports. Raises Said."""
    arguments = parse(words, _CURL)
    match = _URL.match(arguments.words[0]) if len(arguments.words) == 1 else None
    if match is None:
        raise Said(
            "curl: try 'curl --help' or 'curl --manual' for more information",
            note=_("curl wants an address: curl 10.254.0.1:80/path"),
        )
    scheme, name, port, path, query = match.groups()
    number = int(port or (443 if scheme == "https" else 80))
    asked = Asked(scheme or "http", name, number, path or "/", bool(query and "verbose" in query))
    asked = asked._replace(insecure=arguments.has("insecure"), query=query or "")
    asked = _named(asked, arguments.each("header"), arguments.each("resolve"))
    answer = http.get(host, cluster_host, asked, listens)
    found = _PAGE.match(answer.text)
    if arguments.has("include") or arguments.has("head"):
        head = f"HTTP/1.1 {found[1] if found is not None else '200 OK'}\n"
        head += f"Content-Type: text/{'plain; charset=utf-8' if found is None else 'html'}\n"
        return Answer(
            text=head if arguments.has("head") else f"{head}\n{answer.text}", ok=answer.ok, note=answer.note
        )
    if arguments.value("write-out") and arguments.value("output"):
        return Answer(
            text=arguments.value("write-out")
            .replace("%{http_code}", found[1][:3] if found is not None else "200" if answer.ok else "500")
            .replace("\\n", ""),
            ok=answer.ok,
        )
    return answer
