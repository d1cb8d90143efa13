"""Files on the workstation, as programs there read and write them: cat, ls, rm, touch, tee, an editor."""

from collections.abc import Callable, Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.lines import EDITORS
from clustersim.console.shell.filters import FILTERS
from clustersim.console.shell.redirections import NOWHERE, Output
from clustersim.i18n import _
from clustersim.workstation.files import HOME, name_of


def read(api: Api, path: str, program: str) -> str:
    """What is in a file. Raises Said."""
    if path == NOWHERE:
        return ""
    if (text := api.files.get(name_of(path))) is None:
        raise Said(f"{program}: {path}: {_what_is_wrong(api, path)}")
    return text


def write(api: Api, to: Output, text: str) -> None:
    """Lines that a command prints are written to a file. Raises Said."""
    name = name_of(to.name)
    before = api.files.get(name, "") if to.appends else ""
    api.save(name, before + (f"{text}\n" if text else ""))


def _what_is_wrong(api: Api, path: str) -> str:
    folder = f"{name_of(path)}/"
    inside = any(name.startswith(folder) for name in api.files)
    return "Is a directory" if inside or path in (".", "/") else "No such file or directory"


def cat(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """cat [FILE ...]. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if not names:
        return Answer(text=stdin)
    return Answer(text="\n".join(read(api, name, "cat").rstrip("\n") for name in names))


def ls(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """ls [FILE or DIRECTORY ...]. Raises Said."""
    files, found = api.files, list[str]()
    for word in [word for word in words if not word.startswith("-")] or ["."]:
        name = name_of(word)
        folder = "" if name in (".", HOME) else f"{name}/"
        inside = {other.removeprefix(folder).partition("/")[0] for other in files if other.startswith(folder)}
        inside = {one for one in inside if one and not one.startswith(".")}
        if name not in files and folder and not inside:
            raise Said(f"ls: cannot access '{word}': No such file or directory")
        found += [word] if name in files else sorted(inside)
    return Answer(text="\n".join(found))


def rm(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """rm [-r] [-f] FILE ... Raises Said."""
    flags = "".join(word for word in words if word.startswith("-"))
    names = [word for word in words if not word.startswith("-")]
    if not names and "f" not in flags:
        raise Said("rm: missing operand\nTry 'rm --help' for more information.")
    for word in names:
        if name_of(word) == "/":
            raise Said(
                "rm: it is dangerous to operate recursively on '/'\n"
                "rm: use --no-preserve-root to override this failsafe"
            )
        folder = f"{name_of(word)}/"
        gone = [name for name in api.files if name == name_of(word) or name.startswith(folder)]
        if not gone and "f" not in flags:
            raise Said(f"rm: cannot remove '{word}': No such file or directory")
        if gone and gone != [name_of(word)] and "r" not in flags.lower():
            raise Said(f"rm: cannot remove '{word}': Is a directory")
        for name in gone:
            api.save(name, None)
    return Answer()


def touch(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """touch FILE ... Raises Said."""
    for word in words:
        if name_of(word) not in api.files:
            api.save(name_of(word), "")
    return Answer()


def tee(api: Api, words: Sequence[str], text: str) -> Answer:
    """tee [-a] [FILE ...]: what it reads, and in the files, too. Raises Said."""
    for word in [word for word in words if not word.startswith("-")]:
        if word != NOWHERE:
            write(api, Output(word, appends="-a" in words), text)
    return Answer(text=text)


def filtered(api: Api, verb: str, words: Sequence[str]) -> Answer:
    """A filter that reads a file, or with `sed -i` changes it. Raises Said."""
    in_place = verb == "sed" and "-i" in words[:-1]
    rest = [word for word in words[:-1] if not (in_place and word == "-i")]
    found = FILTERS[verb](rest, read(api, words[-1], verb))
    if in_place:
        write(api, Output(name_of(words[-1])), found.text)
        return Answer()
    return Answer(text=f"{found.text} {words[-1]}" if verb == "wc" else found.text, ok=found.ok)


def edit(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """An editor: the text of a file for people to change, and what they have made of it. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if len(names) != 1:
        raise Said(note=_("An editor wants the name of one file."))
    if stdin:
        api.save(name_of(names[0]), stdin.removesuffix("\n") + "\n")
        return Answer()
    return Answer(edit=api.files.get(name_of(names[0]), "") or "\n")


VERBS: Final[dict[str, Callable[[Api, Sequence[str], str], Answer]]] = {
    "cat": cat,
    "ls": ls,
    "rm": rm,
    "touch": touch,
    "mkdir": lambda api, words, stdin: Answer(),
    **dict.fromkeys(EDITORS, edit),
}
"""What the workstation knows of its files."""
