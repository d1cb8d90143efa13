"""Scripts that ask others for a page over and over, as those do that people load a Service with:

    while sleep 0.01; do wget -q -O- http://php-apache; done

What such a loop asks for in each of its turns, and how long it sleeps, is all that is known of it: nobody
runs it turn by turn.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from clustersim.programs.durations import slept
from clustersim.shell.grammar import List, Node, Simple, While, parse
from clustersim.shell.plain import plain_name
from clustersim.shell.words import ShellError, Word, shown

MOST_ASKS: Final = 16
"""Requests of one turn that are followed."""
_LONGEST: Final = 2000
"""Characters of a script that is read for them."""
_CLIENTS: Final = ("curl", "wget")
_URL: Final = re.compile(r"(?:(https?)://)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?(/\S*)?\Z")
_VALUED: Final = {
    "curl": (
        "-o", "-m", "-w", "-H", "-X", "-d", "-u", "-A", "--max-time", "--connect-timeout", "--retry",
        "--output", "--write-out", "--header", "--request", "--data",
    ),
    "wget": ("-O", "-o", "-T", "-t", "-U", "-P", "--timeout", "--tries", "--header"),
}  # fmt: skip
"""Flags whose value is the next word."""
_GOES_ON: Final = ("true", ":", "[", "sleep", "test", *_CLIENTS)
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class Ask(msgspec.Struct, frozen=True):
    """One request of a turn. host: a name, or an address; silent: what comes back is not printed."""

    client: str
    host: str
    port: int
    path: str
    silent: bool = False


class Calls(msgspec.Struct, frozen=True):
    """What a loop does in each turn: requests one after another, and a sleep of so many microseconds."""

    asks: tuple[Ask, ...]
    pause: int


def calls_of(script: str, variables: Mapping[str, str]) -> Calls | None:
    """The loop of a script that never ends, if it asks others for something; None: there is none."""
    if len(script) > _LONGEST or not any(client in script for client in _CLIENTS):
        return None
    try:
        commands = parse(script)
    except ShellError:
        return None
    loops = [node for node in _nodes(commands) if isinstance(node, While)]
    if len(loops) != 1 or loops[0].until:
        return None
    loop = loops[0]
    first = [_words(node, variables) for node in _nodes(loop.condition)]
    if not first or any(not words or words[0] not in _GOES_ON for words in first):
        return None
    turn = [*first, *(_words(node, variables) for node in _nodes(loop.body))]
    asks = [one for words in turn if (one := _ask(words)) is not None][:MOST_ASKS]
    pauses = [slept(words[1:]) or 0 for words in turn if words[:1] == ["sleep"]]
    return Calls(tuple(asks), sum(pauses) * 1000) if asks else None


def with_values(script: str, variables: Mapping[str, str]) -> str:
    """The same with the values of variables in their places, as far as they are known."""
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), script)


def _nodes(commands: List) -> Iterator[Node]:
    """The commands of a list; of a pipe the first, which makes what the others read."""
    for pipeline in commands:
        yield pipeline.nodes[0]


def _words(node: Node, variables: Mapping[str, str]) -> list[str]:
    """Of a plain command, and where it prints nothing `>` as the last."""
    if not isinstance(node, Simple):
        return []
    words = [_text(word, variables) for word in node.words]
    if not words:
        return []
    words[0] = plain_name(words[0])
    if words[0] == "timeout" and len(words) > 2:
        words = words[2:]
    return [*words, ">"] if any(one.operator in (">", ">>", "&>") for one in node.redirections) else words


def _text(word: Word, variables: Mapping[str, str]) -> str:
    return with_values(shown(word), variables)


def _ask(words: Sequence[str]) -> Ask | None:
    if not words or words[0] not in _CLIENTS:
        return None
    client, rest, address, silent = words[0], list(words[1:]), None, False
    while rest:
        word = rest.pop(0)
        if word in _VALUED[client]:
            value = rest.pop(0) if rest else ""
            silent = silent or (word in ("-O", "-o", "--output") and value != "-")
        elif word == ">" or (client == "wget" and re.fullmatch(r"-\w*O(/\S+)|--spider", word)):
            silent = True
        elif not word.startswith("-"):
            address = _URL.match(word) or address
    if address is None:
        return None
    scheme, host, port, path = address.groups()
    usual = 443 if scheme == "https" else 80
    return Ask(client, host, int(port or usual), path or "/", silent)
