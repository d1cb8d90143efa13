"""Commands that write files of a machine: rm, touch, cp, mv, tee and editors."""

import posixpath
from collections.abc import Sequence
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.lines import EDITORS
from clustersim.console.nodes.machine_files import MachineFiles, absolute
from clustersim.i18n import _


def answered(files: MachineFiles, words: Sequence[str], stdin: str) -> Answer:
    """One of the commands that write files. Raises Said."""
    verb, *rest = words
    flags = "".join(word[1:] for word in rest if word.startswith("-"))
    names = [word for word in rest if not word.startswith("-")]
    match verb:
        case "rm":
            _remove(files, names, flags)
        case "touch":
            for name in names:
                if files.text(name) is None:
                    files.write(name, "")
        case "cp" | "mv":
            _copy(files, verb, names)
        case "tee":
            for name in names:
                before = (files.text(name) or "") if "a" in flags else ""
                files.write(name, f"{before}{stdin}\n")
            return Answer(text=stdin, commands=tuple(files.commands), note=files.note)
        case _ if verb in EDITORS:
            return _edited(files, names, stdin)
    return Answer(commands=tuple(files.commands), note=files.note)


def _remove(files: MachineFiles, names: Sequence[str], flags: str) -> None:
    for name in names:
        if files.text(name) is not None:
            files.write(name, None)
        elif files.is_folder(absolute(name)):
            if "r" not in flags.lower():
                raise Said(f"rm: cannot remove '{name}': Is a directory")
            for inside in [one for one in files.paths() if one.startswith(f"{absolute(name)}/")]:
                files.write(inside, None)
        elif "f" not in flags:
            raise Said(f"rm: cannot remove '{name}': No such file or directory")


def _copy(files: MachineFiles, verb: str, names: Sequence[str]) -> None:
    """cp and mv of files into a folder, or of one to another name. Raises Said."""
    if len(names) < 2:
        what = "file operand" if not names else f"destination file operand after '{names[0]}'"
        raise Said(f"{verb}: missing {what}\nTry '{verb} --help' for more information.")
    *sources, target = names
    folder = files.is_folder(absolute(target))
    if len(sources) > 1 and not folder:
        raise Said(f"{verb}: target '{target}' is not a directory")
    for source in sources:
        text = files.text(source)
        if text is None:
            if files.is_folder(absolute(source)):
                raise Said(note=_("This console copies and moves single files here."))
            raise Said(f"{verb}: cannot stat '{source}': No such file or directory")
        to = posixpath.join(target, posixpath.basename(source)) if folder else target
        if verb == "mv":
            files.write(source, None)
        files.write(to, text)


def _edited(files: MachineFiles, names: Sequence[str], stdin: str) -> Answer:
    if len(names) != 1:
        raise Said(note=_("An editor wants the name of one file."))
    if stdin:
        files.write(names[0], stdin.removesuffix("\n") + "\n")
        return Answer(commands=tuple(files.commands), note=files.note)
    return Answer(edit=files.text(names[0]) or "\n")


VERBS: Final = ("cp", "mkdir", "mv", "rm", "tee", "touch", *EDITORS)
