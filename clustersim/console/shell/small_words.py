"""What every shell has by itself, wherever one is: cd, pwd, which, env, seq, test."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from clustersim.console.answer import Answer
from clustersim.shell.plain import PLAIN

if TYPE_CHECKING:
    from clustersim.console.console import Shell

HOME: Final = "/root"
_WHO: Final = "uid=0(root) gid=0(root) groups=0(root)"


def usual(where: str) -> dict[str, str]:
    """The variables of every shell."""
    return {"HOME": HOME, "HOSTNAME": where or "workstation", "PWD": HOME, "USER": "root"}


def _nothing(shell: "Shell", words: Sequence[str]) -> Answer:
    return Answer()


def _which(shell: "Shell", words: Sequence[str]) -> Answer:
    """which, type and command -v: where a command is."""
    verb, *names = [word for word in words if not word.startswith("-")]
    known = shell.known()
    lines = [f"/usr/bin/{name}" for name in names if name in known]
    if verb == "type":
        lines = [f"{name} is /usr/bin/{name}" for name in names if name in known]
    missing = [name for name in names if name not in known]
    if verb == "type":
        lines += [f"-bash: type: {name}: not found" for name in missing]
    return Answer(text="\n".join(lines), ok=not missing)


def _env(shell: "Shell", words: Sequence[str]) -> Answer:
    return Answer(text="\n".join(f"{name}={value}" for name, value in sorted(shell.variables.items())))


_WORDS: Final[dict[str, Callable[["Shell", Sequence[str]], Answer]]] = {
    "alias": _nothing,
    "cd": _nothing,
    "clear": _nothing,
    "command": _which,
    "env": _env,
    "export": _nothing,
    "history": _nothing,
    "id": lambda shell, words: Answer(text=_WHO),
    "printenv": _env,
    "pwd": lambda shell, words: Answer(text=HOME),
    "set": _nothing,
    "type": _which,
    "unset": _nothing,
    "which": _which,
    "whoami": lambda shell, words: Answer(text="root"),
}
NAMES: Final = (*_WORDS, *PLAIN)
"""All of them."""


def answered(shell: "Shell", words: Sequence[str]) -> Answer | None:
    """The answer to such a word; None where it is none of these."""
    if (known := _WORDS.get(words[0])) is not None:
        return known(shell, words)
    if (plain := PLAIN.get(words[0])) is None:
        return None
    ran = plain(shell.files, words)
    told = "\n".join(part.removesuffix("\n") for part in (ran.out, ran.err) if part)
    return Answer(text=told, ok=not ran.code, code=ran.code)
