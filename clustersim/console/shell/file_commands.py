"""Commands about files, on a machine as on the workstation: ls, rm, touch, cp, mv, tee and editors."""

import posixpath
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from clustersim.console.answer import Answer, Said
from clustersim.console.lines import EDITORS
from clustersim.console.shell.redirections import NOWHERE, Output
from clustersim.i18n import _
from clustersim.shell.ran import Files


class Folders(Files, Protocol):
    """Files of which one knows how they lie in folders."""

    def within(self, path: str) -> Iterable[str]:
        """The paths of the files in a folder and in those below it."""

    def names(self, path: str) -> list[str]:
        """What is in a folder itself, in order."""


def write_lines(files: Files, to: Output, lines: str) -> None:
    """Write lines that a command has printed. Raises Said."""
    before = (files.text(to.name) or "") if to.appends else ""
    files.write(to.name, before + (f"{lines}\n" if lines else ""))


def ls(files: Folders, words: Sequence[str], stdin: str) -> Answer:
    """ls [-a] [FILE or FOLDER ...]. Raises Said."""
    flags, names = _divided(words)
    found: list[str] = []
    for name in names or ["."]:
        if files.text(name) is not None:
            found.append(name)
        elif files.is_directory(name):
            found += [one for one in files.names(name) if "a" in flags or not one.startswith(".")]
        else:
            raise Said(f"ls: cannot access '{name}': No such file or directory")
    return Answer(text="\n".join(found))


def rm(files: Folders, words: Sequence[str], stdin: str) -> Answer:
    """rm [-r] [-f] FILE ... Raises Said."""
    flags, names = _divided(words)
    if not names and "f" not in flags:
        raise Said("rm: missing operand\nTry 'rm --help' for more information.")
    for name in names:
        if posixpath.normpath(name) == "/":
            raise Said(
                "rm: it is dangerous to operate recursively on '/'\n"
                "rm: use --no-preserve-root to override this failsafe"
            )
        if posixpath.basename(name.rstrip("/")) in (".", ".."):
            raise Said(f"rm: refusing to remove '.' or '..' directory: skipping '{name}'")
        if files.text(name) is not None:
            files.write(name, None)
        elif files.is_directory(name):
            if "r" not in flags.lower():
                raise Said(f"rm: cannot remove '{name}': Is a directory")
            for inside in list(files.within(name)):
                files.write(inside, None)
        elif "f" not in flags:
            raise Said(f"rm: cannot remove '{name}': No such file or directory")
    return Answer()


def touch(files: Folders, words: Sequence[str], stdin: str) -> Answer:
    """touch FILE ... Raises Said."""
    for name in _divided(words)[1]:
        if files.text(name) is None:
            files.write(name, "")
    return Answer()


def cp(files: Folders, words: Sequence[str], stdin: str) -> Answer:
    """cp FILE ... FILE or FOLDER. Raises Said."""
    for _source, target, text in _copies(files, "cp", words):
        files.write(target, text)
    return Answer()


def mv(files: Folders, words: Sequence[str], stdin: str) -> Answer:
    """mv FILE ... FILE or FOLDER. Raises Said."""
    for source, target, text in _copies(files, "mv", words):
        files.write(source, None)
        files.write(target, text)
    return Answer()


def _copies(files: Folders, verb: str, words: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """Each file, where it goes, and what is in it. Raises Said."""
    names = _divided(words)[1]
    if len(names) < 2:
        what = "file operand" if not names else f"destination file operand after '{names[0]}'"
        raise Said(f"{verb}: missing {what}\nTry '{verb} --help' for more information.")
    *sources, target = names
    folder = files.is_directory(target)
    if len(sources) > 1 and not folder:
        raise Said(f"{verb}: target '{target}' is not a directory")
    for source in sources:
        text = files.text(source)
        if text is None:
            if files.is_directory(source):
                raise Said(note=_("This console copies and moves single files here."))
            raise Said(f"{verb}: cannot stat '{source}': No such file or directory")
        yield source, posixpath.join(target, posixpath.basename(source)) if folder else target, text


def tee(files: Files, words: Sequence[str], stdin: str) -> Answer:
    """tee [-a] [FILE ...]: prints what it reads, and writes it into the files, too. Raises Said."""
    flags, names = _divided(words)
    for name in names:
        if name != NOWHERE:
            write_lines(files, Output(name, appends="a" in flags), stdin)
    return Answer(text=stdin)


def edit(files: Files, words: Sequence[str], stdin: str) -> Answer:
    """An editor: gives people the text of a file to change, and keeps what they have made of it. Raises
    Said."""
    names = _divided(words)[1]
    if len(names) != 1:
        raise Said(note=_("An editor wants the name of one file."))
    if stdin:
        files.write(names[0], stdin.removesuffix("\n") + "\n")
        return Answer()
    return Answer(edit=files.text(names[0]) or "\n")


def _divided(words: Sequence[str]) -> tuple[str, list[str]]:
    """The letters of the flags, and the names."""
    flags = "".join(word[1:] for word in words if word.startswith("-"))
    return flags, [word for word in words if not word.startswith("-")]


VERBS: Final[dict[str, Callable[[Folders, Sequence[str], str], Answer]]] = {
    "cp": cp,
    "ls": ls,
    "mkdir": lambda files, words, stdin: Answer(),
    "mv": mv,
    "rm": rm,
    "tee": tee,
    "touch": touch,
    **dict.fromkeys(EDITORS, edit),
}
