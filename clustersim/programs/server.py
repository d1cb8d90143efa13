"""What answers at a container's ports, as far as that is known from its image or its script.

An image's documentation says where its server listens; a script that sleeps serves nothing. Of all others it
is not known, and whoever asks decides what that means.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container
from clustersim.programs import agnhost, agnhost_servers
from clustersim.programs.known import image_name
from clustersim.programs.pages import NOBODY, Asker, known_page
from clustersim.programs.program import Program

OK: Final = 200
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
REFUSED: Final = 0
"""In place of an HTTP status: nobody listens there."""


class Server(msgspec.Struct, frozen=True):
    """A server of an image: its TCP ports, which paths of HTTP there are (none given: any), and the folder
    whose files it serves."""

    ports: tuple[int, ...]
    paths: tuple[str, ...] = ()
    folder: str = ""


_SERVERS: Final[Mapping[str, Server]] = {
    "hpa-example": Server((80,), ("/", "/index.php")),
    "httpd": Server((80,), ("/", "/index.html"), "/usr/local/apache2/htdocs"),
    "mariadb": Server((3306,)),
    "memcached": Server((11211,)),
    "mongo": Server((27017,)),
    "mysql": Server((3306,)),
    "nginx": Server((80,), ("/", "/index.html", "/50x.html"), "/usr/share/nginx/html"),
    "nginx-slim": Server((80,), ("/", "/index.html", "/50x.html"), "/usr/share/nginx/html"),
    "php-apache": Server((80,), ("/", "/index.php")),
    "postgres": Server((5432,)),
    "redis": Server((6379,)),
}


def listens(spec: Container, program: Program | None, port: int) -> bool | None:
    """Whether a running container takes connections at a port; None where nobody knows."""
    if program is not None:
        return None if program.listens else False
    if is_agnhost(spec):
        return port in agnhost_servers.ports_of(spec)
    server = _server(spec)
    return None if server is None else port in server.ports or port in _declared(spec)


def status(spec: Container, program: Program | None, port: int, path: str) -> int:
    """The HTTP status that a GET brings, or REFUSED; of what nobody knows it is taken that all is well."""
    if listens(spec, program, port) is False:
        return REFUSED
    if is_webserver(spec):
        return OK if path.partition("?")[0] in ("/", *agnhost.FILES) else NOT_FOUND
    server = _server(spec) if program is None else None
    if server is not None and server.paths and path.partition("?")[0] not in server.paths:
        return NOT_FOUND
    return OK


def says(
    spec: Container,
    port: int,
    method: str,
    address: str,
    host_name: str,
    file: agnhost_servers.File,
    asker: Asker = NOBODY,
) -> agnhost_servers.Page:
    """What a program says to a request of HTTP that it takes. One of which nothing is known says the name of
    its pod. file: what is known of its container's files."""
    if is_agnhost(spec):
        found = agnhost_servers.page(spec, port, method, address, host_name, file)
        if found is not None:
            return found
    if (folder := _folder(spec)) and (text := file(_below(folder, address))) is not None:
        return agnhost_servers.Page(OK, text)
    own = None if _is_told_otherwise(spec) else known_page(spec.image, method, address, host_name, asker)
    if own is not None:
        return agnhost_servers.Page(OK, own)
    return agnhost_servers.Page(OK, f"{host_name}\n")


def _is_told_otherwise(spec: Container) -> bool:
    """It runs another program than that of its image, or its image's folder of pages is a volume."""
    server = _SERVERS.get(image_name(spec.image))
    folder = "" if server is None else server.folder
    mounted = (one.mount_path.rstrip("/") for one in spec.volume_mounts)
    hidden = bool(folder) and any(folder == path or folder.startswith(f"{path}/") for path in mounted)
    return hidden or bool(spec.command) or bool(spec.args)


def is_agnhost(spec: Container) -> bool:
    """Whether it runs the image of Kubernetes's own tests, and that image's own program."""
    return image_name(spec.image) == "agnhost" and (not spec.command or spec.command[0] in agnhost.NAMES)


def is_webserver(spec: Container) -> bool:
    """Whether it serves the files of its own image (agnhost test-webserver)."""
    return is_agnhost(spec) and agnhost.verb_and_rest((*spec.command, *spec.args))[0] == "test-webserver"


def page(spec: Container, path: str) -> str | None:
    """The file that a server of files sends for a path; None: the container serves none."""
    if is_webserver(spec):
        return path.partition("?")[0]
    server = _server(spec)
    if server is None or not server.folder:
        return None
    return _below(server.folder, path)


def _below(folder: str, path: str) -> str:
    """The file that stands for a path."""
    plain = path.partition("?")[0]
    return f"{folder}{plain}{'index.html' if plain.endswith('/') else ''}"


def _folder(spec: Container) -> str:
    """Whose files a container serves, which runs the program of its image, whatever it mounts."""
    server = None if spec.command or spec.args else _SERVERS.get(image_name(spec.image))
    return "" if server is None else server.folder


def _server(spec: Container) -> Server | None:
    """The server of the image, unless the container is told to run or to serve something else."""
    if spec.command or spec.args or spec.volume_mounts:
        return None
    return _SERVERS.get(image_name(spec.image))


def _declared(spec: Container) -> tuple[int, ...]:
    return tuple(port.container_port for port in spec.ports)
