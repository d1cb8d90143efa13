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
    answer = http.get(host, cluster_host, asked, listens)
    if arguments.has("include") or arguments.has("head"):
        head = "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\n"
        return Answer(
            text=head if arguments.has("head") else f"{head}\n{answer.text}", ok=answer.ok, note=answer.note
        )
    if arguments.value("write-out") and arguments.value("output"):
        return Answer(
            text=arguments.value("write-out")
            .replace("%{http_code}", "200" if answer.ok else "500")
            .replace("\\n", ""),
            ok=answer.ok,
        )
    return answer
