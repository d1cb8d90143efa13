"""What netexec is asked to ask others.

Source: v1.36 test/images/agnhost/netexec/netexec.go (dialHandler).
"""

from typing import Final, NamedTuple
from urllib.parse import parse_qs

from clustersim.digits import is_whole
from clustersim.programs import is_agnhost
from clustersim.programs.agnhost import verb_and_rest
from clustersim.runtime.records import Container

_MOST_TRIES: Final = 100


class Dialled(NamedTuple):
    """What a program is asked to ask: where, for which path, and how often."""

    host: str
    port: int
    request: str
    tries: int


def dialled_from(container: Container, address: str) -> Dialled | None:
    """What netexec is asked by /dial; None: it is asked something else."""
    path, _mark, query = address.partition("?")
    verb, _rest = verb_and_rest((*container.spec.command, *container.spec.args))
    if path != "/dial" or verb != "netexec" or not is_agnhost(container.spec):
        return None
    given = {name: values[0] for name, values in parse_qs(query, max_num_fields=100).items()}
    port, tries = given.get("port", ""), given.get("tries", "1")
    if not given.get("host") or not is_whole(port) or len(port) > 5 or not is_whole(tries):
        return None
    times = min(int(tries[:4]), _MOST_TRIES)
    return Dialled(given["host"], int(port), given.get("request", ""), max(1, times))
