"""hostPath volumes: whether there is on the node what the volume's type says there must be (v1.8.0
pkg/volume/host_path/host_path.go, v1.36.2 pkg/volume/hostpath/host_path.go checkTypeInternal).

A node of this model has the folders, files, sockets and devices that every machine with its runtime has, and
what kubelets have made for volumes.
"""

import posixpath
from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.state import State
from clustersim.machine import Machine

FOLDER: Final = "Directory"
FILE: Final = "File"
SOCKET: Final = "Socket"
CHARACTER: Final = "CharDevice"
BLOCK: Final = "BlockDevice"
_WORDS: Final = {
    FOLDER: "a directory",
    FILE: "a file",
    SOCKET: "a socket file",
    CHARACTER: "a character device",
    BLOCK: "a block device",
}
_FOLDERS: Final = (
    "/", "/bin", "/boot", "/dev", "/etc", "/etc/cni", "/etc/cni/net.d", "/etc/kubernetes",
    "/etc/kubernetes/manifests", "/etc/ssl", "/etc/ssl/certs", "/home", "/lib", "/lib/modules", "/media",
    "/mnt",
    "/opt", "/opt/cni", "/opt/cni/bin", "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/sys/fs/cgroup",
    "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/share", "/var", "/var/lib",
    "/var/lib/kubelet", "/var/log", "/var/log/containers", "/var/log/pods", "/var/run",
)  # fmt: skip
_TEMPORARY: Final = ("/tmp", "/var/tmp")  # noqa: S108 (paths in a model)
_FILES: Final = (
    "/etc/fstab", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/machine-id",
    "/etc/os-release", "/etc/passwd", "/etc/resolv.conf", "/etc/shadow", "/var/lib/kubelet/config.yaml",
)  # fmt: skip
_CHARACTERS: Final = (
    "/dev/console", "/dev/full", "/dev/fuse", "/dev/kmsg", "/dev/null", "/dev/random", "/dev/tty",
    "/dev/urandom", "/dev/zero",
)  # fmt: skip
_BLOCKS: Final = ("/dev/sda", "/dev/sda1")
_OF_RUNTIME: Final = {
    "docker": {
        "/var/lib/docker": FOLDER,
        "/var/lib/docker/containers": FOLDER,
        "/run/docker.sock": SOCKET,
        "/var/run/docker.sock": SOCKET,
    },
    "containerd": {
        "/var/lib/containerd": FOLDER,
        "/run/containerd": FOLDER,
        "/run/containerd/containerd.sock": SOCKET,
        "/var/run/containerd/containerd.sock": SOCKET,
    },
}
_KNOWN: Final = {
    **dict.fromkeys((*_FOLDERS, *_TEMPORARY), FOLDER),
    **dict.fromkeys(_FILES, FILE),
    **dict.fromkeys(_CHARACTERS, CHARACTER),
    **dict.fromkeys(_BLOCKS, BLOCK),
}


class MadePaths(State):
    """On the node's disk: folders and files that were made for volumes."""

    kinds: dict[str, str] = msgspec.field(default_factory=dict)


def missing(machine: Machine, runtime: str, pod: Pod) -> tuple[str, str]:
    """The first volume of the pod of which the node has not what it should, and why it is not mounted; both
    empty if all are there. What is to be made is made."""
    for volume in pod.spec.volumes:
        source = volume.host_path
        if source is None or not source.type:
            continue
        if error := _check(machine, runtime, posixpath.normpath(source.path), source.type):
            return volume.name, error
    return "", ""


def _check(machine: Machine, runtime: str, path: str, wanted: str) -> str:
    kind = _kind(machine, runtime, path)
    if wanted.endswith("OrCreate"):
        wanted = wanted.removesuffix("OrCreate")
        if not kind:
            return _make(machine, runtime, path, wanted)
    return "" if kind == wanted else f"hostPath type check failed: {path} is not {_WORDS[wanted]}"


def _kind(machine: Machine, runtime: str, path: str) -> str:
    made: MadePaths | None = machine.state.disk.get("host-paths")
    own = "" if made is None else made.kinds.get(path, "")
    return own or _KNOWN.get(path, "") or _OF_RUNTIME[runtime].get(path, "")


def _make(machine: Machine, runtime: str, path: str, kind: str) -> str:
    """A folder is made with those above it; a file only where its folder is."""
    above = posixpath.dirname(path)
    if kind == FILE and _kind(machine, runtime, above) != FOLDER:
        return f"open {path}: no such file or directory"
    made: MadePaths = machine.state.disk.setdefault("host-paths", MadePaths())
    made.kinds[path] = kind
    while kind == FOLDER and not _kind(machine, runtime, above):
        made.kinds[above] = FOLDER
        above = posixpath.dirname(above)
    return ""
