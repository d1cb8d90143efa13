"""Programs of images of servers that ask whether the server is there and in order, or tell it something.

nginx -t, -v and -s (nginx 1.x src/core/nginx.c, ngx_cycle.c), pg_isready (PostgreSQL
src/bin/scripts/pg_isready.c), mysqladmin ping (MySQL 5.7 client/mysqladmin.cc). What else these programs can
do asks for servers that hold data, and is not modelled.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.answer import Said
from clustersim.console.arguments import Arguments, Flags, parse
from clustersim.console.nodes.connecting import taker
from clustersim.console.nodes.container_environment import environment
from clustersim.digits import is_whole
from clustersim.engine.calendar import calendar
from clustersim.programs import image_name
from clustersim.shell.ran import Ran

_LOCAL: Final = ("127.0.0.1", "localhost")
_SOCKET: Final = "/var/run/postgresql"
_READY: Final = Flags(
    {
        **{name[0]: name for name in ("dbname", "host", "port", "timeout")},
        **{name: name for name in ("dbname", "host", "port", "timeout", "username")},
        "U": "username",
    },
    {"q": "quiet", "quiet": "quiet"},
)
_ADMIN: Final = Flags(
    {
        **{name: name for name in ("connect-timeout", "host", "port", "protocol", "socket", "user")},
        "h": "host",
        "P": "port",
        "u": "user",
    },
    {"s": "silent", "silent": "silent"},
    {"password": ("password", "")},
)
_INSECURE: Final = "[Warning] Using a password on the command line interface can be insecure."
_SIGNALS: Final = ("quit", "reload", "reopen", "stop")


class NotModelled(Exception):
    """What only the real program could answer."""


def nginx(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """nginx -t, -v, -s SIGNAL."""
    match words[1:]:
        case ["-t"] if not any(one.mount_path.startswith("/etc/nginx") for one in here.spec.volume_mounts):
            path = "/etc/nginx/nginx.conf"
            told = (
                f"the configuration file {path} syntax is ok",
                f"configuration file {path} test is successful",
            )
            return Ran(err="".join(f"nginx: {line}\n" for line in told))
        case ["-v"] if found := re.match(r"\d+\.\d+\.\d+", here.spec.image.rpartition(":")[2]):
            return Ran(err=f"nginx version: nginx/{found[0]}\n")
        case ["-s", "reload" | "reopen"]:
            moment = calendar().moment(here.api.now).strftime("%Y/%m/%d %H:%M:%S")
            return Ran(err=f"{moment} [notice] 42#42: signal process started\n")
        case ["-s", name] if name not in _SIGNALS:
            return Ran(err=f'nginx: invalid option: "-s {name}"\n', code=1)
    raise NotModelled


def pg_isready(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """pg_isready [-h HOST] [-p PORT]: 0 where a server takes connections, 2 where none answers."""
    arguments = _read(words, _READY)
    variables = environment(here.api, here.pod, here.spec)
    host = arguments.value("host") or variables.get("PGHOST", "")
    port = arguments.value("port") or variables.get("PGPORT", "5432")
    there = _answers(here, host, port, ("postgres",))
    told = f"{host or _SOCKET}:{port} - {'accepting connections' if there else 'no response'}\n"
    return Ran("" if arguments.has("quiet") else told, code=0 if there else 2)


def mysqladmin(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """mysqladmin ping: 0 where a server answers, whoever asks."""
    # a password is written without a space
    given = [word[2:] for word in words[1:] if word.startswith("-p") and len(word) > 2]
    arguments = _read([word for word in words if not word.startswith("-p")], _ADMIN)
    if arguments.words != ("ping",):
        raise NotModelled
    program = words[0]
    host = arguments.value("host", "localhost")
    port = arguments.value("port", "3306")
    password = given[-1] if given else arguments.value("password")
    warned = f"{program}: {_INSECURE}\n" if password else ""
    if not _answers(here, host, port, ("mysql", "mariadb")):
        why = f"Can't connect to MySQL server on '{host}' (111)"
        told = (
            f"{program}: connect to server at '{host}' failed",
            f"error: '{why}'",
            f"Check that mysqld is running on {host} and that the port is {port}.",
            f"You can check this by doing 'telnet {host} {port}'",
        )
        return Ran(err=warned + "".join(f"{line}\n" for line in told), code=1)
    user = arguments.value("user", "root")
    variables = environment(here.api, here.pod, here.spec)
    needed = variables.get("MYSQL_ROOT_PASSWORD") or variables.get("MARIADB_ROOT_PASSWORD") or ""
    if host in _LOCAL and user == "root" and needed != password:
        why = f"Access denied for user 'root'@'localhost' (using password: {'YES' if password else 'NO'})"
        return Ran(err=f"{warned}{program}: connect to server at '{host}' failed\nerror: '{why}'\n")
    return Ran("mysqld is alive\n", warned)


def _read(words: Sequence[str], flags: Flags) -> Arguments:
    try:
        return parse(words[1:], flags)
    except Said as said:
        raise NotModelled from said


def _answers(here: Any, host: str, port: str, images: Sequence[str]) -> bool:
    """Whether a server of one of those images takes a connection; no host: by its socket."""
    if not is_whole(port) or len(port) > 5:
        return False
    if not host or host in _LOCAL or host.startswith("/"):
        return any(one in image_name(here.spec.image) for one in images)
    try:
        _pod, spec = taker(here, host, int(port))
    except Said:
        return False
    return any(one in image_name(spec.image) for one in images)
