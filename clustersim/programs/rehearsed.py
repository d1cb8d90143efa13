"""What a script comes to that ends by itself: it is run through once, beforehand, with a clock of its own.

Of the commands only those are run of which all depends on their words and on the files that the script itself
has made. Where another comes, or the script goes on for very long, nothing is known of it in this way.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from clustersim.programs.durations import slept
from clustersim.programs.executables import unknown_to_shell
from clustersim.programs.filling import BYTES_A_SECOND, filled
from clustersim.programs.program import LONGEST_MS, MOST_STEPS, Step
from clustersim.shell.budget import Budget
from clustersim.shell.expanding import Memory
from clustersim.shell.plain import PLAIN, absolute, plain_name, reversed_lines
from clustersim.shell.ran import Failed, Ran
from clustersim.shell.shell import Shell
from clustersim.shell.words import ShellError

LONGEST_SCRIPT: Final = 8192
MOST_COMMANDS: Final = 2000
MOST_WRITTEN: Final = 64 * 1024
"""Characters of a script that is run through, its commands, and characters that it writes into files."""
_BRIEF: Final = (
    "chmod", "chown", "date", "df", "env", "hostname", "id", "ls", "mkdir", "printenv", "ps", "pwd", "trap",
    "ulimit", "umask", "uname", "uptime", "wait", "whoami",
)  # fmt: skip
"""Commands that end at once, and well; what they print is not known beforehand."""
MOST_SAID: Final = 2048


class Rehearsed(NamedTuple):
    """How a script ends: its exit code, after so many milliseconds; None: it sleeps for ever. files: that it
    has made until then; said: what it has printed, the end of it."""

    after_ms: int
    code: int | None
    files: tuple[Step, ...]
    said: str


class Disk(NamedTuple):
    """What a script finds: volumes of which all files are known, by where they are mounted, these files, and
    whether everything else can only be read. shell: how it was called, as it says in its complaints; ids: the
    numbers of its user and its group; image: in which it runs."""

    mounts: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    read_only: bool = False
    shell: str = "sh"
    ids: tuple[int, int] = (0, 0)
    image: str = ""


NOTHING_KNOWN: Final = Disk()
"""No file, and no volume."""


class _Unknown(Exception):
    """Nothing is known of what comes now."""


class _Sleeps(Exception):
    """It goes on for longer than anybody looks."""


class _Files:
    """Those that the script has made; of all others nothing is known."""

    def __init__(self, clock: "_Clock", disk: Disk) -> None:
        self._clock = clock
        self._disk = disk
        self._made: dict[str, str | None] = dict(disk.files)
        self.steps: list[Step] = []
        self._written = 0

    def text(self, path: str) -> str | None:
        if path in self._made:
            return self._made[path]
        if self._is_mounted(path):
            return None
        raise _Unknown

    def _is_mounted(self, path: str) -> bool:
        return any(path.startswith(f"{mount}/") for mount in self._disk.mounts)

    def write(self, path: str, text: str | None, blank: int = 0) -> None:
        if self._disk.read_only and not self._is_mounted(path):
            raise Failed(f"{self._disk.shell}: can't create {path}: Read-only file system")
        self._made[path] = text
        now = self._clock.now_ms
        step = Step(now, "no-file", path) if text is None else Step(now, "file", path, text, blank)
        self.steps.append(step)
        self._written += len(step.text)
        if len(self.steps) > MOST_STEPS or self._written > MOST_WRITTEN:
            raise _Unknown

    def fill(self, program: str, words: Sequence[str]) -> Ran:
        """A large file, which is there when all of it is written."""
        wanted = filled([program, *words])
        if wanted is None:
            raise _Unknown
        if program == "dd":
            self._clock.now_ms += wanted.size * 1000 // BYTES_A_SECOND
        self.write(absolute(wanted.path), "", wanted.size)
        return Ran()

    def is_directory(self, path: str) -> bool:
        raise _Unknown

    def touch(self, words: Sequence[str]) -> Ran:
        """Files that are there from now on."""
        for path in _paths(words):
            self.write(path, self._made.get(path) or "")
        return Ran()

    def remove(self, words: Sequence[str]) -> Ran:
        """Files that are gone from now on."""
        for path in _paths(words):
            self.write(path, None)
        return Ran()


def _paths(words: Sequence[str]) -> list[str]:
    return [absolute(word) for word in words if not word.startswith("-")]


def _lines(files: _Files, paths: Sequence[str], stdin: str) -> Ran:
    """wc -l of a file, or of what it reads."""
    if not paths:
        return Ran(f"{stdin.count(chr(10))}\n")
    text = files.text(absolute(paths[0]))
    if text is None:
        return Ran(err=f"wc: {paths[0]}: No such file or directory\n", code=1)
    return Ran(f"{text.count(chr(10))} {paths[0]}\n")


def _of_itself(words: Sequence[str], variables: Mapping[str, str], disk: Disk) -> str:
    """What hostname and id print; "" of other commands."""
    if plain_name(words[0]) == "id" and words[1:] in (["-u"], ["-g"]):
        return f"{disk.ids[words[1] == '-g']}\n"
    asked = plain_name(words[0]) == "hostname" and words[1:] in ([], ["-s"])
    return f"{variables['HOSTNAME']}\n" if asked and "HOSTNAME" in variables else ""


_COLUMN: Final = re.compile(r"\{ ?print \$(\d) ?\}")
"""What awk is mostly used for."""


def _column(line: str, number: int) -> str:
    words = line.split()
    return line if not number else words[number - 1] if number <= len(words) else ""


class _Clock:
    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def sleep(self, words: Sequence[str]) -> Ran:
        milliseconds = slept(words)
        if milliseconds is None:
            raise _Unknown
        if self.now_ms + milliseconds > LONGEST_MS:
            raise _Sleeps
        self.now_ms += milliseconds
        return Ran()


def rehearse(
    script: str, variables: Mapping[str, str], began_ms: int, disk: Disk = NOTHING_KNOWN
) -> Rehearsed | None:
    """Run a script through; None where it does not end, or not for what is known. began_ms: milliseconds
    after which its first command runs."""
    clock = _Clock(began_ms)
    files = _Files(clock, disk)
    own: dict[str, Callable[[Sequence[str]], Ran]] = {
        "sleep": clock.sleep,
        "rm": files.remove,
        "touch": files.touch,
        "dd": lambda words: files.fill("dd", words),
        "fallocate": lambda words: files.fill("fallocate", words),
    }

    def run(words: Sequence[str], stdin: str) -> Ran:
        name = plain_name(words[0])
        if name in PLAIN:
            return PLAIN[name](files, words)
        if name in _BRIEF:
            return Ran(_of_itself(words, variables, disk))
        if name == "wc" and words[1:2] == ["-l"] and len(words) <= 3:
            return _lines(files, words[2:], stdin)
        if name == "awk" and len(words) == 2 and (column := _COLUMN.fullmatch(words[1])):
            return Ran("".join(f"{_column(line, int(column[1]))}\n" for line in stdin.splitlines()))
        if name in ("cat", "rev") and words[1:]:
            text = "".join(files.text(absolute(path)) or "" for path in words[1:])
            return Ran(text if name == "cat" else reversed_lines(text))
        if name in own:
            return own[name](words[1:])
        if unknown_to_shell(disk.image, words[0]):
            return Ran(err=f"{disk.shell}: {words[0]}: not found\n", code=127)
        raise _Unknown

    budget = Budget(MOST_COMMANDS)
    memory = Memory(dict(variables))
    try:
        ran = Shell(files, run, memory, budget).script(script)
    except _Sleeps:
        return Rehearsed(clock.now_ms, None, tuple(files.steps), "")
    except (_Unknown, ShellError):
        return None
    if budget.left < 0 or ran.note is not None:
        return None
    return Rehearsed(clock.now_ms, ran.code, tuple(files.steps), (ran.out + ran.err)[-MOST_SAID:])
