"""Files on the workstation, as programs there read and write them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.shell import file_commands
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.redirections import NOWHERE, Output
from clustersim.workstation.files import HOME, name_of


class KeptFiles(file_commands.Folders):
    """Those that a line sees there."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def text(self, path: str) -> str | None:
        return self._api.files.get(name_of(path))

    def write(self, path: str, text: str | None) -> None:
        self._api.save(name_of(path), text)

    def is_directory(self, path: str) -> bool:
        return name_of(path) in (".", "/", HOME) or any(self.within(path))

    def within(self, path: str) -> Iterable[str]:
        folder = _prefix(path)
        return (name for name in self._api.files if name.startswith(folder))

    def names(self, path: str) -> list[str]:
        folder = _prefix(path)
        return sorted({name.removeprefix(folder).partition("/")[0] for name in self.within(path)} - {""})


def _prefix(path: str) -> str:
    """What the names of files in a folder begin with: names are those seen from home."""
    name = name_of(path)
    return "" if name in (".", HOME) else f"{name.rstrip('/')}/"


def read(files: KeptFiles, path: str, program: str) -> str:
    """What is in a file. Raises Said."""
    if path == NOWHERE:
        return ""
    if (text := files.text(path)) is None:
        why = "Is a directory" if files.is_directory(path) else "No such file or directory"
        raise Said(f"{program}: {path}: {why}")
    return text


def cat(files: KeptFiles, words: Sequence[str], stdin: str) -> Answer:
    """cat [FILE ...]. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if not names:
        return Answer(text=stdin)
    return Answer(text="\n".join(read(files, name, "cat").rstrip("\n") for name in names))


def filtered(files: KeptFiles, verb: str, words: Sequence[str]) -> Answer:
    """A filter that reads a file, or with `sed -i` changes it. Raises Said."""
    in_place = verb == "sed" and "-i" in words[:-1]
    rest = [word for word in words[:-1] if not (in_place and word == "-i")]
    found = FILTERS[verb](rest, read(files, words[-1], verb))
    if in_place:
        file_commands.write_lines(files, Output(words[-1]), found.text)
        return Answer()
    return Answer(text=f"{found.text} {words[-1]}" if verb == "wc" else found.text, ok=found.ok)


VERBS: Final[dict[str, Callable[[KeptFiles, Sequence[str], str], Answer]]] = {
    "cat": cat,
    **file_commands.VERBS,
}
"""What the workstation knows of its files."""
