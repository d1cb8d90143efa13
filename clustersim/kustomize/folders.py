"""Files by their paths, seen from the folder of a kustomization (kustomize api/internal/loader)."""

import posixpath
from collections.abc import Mapping
from typing import Final

from clustersim.kustomize.errors import KustomizeError

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What the file of a kustomization may be called."""

REMOTE: Final = ("http://", "https://", "git@", "git::", "ssh://", "github.com/", "gh:")


class Folder:
    """A folder of a kustomization. files: all texts, by absolute path; above: the folders that led here."""

    def __init__(self, files: Mapping[str, str], root: str, above: tuple[str, ...] = ()) -> None:
        self.files = files
        self.root = root
        self.above = above

    def path(self, name: str) -> str:
        """Where a file is that is named from here."""
        return posixpath.normpath(posixpath.join(self.root, name))

    def is_folder(self, path: str) -> bool:
        """Whether something lies below it."""
        begin = path.rstrip("/") + "/"
        return any(name.startswith(begin) for name in self.files)

    def load(self, name: str) -> str:
        """The text of a file. Raises KustomizeError, also where it is outside of the folder."""
        path = self.path(name)
        if path not in self.files:
            if self.is_folder(path):
                raise KustomizeError(f"'{path}' must resolve to a file")
            raise KustomizeError(_no_link(path))
        if not path.startswith(self.root.rstrip("/") + "/"):
            raise KustomizeError(f"security; file '{path}' is not in or below '{self.root}'")
        return self.files[path]

    def below(self, name: str) -> "Folder":
        """The folder of another kustomization. Raises KustomizeError."""
        if name.startswith(REMOTE):
            raise KustomizeError(f"no way to the internet to fetch {name}")
        path = self.path(name)
        if path in self.files:
            raise KustomizeError(f"must build at directory: '{path}': file is not directory")
        if not self.is_folder(path):
            raise KustomizeError(f"must build at directory: not a valid directory: {_no_link(path)}")
        if path in (self.root, *self.above):
            raise KustomizeError(f"cycle detected: candidate root '{path}' contains visited root '{path}'")
        return Folder(self.files, path, (*self.above, self.root))

    def kustomization(self) -> tuple[str, str]:
        """The text of the kustomization, and what its file is called. Raises KustomizeError."""
        found = [name for name in NAMES if self.path(name) in self.files]
        if not found:
            raise KustomizeError(
                "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in "
                f"directory '{self.root}'"
            )
        if len(found) > 1:
            raise KustomizeError(f"Found multiple kustomization files under: {self.root}\n")
        return self.files[self.path(found[0])], found[0]


def _no_link(path: str) -> str:
    return f"evalsymlink failure on '{path}' : lstat {path}: no such file or directory"


def root_of(files: Mapping[str, str], name: str, path: str) -> Folder:
    """The folder that was named on the command line. Raises KustomizeError."""
    if path in files:
        raise KustomizeError(f"must build at directory: '{name}': file is not directory")
    folder = Folder(files, path)
    if not folder.is_folder(path):
        told = f"evalsymlink failure on '{name}' : lstat {path}: no such file or directory"
        raise KustomizeError(f"must build at directory: not a valid directory: {told}")
    return folder
