"""How the programs of images end when they are told to.

A runtime sends the signal that an image names, SIGTERM where it names none (STOPSIGNAL of its Dockerfile),
and what the program makes of it is its own: most servers shut down in order and end with 0, a JVM ends with
143. A program in Go that heeds no signal ends with 2 as the first process of a container
(runtime/signal_unix.go dieFromSignal). Of an image that is not in this table it is taken that it ends by
SIGTERM.

nginx: SIGQUIT since 1.19 (docker-nginx Dockerfile), SIGTERM before, both to 0; httpd and php's apache:
SIGWINCH; haproxy: SIGUSR1; postgres: SIGINT; redis, mysql, mariadb, mongo, memcached: SIGTERM; agnhost: v1.36
test/images; pause: v1.36 build/pause/linux/pause.c. JVMs (tomcat, cassandra, elasticsearch, zookeeper): 128 +
SIGTERM.
"""

from collections.abc import Mapping
from signal import SIGTERM
from typing import Final

from clustersim.api.core_v1 import Container
from clustersim.programs.agnhost import verb_and_rest
from clustersim.programs.known import image_name
from clustersim.programs.program import Program
from clustersim.shell.plain import plain_name

BY_SIGNAL: Final = 128 + SIGTERM
IN_ORDER: Final = 0
IN_GO: Final = 2
"""A program in Go without a handler."""

_IN_ORDER: Final = (
    "caddy", "coredns", "echoserver", "haproxy", "hpa-example", "httpd", "mariadb", "memcached", "mongo",
    "mysql", "nginx", "nginx-slim", "nginx-unprivileged", "pause", "php-apache", "phpmyadmin", "postgres",
    "redis", "traefik", "wordpress",
)  # fmt: skip
_IN_GO: Final = ("guestbook", "hello-app", "whoami")
_CODES: Final[Mapping[str, int]] = {
    **dict.fromkeys(_IN_ORDER, IN_ORDER),
    **dict.fromkeys(_IN_GO, IN_GO),
}
_OWN: Final[Mapping[str, str]] = {
    "apache2-foreground": "httpd",
    "docker-entrypoint.sh": "",
    "httpd": "httpd",
    "httpd-foreground": "httpd",
    "mongod": "mongo",
    "mysqld": "mysql",
    "nginx": "nginx",
    "postgres": "postgres",
    "redis-server": "redis",
}
"""Programs that a command may name, as the image that runs them by itself; empty: whatever its image runs."""
_OF_AGNHOST: Final[Mapping[str, int]] = {"netexec": IN_ORDER, "serve-hostname": IN_ORDER}


def stop_code(spec: Container, program: Program | None) -> int:
    """The exit code of a program that heeds what it is told. program: what is known of it beside its
    image."""
    if program is not None and program.stop_code is not None:
        return program.stop_code
    image = image_name(spec.image)
    if image == "agnhost":
        return _OF_AGNHOST.get(verb_and_rest((*spec.command, *spec.args))[0], IN_GO)
    if spec.command:
        image = _OWN.get(plain_name(spec.command[0]), "another") or image
    return _CODES.get(image, BY_SIGNAL)
