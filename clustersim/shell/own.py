"""Programs of the shell itself, which leave it, change its variables or its folder, or read for it."""

from collections.abc import Sequence

from clustersim.digits import is_whole
from clustersim.shell.expanding import Memory
from clustersim.shell.plain import folder_wanted
from clustersim.shell.ran import Files, Ran
from clustersim.shell.reading import Input


class Ended(Exception):
    """The shell exits."""


class Returned(Exception):
    """The function ends."""


class Broken(Exception):
    """A loop is left; `goes_on`: with its next turn."""

    def __init__(self, *, goes_on: bool) -> None:
        super().__init__()
        self.goes_on = goes_on


def own(words: Sequence[str], stdin: Input, memory: Memory, files: Files | None) -> Ran | None:
    """Run it; None: it is none of the shell's own. files: that tell which folders there are; None: any is
    there. Raises Ended, Returned and Broken."""
    match words[0]:
        case "exit" | "return":
            memory.code = int(words[1][-9:]) % 256 if words[1:] and is_whole(words[1]) else memory.code
            if words[0] == "return":
                raise Returned
            memory.ended = True
            raise Ended
        case "break" | "continue":
            raise Broken(goes_on=words[0] == "continue")
        case "export":
            for name, _equals, value in (word.partition("=") for word in words[1:] if "=" in word):
                memory.variables[name] = value
            return Ran()
        case "set":
            memory.errexit = any(word.startswith("-") and "e" in word for word in words[1:])
            return Ran()
        case "cd":
            return _changed_directory(words[1:], memory.variables, files)
        case "read":
            return stdin.read(words, memory.variables)
    return None


def _changed_directory(words: Sequence[str], variables: dict[str, str], files: Files | None) -> Ran:
    wanted, to, sure = folder_wanted(words, variables)
    if files is not None and not sure and not files.is_directory(to):
        return Ran(err=f"sh: cd: can't cd to {wanted}: No such file or directory\n", code=2)
    variables |= {"PWD": to, "OLDPWD": variables.get("PWD", "/")}
    return Ran(f"{to}\n" if wanted == "-" else "")
