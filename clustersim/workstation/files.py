"""Files that somebody keeps on the workstation: manifests that were written, saved or copied there.

Nothing of the cluster reads them; kubectl sends what is in them when somebody names one.
"""

import posixpath
from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.bounds import MOST_KEPT_FILES, MOST_OF_KEPT_FILE, MOST_OF_PATH
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State

HOME: Final = "/root"
"""Where people are on the workstation."""

MACHINES: Final = "/machines"
"""What people write on machines is kept below this folder, which only the console knows."""

KUBECONFIG: Final = ".kube/config"
"""What kubectl reads there: which cluster, who one is, and in which namespace."""


class Kept(State):
    """Texts by the names of their files; None: one that came with the scenario, and was removed."""

    files: dict[str, str | None] = msgspec.field(default_factory=dict)


class WorkstationFiles(Part):
    """Those of one workstation."""

    def __init__(self, process: Process) -> None:
        super().__init__(process, "files")

    @property
    def kept(self) -> dict[str, str | None]:
        """What was written and removed there; not to be changed."""
        memory: Kept | None = self.process.state.parts.get(self.name)
        return {} if memory is None else memory.files

    def keep(self, name: str, text: str | None) -> None:
        """Write a file, or remove it (None)."""
        files = self.remember(Kept).files
        files.pop(name, None)
        files[name] = text


def holds(kept: Mapping[str, str | None], name: str, text: str) -> bool:
    """Whether a file of that name and with that text is within the bounds, beside those that are kept."""
    others = sum(other != name for other in kept)
    return 0 < len(name) <= MOST_OF_PATH and len(text) <= MOST_OF_KEPT_FILE and others < MOST_KEPT_FILES


def name_of(path: str) -> str:
    """The file's name, as seen from where one is."""
    at_home = HOME + path[1:] if path[:1] == "~" else path
    return posixpath.normpath(posixpath.join(HOME, at_home)).removeprefix(f"{HOME}/")
