"""redis-cli in a container of redis: what people try there, and what the tutorials of Kubernetes and the
documentation of redis show.

What a server holds is kept in its container as the file that redis itself would write, so that it is gone
with the container unless a volume keeps it. Settings are those of its command line and of its file, as that
was when the container began (redis 7: src/config.c, src/redis-cli.c).
"""

import fnmatch
import json
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from clustersim.console.answer import Said
from clustersim.console.nodes.connecting import taker
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.held import record_of
from clustersim.console.nodes.volume_files import files_of_volumes
from clustersim.digits import is_whole
from clustersim.programs import image_name
from clustersim.shell.ran import Ran

PORT: Final = 6379
PROMPT: Final = "redis-cli"
_DATA: Final = "/data/dump.rdb"
_MAGIC: Final = "REDIS0011\n"
_USUAL: Final = {
    "appendonly": "no",
    "bind": "* -::*",
    "databases": "16",
    "dir": "/data",
    "loglevel": "notice",
    "maxclients": "10000",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
    "port": str(PORT),
    "requirepass": "",
    "save": "3600 1 300 100 60 10000",
    "timeout": "0",
}
_UNITS: Final = {
    "": 1,
    "b": 1,
    "k": 1000,
    "kb": 1 << 10,
    "m": 10**6,
    "mb": 1 << 20,
    "g": 10**9,
    "gb": 1 << 30,
}
_MOST: Final = 64 << 10
"""Characters that a server holds."""
_MOST_COMMANDS: Final = 500
"""Of what is read from a file."""


class Reply(NamedTuple):
    """What a server answers. kind: of RESP, "+", "-", ":", "$" or "*"; value: None of what is not there."""

    kind: str
    value: Any


class RedisError(Exception):
    """What a server refuses."""


_OK: Final = Reply("+", "OK")
_WRONG_TYPE: Final = "WRONGTYPE Operation against a key holding the wrong kind of value"
_NO_INTEGER: Final = "ERR value is not an integer or out of range"


Data = dict[str, str | list[str] | dict[str, str]]
"""Texts, lists and hashes by their keys."""


class _Server:
    """One container of redis."""

    def __init__(self, api: Any, pod: Any, spec: Any, files: ContainerFiles) -> None:
        self._files = files
        self.settings = {**_USUAL, **_given(api, pod, spec)}
        self.data = _read(files)
        self._before = json.dumps(self.data)

    def keep(self) -> None:
        """What has changed stays. Raises RedisError where it is too much."""
        text = json.dumps(self.data)
        if len(text) > _MOST:
            raise RedisError("OOM command not allowed when used memory > 'maxmemory'.")
        if text != self._before:
            self._files.write(_DATA, _MAGIC + text)

    # --- commands --------------------------------------------------------------------------------------

    def run(self, words: Sequence[str]) -> Reply:
        """One command. Raises RedisError."""
        name, args = words[0].lower(), list(words[1:])
        known = _COMMANDS.get(name)
        if known is None:
            beginning = "".join(f"'{word}' " for word in args)
            raise RedisError(f"ERR unknown command '{words[0]}', with args beginning with: {beginning}")
        least, most, act = known
        if len(args) < least or (most is not None and len(args) > most):
            raise RedisError(f"ERR wrong number of arguments for '{name}' command")
        return act(self, args)

    def of(self, key: str, kind: type[Any]) -> Any:
        """The value of a key, which must be of a kind. Raises RedisError."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, kind):
            raise RedisError(_WRONG_TYPE)
        return value

    def added(self, key: str, amount: int) -> Reply:
        """INCR and its like."""
        now = self.of(key, str) or "0"
        if not re.fullmatch(r"-?\d{1,18}", now):
            raise RedisError(_NO_INTEGER)
        after = int(now) + amount
        self.data[key] = str(after)
        return Reply(":", after)

    def pushed(self, key: str, values: Sequence[str], *, left: bool) -> Reply:
        """LPUSH and RPUSH."""
        now = self.of(key, list) or []
        self.data[key] = [*reversed(values), *now] if left else [*now, *values]
        return Reply(":", len(self.data[key]))


def _read(files: ContainerFiles) -> Data:
    """What is kept; nothing where that is no file of this model's."""
    try:
        text = files.text(_DATA) or ""
        return msgspec.json.decode(text.removeprefix(_MAGIC), type=Data) if text.startswith(_MAGIC) else {}
    except (Said, msgspec.DecodeError, UnicodeError, RecursionError):
        return {}


def _given(api: Any, pod: Any, spec: Any) -> dict[str, str]:
    """What its file and its command line set."""
    words = [
        word for word in (*spec.command, *spec.args) if word not in ("redis-server", "docker-entrypoint.sh")
    ]
    found: dict[str, str] = {}
    if words and not words[0].startswith("-"):
        record = record_of(api, pod, spec.name)
        path = words.pop(0)
        then = files_of_volumes(api, pod, spec, record, as_begun=True).get(path)
        for line in "" if then is None else then.text.splitlines():
            name, _space, value = line.strip().partition(" ")
            if name and not name.startswith("#"):
                found[name.lower()] = value.strip().strip('"')
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--").lower()
            found[name] = ""
        elif name:
            found[name] = f"{found[name]} {word}".strip()
    return {name: _value(name, value) for name, value in found.items()}


def _value(name: str, text: str) -> str:
    """As CONFIG GET tells it: memory in bytes."""
    match = re.fullmatch(r"(\d{1,12})([a-z]{0,2})", text.lower())
    if name == "maxmemory" and match is not None and match[2] in _UNITS:
        return str(int(match[1]) * _UNITS[match[2]])
    return text


def _config(server: _Server, args: list[str]) -> Reply:
    match args[0].lower():
        case "get" if len(args) > 1:
            found: list[str] = []
            for name in sorted(server.settings):
                if any(fnmatch.fnmatchcase(name, pattern.lower()) for pattern in args[1:]):
                    found += [name, server.settings[name]]
            return Reply("*", found)
        case "set" if len(args) == 3:
            if args[1].lower() not in server.settings:
                raise RedisError(f"ERR Unknown option or number of arguments for CONFIG SET - '{args[1]}'")
            return _OK
    raise RedisError(f"ERR unknown subcommand '{args[0]}'. Try CONFIG HELP.")


def _set(server: _Server, args: list[str]) -> Reply:
    flags = [word.lower() for word in args[2:]]
    if ("nx" in flags and args[0] in server.data) or ("xx" in flags and args[0] not in server.data):
        return Reply("$", None)
    server.data[args[0]] = args[1]
    return _OK


def _deleted(server: _Server, args: list[str]) -> Reply:
    return Reply(":", sum(server.data.pop(key, None) is not None for key in args))


def _cleared(server: _Server, args: list[str]) -> Reply:
    server.data.clear()
    return _OK


def _range(server: _Server, args: list[str]) -> Reply:
    values = server.of(args[0], list) or []
    if not all(re.fullmatch(r"-?\d{1,9}", word) for word in args[1:]):
        raise RedisError(_NO_INTEGER)
    first, last = (int(word) + (len(values) if word.startswith("-") else 0) for word in args[1:])
    return Reply("*", values[max(0, first) : last + 1])


def _hash_set(server: _Server, args: list[str]) -> Reply:
    if len(args) % 2 == 0:
        raise RedisError("ERR wrong number of arguments for 'hset' command")
    before = server.of(args[0], dict) or {}
    added = dict(zip(args[1::2], args[2::2], strict=True))
    server.data[args[0]] = {**before, **added}
    return Reply(":", len(added.keys() - before.keys()))


def _hash_all(server: _Server, args: list[str]) -> Reply:
    found = server.of(args[0], dict) or {}
    return Reply("*", [part for pair in found.items() for part in pair])


def _integer(word: str) -> int:
    if not is_whole(word.removeprefix("-")) or len(word) > 18:
        raise RedisError(_NO_INTEGER)
    return int(word)


def _type(server: _Server, args: list[str]) -> Reply:
    match server.data.get(args[0]):
        case str():
            return Reply("+", "string")
        case list():
            return Reply("+", "list")
        case dict():
            return Reply("+", "hash")
    return Reply("+", "none")


def _appended(server: _Server, args: list[str]) -> Reply:
    server.data[args[0]] = (server.of(args[0], str) or "") + args[1]
    return Reply(":", len(server.data[args[0]]))


Act = Callable[[_Server, list[str]], Reply]
_COMMANDS: Final[dict[str, tuple[int, int | None, Act]]] = {
    "append": (2, 2, _appended),
    "config": (1, None, _config),
    "dbsize": (0, 0, lambda s, a: Reply(":", len(s.data))),
    "decr": (1, 1, lambda s, a: s.added(a[0], -1)),
    "decrby": (2, 2, lambda s, a: s.added(a[0], -_integer(a[1]))),
    "del": (1, None, _deleted),
    "echo": (1, 1, lambda s, a: Reply("$", a[0])),
    "exists": (1, None, lambda s, a: Reply(":", sum(key in s.data for key in a))),
    "flushall": (0, 1, _cleared),
    "flushdb": (0, 1, _cleared),
    "get": (1, 1, lambda s, a: Reply("$", s.of(a[0], str))),
    "hget": (2, 2, lambda s, a: Reply("$", (s.of(a[0], dict) or {}).get(a[1]))),
    "hgetall": (1, 1, _hash_all),
    "hset": (3, None, _hash_set),
    "incr": (1, 1, lambda s, a: s.added(a[0], 1)),
    "incrby": (2, 2, lambda s, a: s.added(a[0], _integer(a[1]))),
    "keys": (1, 1, lambda s, a: Reply("*", [key for key in s.data if fnmatch.fnmatchcase(key, a[0])])),
    "llen": (1, 1, lambda s, a: Reply(":", len(s.of(a[0], list) or []))),
    "lpush": (2, None, lambda s, a: s.pushed(a[0], a[1:], left=True)),
    "lrange": (3, 3, _range),
    "mget": (1, None, lambda s, a: Reply("*", [s.data.get(key) for key in a])),
    "ping": (0, 1, lambda s, a: Reply("$", a[0]) if a else Reply("+", "PONG")),
    "rpush": (2, None, lambda s, a: s.pushed(a[0], a[1:], left=False)),
    "save": (0, 0, lambda s, a: _OK),
    "select": (1, 1, lambda s, a: _OK),
    "set": (2, None, _set),
    "strlen": (1, 1, lambda s, a: Reply(":", len(s.of(a[0], str) or ""))),
    "type": (1, 1, _type),
}
"""By name: how many words it takes at least and at most."""


def is_redis(spec: Any) -> bool:
    """Whether a container is one of redis."""
    return "redis" in image_name(spec.image)


# --- the client --------------------------------------------------------------------------------------------


def redis_cli(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """redis-cli [-h HOST] [-p PORT] [-a PASSWORD] [COMMAND ...]: one command, or those that it reads."""
    host, port, password, rest = "127.0.0.1", PORT, "", list(words[1:])
    while rest and rest[0].startswith("-"):
        flag = rest.pop(0)
        if flag in ("-h", "-p", "-a", "-n", "-u") and rest:
            value = rest.pop(0)
            host, password = (value if flag == "-h" else host), (value if flag == "-a" else password)
            port = int(value) if flag == "-p" and is_whole(value) and len(value) < 6 else port
    lines = [rest] if rest else [_words(line) for line in stdin.splitlines() if line.strip()][:_MOST_COMMANDS]
    if rest and stdin and "-x" in words:
        lines = [[*rest, stdin.removesuffix("\n")]]
    try:
        server, files = _connected(here, host, port)
    except Said as said:
        why = said.text.rpartition(": ")[2] or "Connection timed out"
        return Ran(err=f"Could not connect to Redis at {host}:{port}: {why}\n", code=1)
    out, code = "", 0
    for line in lines:
        told, code = _answered(server, line, password, terminal=here.terminal)
        out += told
    for command in files.changes if files is not here.files else ():
        here.commands.append(command)
    return Ran(out, code=code)


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return ["Invalid argument(s)"]


def _connected(here: Any, host: str, port: int) -> tuple[_Server, ContainerFiles]:
    """The server there. Raises Said."""
    if host in ("127.0.0.1", "localhost") and is_redis(here.spec):
        return _Server(here.api, here.pod, here.spec, here.files), here.files
    pod, spec = taker(here, host, port)
    files = ContainerFiles(here.api, pod, spec)
    if not is_redis(spec):
        raise Said("curl: : Connection reset by peer")
    return _Server(here.api, pod, spec, files), files


def _answered(server: _Server, words: Sequence[str], password: str, *, terminal: bool) -> tuple[str, int]:
    """What is printed of a command, and the exit code."""
    needed = server.settings["requirepass"]
    try:
        if needed and password != needed and words[0].lower() != "auth":
            raise RedisError("NOAUTH Authentication required.")
        reply = _OK if words[0].lower() == "auth" else server.run(words)
        server.keep()
    except RedisError as error:
        return f"(error) {error}\n" if terminal else f"{error}\n\n", 1
    return (_formatted(reply) if terminal else _raw(reply)), 0


def _formatted(reply: Reply) -> str:
    """As for a person."""
    match reply.kind:
        case "+":
            return f"{reply.value}\n"
        case ":":
            return f"(integer) {reply.value}\n"
        case "$":
            return "(nil)\n" if reply.value is None else f"{json.dumps(reply.value)}\n"
    if not reply.value:
        return "(empty array)\n"
    wide = len(str(len(reply.value)))
    return "".join(
        f"{number:>{wide}}) {_formatted(Reply('$', value))}" for number, value in enumerate(reply.value, 1)
    )


def _raw(reply: Reply) -> str:
    """As for a program."""
    if reply.kind == "*":
        return "".join(f"{'' if value is None else value}\n" for value in reply.value) or "\n"
    return f"{'' if reply.value is None else reply.value}\n"
