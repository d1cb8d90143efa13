"""Files of a container: those that its script or somebody inside made or removed, those that its volumes
bring, and the few that every container has. What else an image has nobody knows here."""

import posixpath
import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from clustersim.command import Argument, Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.cgroup_files import cgroup_files
from clustersim.console.nodes.held import record_of
from clustersim.console.nodes.lookup import own_names
from clustersim.console.nodes.network_files import hosts, resolv_conf
from clustersim.console.nodes.volume_files import files_of_volumes
from clustersim.i18n import _
from clustersim.programs import directories_of_images, image_lacks, known_files
from clustersim.runtime.records import Container
from clustersim.shell.plain import SHELLS
from clustersim.shell.ran import Failed, Ran

_NO_TEXT: Final = re.compile("[\ud800-\udfff]")
_SMALL: Final = ("alpine", "busybox")
"""Images whose commands are those of busybox."""
_TRIES: Final = {
    "dd": ("failed to open '{path}'", "can't open '{path}'"),
    "fallocate": ("cannot open {path}", "can't open '{path}'"),
    "mv": ("cannot move '{path}'", "can't rename '{path}'"),
    "rm": ("cannot remove '{path}'", "can't remove '{path}'"),
    "touch": ("cannot touch '{path}'", ""),
}
"""What programs could not do, in their words and in those of busybox."""
_MISSING: Final = "No such file or directory"
_OF_MOUNT, _OF_FOLDER, _OF_FILE = 0o777, 0o755, 0o644
"""Permissions of a folder where a volume is mounted, of any other, and of a file that somebody makes."""


class ReadOnlyError(Failed):
    """A file cannot be made or removed, as a shell says it. path: which."""

    def __init__(self, path: str, shell: str) -> None:
        super().__init__(f"{shell}: can't create {path}: Read-only file system")
        self.path = path

    def said_by(self, program: str, *, small: bool) -> str:
        """The same in the words of a program; those of busybox are their own."""
        words, small_words = _TRIES.get(program, ("", ""))
        told = small_words if small else words
        return f"{program}: {(told or '{path}').format(path=self.path)}: Read-only file system"


class ContainerFiles:
    """Files of a running container, with what one line of commands has changed so far. begins: those that
    this container had when it began.
    """

    def __init__(self, api: Any, pod: Any, spec: Any, *, begins: Container | None = None) -> None:
        self.pod, self.spec = pod, spec
        self._changed: dict[str, Command] = {}
        self._blank: dict[str, int] = {}
        record = begins or record_of(api, pod, spec.name)
        in_volumes = files_of_volumes(api, pod, spec, record)
        self._modes = {path: file.mode for path, file in in_volumes.items()}
        texts = {path: file.text for path, file in in_volumes.items()}
        limits = {} if record is None else cgroup_files(record, api.now, unified=api.today)
        self._known: dict[str, str | None] = {**known_files(spec.image), **_of_every(pod), **limits, **texts}
        self._mounts = _folders(spec, record)
        self.began = None if record is None else record.started_at
        self._made = set() if record is None else {file.path for file in record.files}
        if record is not None:
            made = record.files if begins is None else record.found
            self._known.update({file.path: file.text for file in made})
            self._blank.update({file.path: file.blank for file in made if file.blank})

    def text(self, path: str) -> str | None:
        """What is in a file; None: there is no such file. Raises Said where nobody knows."""
        if path in self._known:
            return self._known[path]
        if self._lacks(path):
            return None
        raise Said(
            f"cat: {path}: {_MISSING}",
            note=_("Of a container's files this model knows those that its volumes and its commands make."),
        )

    def mode(self, path: str) -> int:
        """The permissions of a file or a directory: of those that volumes bring as they say, of a file that
        somebody has made what it is made with."""
        place = path.rstrip("/")
        if place in self._modes:
            return self._modes[place]
        if place in (mount.mount_path.rstrip("/") for mount in self.spec.volume_mounts):
            return _OF_MOUNT
        return _OF_FOLDER if self.is_directory(path) else _OF_FILE

    def is_made_inside(self, path: str) -> bool:
        """Somebody inside, or the container's program, has made it."""
        return path in self._made or path in self._changed

    def is_of_volume(self, path: str) -> bool:
        """It is in a volume, or is where one is mounted; folders of the machine stay as they are."""
        machines = {volume.name for volume in self.pod.spec.volumes if volume.host_path is not None}
        owned = (one for one in self.spec.volume_mounts if one.name not in machines)
        mounts = (one.mount_path.rstrip("/") for one in owned)
        return any(path.rstrip("/") == mount or path.startswith(f"{mount}/") for mount in mounts)

    def names(self, directory: str) -> list[str]:
        """What is known to be in a directory."""
        inside = directory.rstrip("/") + "/"
        found = (path.removeprefix(inside) for path in self._known if path.startswith(inside))
        present = {name.partition("/")[0] for name in found if self._known[inside + name] is not None}
        mounts = (one.mount_path.rstrip("/") for one in self.spec.volume_mounts)
        below = (path.removeprefix(inside) for path in mounts if path.startswith(inside))
        present |= {name.partition("/")[0] for name in below}
        return sorted({*present, *directories_of_images(small=self.small)} if inside == "/" else present)

    def is_directory(self, path: str) -> bool:
        """Whether it is a directory, as far as that is known."""
        place = path.rstrip("/")
        return (
            place in self._mounts
            or bool(self.names(path))
            or (self._known.get(path) is None and not self._lacks(path))
        )

    def _lacks(self, path: str) -> bool:
        return image_lacks(path) or any(path.startswith(f"{mount}/") for mount in self._mounts)

    def blank(self, path: str) -> int:
        """Bytes behind the text of a file of which only the number is known."""
        return self._blank.get(path, 0)

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return len((self.text(path) or "").encode("utf-8", "surrogateescape")) + self.blank(path)

    @property
    def known_paths(self) -> Collection[str]:
        """Files of which it is known whether they are there."""
        return self._known.keys()

    def below(self, directory: str) -> list[str]:
        """All files that are known to be below a directory."""
        inside, known = directory.rstrip("/") + "/", self._known
        return sorted(path for path in known if path.startswith(inside) and known[path] is not None)

    def write(self, path: str, text: str | None, blank: int = 0) -> None:
        """Make a file, or remove it (None). blank: bytes behind its text. Raises Said for what is no text."""
        if text is not None and not text.isascii() and _NO_TEXT.search(text):
            raise Said(note=_("Files of this model hold text, and nothing else."))
        security = self.spec.security_context
        if security is not None and security.read_only_root_filesystem and not self._is_mounted(path):
            raise ReadOnlyError(path, self._shell)
        self._known[path] = text
        self._blank[path] = blank
        args: dict[str, Argument] = {"path": path, "container": self.spec.name}
        verb = "remove-file" if text is None else "write-file"
        given = args if text is None else {**args, "text": text} | ({"blank": blank} if blank else {})
        self._changed[path] = Command(verb, self.pod.metadata.uid, given)

    def _is_mounted(self, path: str) -> bool:
        return any(path.startswith(f"{one.mount_path.rstrip('/')}/") for one in self.spec.volume_mounts)

    @property
    def _shell(self) -> str:
        """As the program of the container calls its shell."""
        return self.spec.command[0] if self.spec.command and self.spec.command[0] in SHELLS else "sh"

    @property
    def changes(self) -> tuple[Command, ...]:
        """What is to be done to the cluster, so that it is as it was left."""
        return tuple(self._changed.values())

    @property
    def small(self) -> bool:
        """The image's commands are those of busybox."""
        return self.spec.image.rpartition("/")[2].partition(":")[0] in _SMALL


def _folders(spec: Any, record: Container | None) -> set[str]:
    """Where volumes are mounted, and in them the parts that other mounts are of."""
    parts = {} if record is None else {one.mount_path: record.part_of(one) for one in spec.volume_mounts}
    whole = [one for one in spec.volume_mounts if not (one.sub_path or one.sub_path_expr)]
    return {one.mount_path.rstrip("/") for one in whole} | {
        posixpath.join(one.mount_path, parts[other.mount_path])
        for one in whole
        for other in spec.volume_mounts
        if other.name == one.name and parts.get(other.mount_path)
    }


def _of_every(pod: Any) -> dict[str, str]:
    return {
        "/etc/hostname": own_names(pod)[0],
        "/etc/hosts": hosts(pod),
        "/etc/resolv.conf": resolv_conf(pod),
    }


def cat(files: ContainerFiles, words: Sequence[str]) -> Ran:
    """What is in files."""
    out, err = "", ""
    for path in _paths(words):
        text = files.text(path)
        quoted = f"can't open '{path}'" if files.small else path
        out += text or ""
        err += "" if text is not None else f"cat: {quoted}: {_MISSING}\n"
    return Ran(out, err, int(bool(err)))


def ls(files: ContainerFiles, paths: Sequence[str], *, itself: bool = False) -> Ran:
    """What is in directories, and which files there are. itself: a directory, and not what is in it."""
    out, err = "", ""
    for path in paths:
        if files.is_directory(path) and not itself:
            out += "".join(f"{name}\n" for name in files.names(path))
        elif files.is_directory(path) or files.text(path) is not None:
            out += f"{path}\n"
        else:
            quoted = path if files.small else f"cannot access '{path}'"
            err += f"ls: {quoted}: {_MISSING}\n"
    return Ran(out, err, (1 if files.small else 2) * bool(err))


def touch(files: ContainerFiles, words: Sequence[str]) -> Answer:
    """Files that are there from now on; what is in those that are known stays."""
    for path in _paths(words):
        folder, name = posixpath.split(path)
        if files.is_directory(path):
            continue
        if name not in files.names(folder):
            files.write(path, "")
    return Answer()


def rm(files: ContainerFiles, words: Sequence[str]) -> Answer:
    """Files that are gone from now on."""
    lines = []
    for path in _paths(words):
        inside = [f"{path.rstrip('/')}/{name}" for name in files.names(path)]
        if inside:
            for one in inside:
                files.write(one, None)
        elif image_lacks(path) and files.text(path) is None:
            quoted = f"can't remove '{path}'" if files.small else f"cannot remove '{path}'"
            lines += [] if _forced(words) else [f"rm: {quoted}: {_MISSING}"]
        else:
            files.write(path, None)
    return Answer(text="\n".join(lines), ok=not lines)


def mv(files: ContainerFiles, words: Sequence[str]) -> Answer:
    """A file under another name."""
    paths = _paths(words)
    if len(paths) != 2:
        raise Said(
            f"mv: missing destination file operand after '{paths[0]}'"
            if paths
            else "mv: missing file operand"
        )
    source, target = paths
    folder, name = posixpath.split(source)
    known = name in files.names(folder) or image_lacks(source)
    text = files.text(source) if known else ""
    if text is None:
        return Answer(text=f"mv: cannot stat '{source}': {_MISSING}", ok=False)
    if files.is_directory(target):
        target = posixpath.join(target, name)
    blank = files.blank(source)
    files.write(source, None)
    files.write(target, text, blank)
    return Answer(text=f"'{source}' -> '{target}'" if "-v" in words else "")


def _paths(words: Sequence[str]) -> list[str]:
    return [posixpath.normpath(posixpath.join("/", word)) for word in words if not word.startswith("-")]


def _forced(words: Sequence[str]) -> bool:
    return any(word.startswith("-") and "f" in word for word in words)
