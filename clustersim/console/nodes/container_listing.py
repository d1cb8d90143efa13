"""ls -l in a container: who may do what with a file, whose it is, how much is in it.

Files that somebody inside has made are theirs, all others root's; volumes with a group of their own are that
group's (v1.36 pkg/volume/volume_linux.go SetVolumeOwnership). All are as old as the container.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.pod_containers import user_and_group
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.systemd import stamp
from clustersim.shell.ran import Ran

_SIZE_OF_FOLDER: Final = 4096
_BLOCK: Final = 4
"""KiB that a file or a folder takes at least."""
_LETTERS: Final = "rwxrwxrwx"


def long(files: ContainerFiles, paths: Sequence[str], *, hidden: bool = False, itself: bool = False) -> Ran:
    """What is in directories, a line each, and the files that are named. hidden: . and .. as well; itself: of
    a directory, and not what is in it."""
    out, err = "", ""
    for path in paths:
        if files.is_directory(path) and not itself:
            names = [*((".", "..") if hidden else ()), *files.names(path)]
            rows = [_row(files, _inside(path, name), name) for name in names]
            if len(paths) > 1:
                out += f"{path}:\n"
            out += f"total {_BLOCK * len(rows)}\n" + _table(files, rows)
        elif files.is_directory(path) or files.text(path) is not None:
            out += _table(files, [_row(files, path, path)])
        else:
            quoted = path if files.small else f"cannot access '{path}'"
            err += f"ls: {quoted}: No such file or directory\n"
    return Ran(out, err, (1 if files.small else 2) * bool(err))


def _inside(folder: str, name: str) -> str:
    return folder if name in (".", "..") else f"{folder.rstrip('/')}/{name}"


def _row(files: ContainerFiles, path: str, name: str) -> tuple[str, ...]:
    folder = files.is_directory(path)
    user, group = _owner(files, path)
    mode = files.mode(path)
    letters = "".join(letter if mode >> (8 - at) & 1 else "-" for at, letter in enumerate(_LETTERS))
    if folder and group != "root" and files.is_of_volume(path):
        letters = f"{letters[:5]}s{letters[6:]}"
    size = _SIZE_OF_FOLDER if folder else files.size(path)
    moment = stamp(files.began)[:-3] if files.began is not None else "Jan 01 00:00"
    day = moment[4:6].lstrip("0").rjust(2)
    when = f"{moment[:4]}{day}{moment[6:]}"
    return ("d" if folder else "-") + letters, "2" if folder else "1", user, group, str(size), when, name


def _owner(files: ContainerFiles, path: str) -> tuple[str, str]:
    security: Any = files.pod.spec.security_context
    user, group = user_and_group(files.pod, files.spec)
    if not files.is_made_inside(path):
        user, group = 0, 0
    if security is not None and security.fs_group is not None and files.is_of_volume(path):
        group = security.fs_group
    return _name(user), _name(group)


def _name(number: int) -> str:
    return "root" if number == 0 else str(number)


def _table(files: ContainerFiles, rows: Sequence[tuple[str, ...]]) -> str:
    """As busybox has its columns, or as wide as they must be."""
    if files.small:
        return "".join(f"{m}    {n} {u:<8} {g:<8} {s:>9} {w} {name}\n" for m, n, u, g, s, w, name in rows)
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    return "".join(
        f"{m} {n} {u:<{widths[2]}} {g:<{widths[3]}} {s:>{widths[4]}} {w} {name}\n"
        for m, n, u, g, s, w, name in rows
    )
