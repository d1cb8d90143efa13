"""tar inside a container, as far as `kubectl cp` needs it: files that hold text, in and out."""

import io
import posixpath
import tarfile
from collections.abc import Sequence
from typing import Final

from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.shell.plain import absolute
from clustersim.shell.ran import Ran

MOST_FILES: Final = 50
MOST_BYTES: Final = 1 << 20
"""Of one archive."""


def tar(files: ContainerFiles, words: Sequence[str], stdin: bytes) -> tuple[Ran, bytes]:
    """tar cf - PATH..., tar xf - [-C DIRECTORY]: what it says, and the archive."""
    options = [word.lstrip("-") for word in words[1:2]] + [
        w.lstrip("-") for w in words[2:] if w.startswith("-")
    ]
    letters = next((one for one in options if one.endswith("f")), "")
    directory = words[words.index("-C") + 1] if "-C" in words[:-1] else "/"
    if "x" in letters:
        return _unpack(files, stdin, directory), b""
    if "c" not in letters:
        return Ran(err="tar: must specify one of -c, -x, -t\n", code=1), b""
    paths = [word for word in words[2:] if not word.startswith("-") and word != directory]
    return _pack(files, [absolute(path, directory) for path in paths])


def _pack(files: ContainerFiles, paths: Sequence[str]) -> tuple[Ran, bytes]:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        for path in paths:
            inside = [posixpath.join(path, name) for name in files.names(path)] or [path]
            for one in inside:
                text = files.text(one)
                if text is None:
                    return Ran(err=f"tar: {one.lstrip('/')}: No such file or directory\n", code=1), b""
                data = text.encode("utf-8", "surrogateescape")
                entry = tarfile.TarInfo(one.lstrip("/")[:100])
                entry.size = len(data)
                packed.addfile(entry, io.BytesIO(data))
    return Ran(), archive.getvalue()


def _unpack(files: ContainerFiles, data: bytes, directory: str) -> Ran:
    try:
        with tarfile.open(fileobj=io.BytesIO(data[:MOST_BYTES]), mode="r:") as packed:
            for number, entry in enumerate(packed):
                if number >= MOST_FILES:
                    return Ran(err=f"tar: more than {MOST_FILES} files\n", code=1)
                if entry.size > MOST_BYTES:  # A sparse file says more than it brings.
                    return Ran(err=f"tar: {entry.name[:100]}: larger than {MOST_BYTES} bytes\n", code=1)
                found = packed.extractfile(entry) if entry.isfile() else None
                if found is not None:
                    text = found.read().decode("utf-8", "surrogateescape")
                    files.write(absolute(entry.name, directory), text)
    except (tarfile.TarError, EOFError):
        return Ran(err="tar: short read\n", code=1)
    return Ran()
