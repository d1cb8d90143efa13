"""nc in a container: whether somebody takes a connection at a port, and what comes back.

Source: v1.36 test/e2e/framework/service/jig.go (echo hostName | nc -v -t -w 2 HOST PORT); OpenBSD netcat.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.answer import Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes.asked import Asked
from clustersim.console.nodes.destinations import pod_at, service_rules
from clustersim.console.nodes.http import get
from clustersim.console.nodes.lookup import address_within
from clustersim.digits import is_whole
from clustersim.engine.random import RandomStream
from clustersim.runtime.listening import listening
from clustersim.shell.ran import Ran


def taker(here: Any, name: str, port: int) -> tuple[Any, Any]:
    """The pod whose program takes a connection from a container, and the container's specification. Raises
    Said where nobody does."""
    found = address_within(here.api, here.pod.metadata.namespace, name)
    if not found and not re.fullmatch(r"[\d.]+", name):
        raise Said(f"{name}: Name or service not known")
    asked = Asked("tcp", found[0] if found else name, port, "/", verbose=False)
    rules = service_rules(here.host, asked)
    backend = pod_at(here.host, asked) if rules is None else None
    if rules is not None and (ways := rules.at(here.host.name, outside=False)) is not None:
        stream = RandomStream(here.api.cluster.world.engine.seed, f"console/dial/{here.api.now}/{name}", {})
        backend = ways.choose(stream)
    machine = None if backend is None else here.api.cluster.machines.get(backend.node)
    if backend is None or machine is None:
        raise Said(f"{asked.failed}Connection refused")
    if not machine.state.powered or here.host.cluster.network.is_away(machine.name):
        raise Said(f"{asked.failed}Connection timed out")
    one = next(iter(listening(machine, backend.ip, backend.port)), None)
    pod = None if one is None else here.api.find("pods", one.namespace, one.pod)
    if one is None or pod is None:
        raise Said(f"{asked.failed}Connection refused")
    return pod, one.spec


_NC: Final = Flags(
    {"w": "timeout", "p": "source-port"},
    {"v": "verbose", "t": "telnet", "u": "udp", "z": "scan", "n": "numeric"},
)


def nc(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """nc [-v] [-z] [-w SECONDS] HOST PORT. A server that knows such a question says its name."""
    try:
        arguments = parse(words, _NC)
    except Said as said:
        return Ran(err=f"{said.text}\n", code=1)
    if len(arguments.words) != 2 or not is_whole(arguments.words[1]) or len(arguments.words[1]) > 5:
        return Ran(err="nc: missing hostname and port\n", code=1)
    name, port = arguments.words
    found = address_within(here.api, here.pod.metadata.namespace, name)
    protocol = "udp" if arguments.has("udp") else "tcp"
    address = found[0] if found else name
    asked = Asked("http", address, int(port), "/hostname", verbose=False, protocol=protocol)
    try:
        answer = get(here.host, here.host, asked)
    except Said as said:
        why = said.text.rpartition(": ")[2] or "Connection timed out"
        return Ran(err=f"nc: connect to {name} port {port} ({protocol}) failed: {why}\n", code=1)
    told = f"Connection to {name} {port} port [{protocol}/*] succeeded!\n" if arguments.has("verbose") else ""
    return Ran("" if arguments.has("scan") or not stdin else answer.text, told)
