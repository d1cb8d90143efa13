"""What a script comes to that ends by itself: it is run through once, beforehand, with a clock of its own.

Of the commands only those are run of which all depends on their words and on the files that the script itself
has made. Where another comes, or the script goes on for very long, nothing is known of it in this way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from clustersim.programs.durations import slept
from clustersim.programs.program import LONGEST_MS, MOST_STEPS, Step
from clustersim.shell.budget import Budget
from clustersim.shell.expanding import Memory
from clustersim.shell.grammar import ShellError
from clustersim.shell.plain import PLAIN, absolute, plain_name
from clustersim.shell.ran import Ran
from clustersim.shell.shell import Shell

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
    """How a script ends: its exit code, after so many milliseconds. files: that it has made until then; said:
    what it has printed, the end of it."""

    after_ms: int
    code: int
    files: tuple[Step, ...]
    said: str


class _Unknown(Exception):
    """Nothing is known of what comes now."""


class _Files:
    """Those that the script has made; of all others nothing is known."""

    def __init__(self, clock: "_Clock") -> None:
        self._clock = clock
        self._made: dict[str, str | None] = {}
        self.steps: list[Step] = []
        self._written = 0

    def text(self, path: str) -> str | None:
        if path not in self._made:
            raise _Unknown
        return self._made[path]

    def write(self, path: str, text: str | None) -> None:
        self._made[path] = text
        now = self._clock.now_ms
        step = Step(now, "no-file", path) if text is None else Step(now, "file", path, text.rstrip("\n"))
        self.steps.append(step)
        self._written += len(step.text)
        if len(self.steps) > MOST_STEPS or self._written > MOST_WRITTEN:
            raise _Unknown

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


class _Clock:
    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def sleep(self, words: Sequence[str]) -> Ran:
        milliseconds = slept(words)
        if milliseconds is None or self.now_ms + milliseconds > LONGEST_MS:
            raise _Unknown
        self.now_ms += milliseconds
        return Ran()


def rehearse(script: str, variables: Mapping[str, str], began_ms: int) -> Rehearsed | None:
    """Run a script through; None where it does not end, or not for what is known. began_ms: milliseconds
    after which its first command runs."""
    clock = _Clock(began_ms)
    files = _Files(clock)
    own: dict[str, Callable[[Sequence[str]], Ran]] = {
        "sleep": clock.sleep,
        "rm": files.remove,
        "touch": files.touch,
    }

    def run(words: Sequence[str], stdin: str) -> Ran:
        name = plain_name(words[0])
        if name in PLAIN:
            return PLAIN[name](files, words)
        if name in _BRIEF:
            return Ran()
        if name == "cat" and words[1:]:
            return Ran("".join(files.text(absolute(path)) or "" for path in words[1:]))
        if name not in own:
            raise _Unknown
        return own[name](words[1:])

    budget = Budget(MOST_COMMANDS)
    memory = Memory(dict(variables))
    try:
        ran = Shell(files, run, memory, budget).script(script)
    except (_Unknown, ShellError):
        return None
    if budget.left < 0 or ran.note is not None:
        return None
    return Rehearsed(clock.now_ms, ran.code, tuple(files.steps), (ran.out + ran.err)[-MOST_SAID:])
