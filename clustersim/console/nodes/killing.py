"""kill, pkill and killall in a container: what becomes of its first process.

Sources: procps-ng src/pgrep.c (a pattern is looked for in the first fifteen letters of a program's name, 1
where none has it); busybox 1.36 procps/kill.c; psmisc 23 src/killall.c.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from clustersim import programs
from clustersim.command import Command
from clustersim.programs import image_name, program_of
from clustersim.shell.plain import SHELLS, plain_name
from clustersim.shell.ran import Ran

_COMPOSED: Final = re.compile(r"[;&|<>()`$\n]|\b(?:while|for|if|until|case)\b")
"""What makes a script more than one command."""
_PROCESSES: Final = {
    "mongo": "mongod",
    "mysql": "mysqld",
    "mariadb": "mariadbd",
    "redis": "redis-server",
}
"""How the programs of images are called whose images have other names."""
_IN_JAVA: Final = ("cassandra", "elasticsearch", "kafka", "tomcat", "zookeeper")
_LONGEST_NAME: Final = 15
_TERM: Final = ("15", "TERM")
_VALUED: Final = ("-G", "-P", "-U", "-g", "-s", "-u")
"""Flags of pkill after which a word comes."""


def first_process(spec: Any) -> list[str]:
    """The words with which the first process of a container was started: a shell that is given one command
    becomes that."""
    image = image_name(spec.image)
    words = [*spec.command, *spec.args]
    if not words or (not spec.command and words[0].startswith("-")):
        words.insert(0, _PROCESSES.get(image, image))
    if len(words) == 3 and words[0] in SHELLS and words[1] == "-c" and not _COMPOSED.search(words[2]):
        return [words[2]]
    return words


def kill(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """kill [-SIGNAL] 1."""
    plain = [word for word in words[1:] if not word.startswith("-")]
    if plain != ["1"]:
        told = "".join(f"kill: can't kill pid {word}: No such process\n" for word in plain[:1])
        return Ran(err=told, code=1)
    return _signalled(here, words)


def pkill(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """pkill [-SIGNAL] [-f] [-x] PATTERN."""
    flags = [word for word in words[1:] if word.startswith("-")]
    wanted = [word for before, word in pairwise(words) if not word.startswith("-") and before not in _VALUED]
    if len(wanted) != 1:
        return Ran(err="pkill: no matching criteria specified\n", code=2)
    try:
        pattern = re.compile(wanted[0])
    except re.error:
        return Ran(err=f"pkill: {wanted[0]}\n", code=2)
    searched = (" ".join(first_process(here.spec)),) if "-f" in flags else _names(here.spec)
    looked_for = pattern.fullmatch if "-x" in flags else pattern.search
    return _signalled(here, words) if any(looked_for(one) for one in searched) else Ran(code=1)


def killall(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """killall [-SIGNAL] NAME ..."""
    ran = Ran()
    for name in (word for word in words[1:] if not word.startswith("-")):
        if name[:_LONGEST_NAME] in _names(here.spec):
            _signalled(here, words)
            continue
        told = f"killall: {name}: no process killed" if here.files.small else f"{name}: no process found"
        ran = Ran(err=f"{ran.err}{told}\n", code=1)
    return ran


def _names(spec: Any) -> tuple[str, ...]:
    """How the program of a container is called; a script that starts a JVM is one in the end."""
    name = plain_name(" ".join(first_process(spec)).split()[0])[:_LONGEST_NAME]
    return (name, "java") if any(one in image_name(spec.image) for one in _IN_JAVA) else (name,)


def _signalled(here: Any, words: Sequence[str]) -> Ran:
    """The first process of a container gets only the signals that it handles; SIGKILL from inside never."""
    flags = [word for word in words[1:] if word.startswith("-") and word not in ("-f", "-x")]
    signals = {word.lstrip("-").removeprefix("SIG") for word in flags}
    first = program_of(here.pod, here.spec.name) or programs.Program()
    if not signals - set(_TERM) and first.stops:
        args = {"container": here.spec.name, "code": programs.stop_code(here.spec, first)}
        here.commands.append(Command("crash-container", here.pod.metadata.uid, args))
    return Ran()
