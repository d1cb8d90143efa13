"""Which programs an image has, of images that are known: what a container names that its image does not have
cannot be started.

Of any other image nothing is known, and everything that it is told to run runs. Lists: busybox 1.36 (alpine
has the same and apk), the packages of Debian and Ubuntu that their images install, and those of the servers
of Docker's official images.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from clustersim.api.core_v1 import Container
from clustersim.programs.known import image_name, lacks_shells

_FILE: Final = Path(__file__).with_suffix(".txt")
_SERVERS: Final = ("httpd", "mariadb", "memcached", "mongo", "mysql", "nginx", "postgres", "redis")
"""Servers whose images have theirs beside those of Debian, or of alpine."""
_ENTERED: Final = ("mariadb", "memcached", "mongo", "mysql", "nginx", "postgres", "redis")
"""Images with a script that runs whatever a container names in its arguments."""
_FOLDERS: Final = ("/bin", "/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin", "/usr/sbin")


@cache
def _listed() -> Mapping[str, frozenset[str]]:
    """The lists by their names."""
    found: dict[str, frozenset[str]] = {}
    name = ""
    for line in _FILE.read_text().splitlines():
        if line.startswith(" "):
            found[name] = found.get(name, frozenset()).union(line.split())
        else:
            name = line
    return found


@cache
def _programs(image: str) -> frozenset[str] | None:
    """All of an image by their names; None where they are not known."""
    repository = image.partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    name, tag, lists = image_name(image), repository.partition(":")[2], _listed()
    if "/" in repository:  # somebody else's of that name
        return frozenset() if lacks_shells(image) else None
    if name in _SERVERS:
        base = lists["busybox"] | lists["alpine"] if "alpine" in tag else lists["debian"]
        return base | lists[name] | _FROM_CONSOLE
    match name:
        case "alpine":
            return lists["busybox"] | lists["alpine"]
        case "busybox" | "debian":
            return lists[name]
        case "ubuntu":
            return lists["debian"] | lists["ubuntu"]
    return None


_FROM_CONSOLE: Final = frozenset(("curl", "nc", "nslookup", "ps", "wget"))
"""What this model's containers of servers have all the same, as though somebody had installed it."""


def lacks(image: str, path: str) -> bool:
    """Whether an image is known not to have a program, which is named by its name or by its path."""
    programs = _programs(image)
    if programs is None or not path:
        return False
    folder, _slash, name = path.rpartition("/")
    if folder and not path.startswith("/"):
        return False  # from where its program is, which is not known
    if programs:
        return name not in programs
    return name in _listed()["busybox"] and (not folder or folder in _FOLDERS)


def has(image: str, path: str) -> bool:
    """Whether an image is known to have a program."""
    programs = _programs(image)
    return bool(programs) and path.rpartition("/")[2] in (programs or ())


def unknown_to_shell(image: str, path: str) -> bool:
    """Whether a shell in an image does not find that program: it is no command of its own either."""
    return path not in _listed()["shell"] and lacks(image, path)


def missing(spec: Container, made: Iterable[str] = ()) -> str:
    """What a runtime says of the program that a container names and its image does not have; empty where it
    can be started, or nobody knows. made: files that are in its volumes."""
    entered = image_name(spec.image) in _ENTERED
    words = spec.command or (() if entered else spec.args)
    if not words or "$(" in words[0]:
        return ""
    path = words[0]
    if not lacks(spec.image, path) or path in made or _is_mounted(spec, path):
        return ""
    if path.startswith("/"):
        return f'exec: "{path}": stat {path}: no such file or directory'
    return f'exec: "{path}": executable file not found in $PATH'


def unknown_to_entrypoint(spec: Container) -> bool:
    """Whether the script with which an image begins is told to run a program that is not there."""
    if spec.command or not spec.args or image_name(spec.image) not in _ENTERED:
        return False
    first = spec.args[0]
    return not first.startswith("-") and "$(" not in first and lacks(spec.image, first)


def _is_mounted(spec: Container, path: str) -> bool:
    mounts = [one.mount_path.rstrip("/") for one in spec.volume_mounts]
    return any(path == mount or path.startswith(f"{mount}/") for mount in mounts)
