"""What the shell scripts of manifests do. One that ends by itself is run through beforehand (rehearsed.py).
Of others it is read what they do plainly: sleep, touch, rm, loops that never end, and waiting for the name of
a Service. Of any other program it is taken that it runs until it is told to stop.
"""

import re
import shlex
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from clustersim.digits import is_whole
from clustersim.programs.calling import calls_of
from clustersim.programs.durations import slept
from clustersim.programs.program import LONGEST_MS, Program, Step
from clustersim.programs.rehearsed import LONGEST_SCRIPT, NOTHING_KNOWN, Disk, rehearse
from clustersim.shell.plain import SHELLS, plain_name

_ENDLESS: Final = re.compile(
    r"(?:while (?:true|:|sleep \d+|\[ 1 \])|for \(\( *; *; *\)\)|sleep (?:inf|infinity)\Z|tail -[fF])"
)
_BUSY: Final = re.compile(
    r"while (?:true|:|\[ 1 \])\s*[;\n]\s*do\s*(?:(?::|true)\s*[;\n])?\s*done|yes\s*>\s*/dev/null"
    r"|(?:md5sum|sha\d{1,3}sum) /dev/(?:zero|urandom)|dd if=/dev/(?:zero|urandom) of=/dev/null"
)
"""What never pauses: each takes a whole CPU."""
_UNTIL: Final = re.compile(
    r"until (?:nslookup|ping -c ?\d+|getent hosts|nc -z|dig(?: \+short)?) ([a-z0-9][-a-z0-9.]*)"
)
_ASKS: Final = re.compile(
    r"(?:/usr)?(?:/bin/)?(wget|curl)(?: -\S+)* (?:http://)?(?!localhost\b)"
    r"([a-z][-a-z0-9]*(?:\.[-a-z0-9]+\.svc(?:\.cluster\.local)?)?)(?::\d{1,5})?(?:/\S*)?(?: -\S+)*\Z"
)
"""A program that asks a Service for a page, and ends."""
_PAUSE: Final = re.compile(r"sleep ([^;&|\n]+)")
_BRIEF: Final = (
    ":", "[", "cat", "chmod", "chown", "cowsay", "cp", "date", "echo", "env", "export", "expr", "grep",
    "head", "hexdump", "hostname", "id", "ls", "mkdir", "mv", "printenv", "printf", "ps", "pwd", "sed", "set",
    "sysctl", "test", "trap", "true", "uname", "wc", "whoami",
)  # fmt: skip
"""Commands that end at once, and well."""
_STARTS_MS: Final = 10
_COMPUTES_MS: Final = 5000
"""How long a computation such as the 2,000 digits of pi of the Job's example takes."""

Variables = tuple[tuple[str, str], ...]
"""Names and values of an environment, as far as they are known beforehand."""


def of_command(
    words: tuple[str, ...], variables: Variables = (), disk: Disk = NOTHING_KNOWN
) -> Program | None:
    """What a command does; None: it runs until it is told to stop, and nothing more is known of it."""
    if len(words) >= 3 and words[0] in SHELLS and re.fullmatch(r"-[a-z]*c", words[1]):
        script = words[2]
        return (
            _rehearsed(script, variables, disk._replace(shell=words[0]))
            if len(script) <= LONGEST_SCRIPT
            else _of_script(script)
        )
    text = " ".join(words).strip()
    if words[0] == "perl":
        return Program((Step(_COMPUTES_MS, "exit", "0"),))
    if plain_name(words[0]) in ("rev", "dd", "fallocate"):
        return _rehearsed(shlex.join(words), variables, disk)
    return _of_script(text)


@lru_cache(maxsize=256)
def _rehearsed(script: str, variables: Variables, disk: Disk) -> Program | None:
    """What a script does: many containers run the same."""
    ended = rehearse(script, dict(variables), _STARTS_MS, disk)
    if ended is None:
        found, calls = _of_script(script), calls_of(script, dict(variables))
        if calls is None:
            return found
        return replace(found or _understood([], "", 2000, script), calls=calls)
    if ended.code is None:
        return _understood([*ended.files], "", 2000, script)
    end = Step(ended.after_ms, "exit", str(ended.code))
    return replace(_understood([*ended.files, end], "", 2000, script), said=ended.said)


def _of_script(script: str) -> Program | None:
    steps: list[Step] = []
    after, awaits, pause, code = _STARTS_MS, "", 2000, 0
    rest = script.strip()
    if (asks := _ASKS.match(rest)) is not None:
        return Program(asks=asks[2], fails_with=7 if asks[1] == "curl" else 1, listens=False)
    until = _UNTIL.match(rest)
    if until is not None and "done" in rest:
        loop, _done, rest = rest.partition("done")
        awaits, wait = until[1], _PAUSE.search(loop)
        slept_there = _slept(wait[1]) if wait is not None else None
        pause = pause if slept_there is None else slept_there
    known = bool(awaits)
    for statement in map(plain_name, _statements(rest)):
        if _ENDLESS.match(statement) or _BUSY.match(statement):
            busy = len(_BUSY.findall(script))
            steps += [Step(after, "cpu", str(1000 * busy))] if busy else []
            return _understood(steps, awaits, pause, script)
        verb, _space, of = statement.partition(" ")
        sleeps = _slept(of) if verb == "sleep" else None
        if sleeps is not None:
            after += sleeps
        elif verb == "exit":
            code, known = int(of) % 256 if is_whole(of.strip()) and len(of) < 5 else code, True
            break
        elif verb == "false":
            code = 1
        elif verb in ("touch", "rm", "rmdir") and of:
            what = "file" if verb == "touch" else "no-file"
            paths = [path for path in of.split() if not path.startswith("-")]
            steps += [Step(after, "file" if what == "file" else "no-file", path) for path in paths]
        elif verb in _BRIEF or re.match(r"\w+=", verb):
            said, _to, path = of.partition(">")
            if (written := re.match(r">?\s*(/\S+)", path)) is not None:
                text = _echoed(said) if verb == "echo" else ""
                steps.append(Step(after, "file", written[1], text))
            code = 0
        else:
            begun = Program(tuple(steps), awaits, pause, scripted=True, goes_on_ms=after)
            return begun if known else None
        known = True
    if not known:
        return None
    steps.append(Step(after, "exit", str(code)))
    return _understood(steps, awaits, pause, script)


def _echoed(words: str) -> str:
    """What echo writes of its words, which end a line unless it is told not to."""
    plain = words.strip()
    rest = plain.removeprefix("-n ")
    return rest.strip().strip("'\"") + ("\n" if rest == plain else "")


def _slept(words: str) -> int | None:
    """Milliseconds, a week at most; None where the words are no duration."""
    found = slept(words.split())
    return None if found is None else min(found, LONGEST_MS)


_SERVER: Final = re.compile(r"\b(?:nc|ncat|netcat|socat|httpd|http\.server|SimpleHTTPServer)\b")
_TRAP: Final = re.compile(r"\btrap\s+(?:--\s+)?('[^']*'|\"[^\"]*\"|\S+)\s+([A-Z0-9 ]+)")
_TOLD_TO_END: Final = {"TERM", "SIGTERM", "15", "EXIT", "0"}
_ENDING: Final = re.compile(r"\b(?:exit|kill|wait)\b")
_WAITED_FOR: Final = re.compile(r"\b(sleep|tail -f)\s+([^;&|'\"\n]*)(?P<aside>&(?!&))?")
_SOON_MS: Final = 20_000


def _understood(steps: list[Step], awaits: str, pause: int, script: str) -> Program:
    """A script of which all is understood: it takes connections only where it runs one of the small servers,
    and heeds SIGTERM only where it says how.
    """
    serves, heeds = _SERVER.search(script) is not None, _heeds(script)
    return Program(tuple(steps), awaits, pause, scripted=True, listens=serves, stops=heeds)


def _heeds(script: str) -> bool:
    """A shell ends on SIGTERM where its trap ends it, or where nothing but `wait` is left. One with an empty
    trap goes on until it is killed, as does one whose trap only says something, and one that waits for a long
    command, since its trap is run after that.
    """
    traps = _TRAP.finditer(script)
    handlers = [found[1].strip("'\"").strip() for found in traps if _TOLD_TO_END & {*found[2].split()}]
    if not any(handlers) or _ENDING.search(script) is None:
        return False
    waits = [found for found in _WAITED_FOR.finditer(script) if not found["aside"]]
    return all(found[1] == "sleep" and _is_soon(found[2]) for found in waits)


def _is_soon(duration: str) -> bool:
    slept_there = _slept(duration)
    return slept_there is not None and slept_there <= _SOON_MS


def _statements(script: str) -> list[str]:
    """Commands of a script, what stands between quotes kept together."""
    joined = re.sub(r"('[^']*'|\"[^\"]*\")|&&|\n", lambda found: found[1] or ";", script)
    parts = re.findall(r"(?:'[^']*'|\"[^\"]*\"|[^;'\"])+", joined)
    return [part.strip().rstrip("&").strip() for part in parts if part.strip()]


_ASKS_FOR: Final = re.compile(r"(?:cat|ls|test -[efsr]|\[ -[efsr]|stat) (/\S+)(?: \])?\Z")


_DIRECTORIES: Final = (
    "bin", "boot", "data", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run",
    "sbin", "srv", "sys", "tmp", "usr", "var",
)  # fmt: skip
_IN_SMALL: Final = (
    "bin", "dev", "etc", "home", "lib", "lib64", "proc", "root", "sys", "tmp", "usr", "var",
)  # fmt: skip
_MADE: Final = re.compile(r"/(?:tmp/.+|var/[a-z]*(?:ready|health|alive|live|start|init)[^/]*|[^/]+)")


def image_lacks(path: str) -> bool:
    """Whether no image has this file: what programs say of themselves is in /tmp, or right under the root."""
    return _MADE.fullmatch(path) is not None and path.strip("/") not in _DIRECTORIES


def directories_of_images(*, small: bool) -> tuple[str, ...]:
    """What is right under the root of an image: small ones are busybox and its like."""
    return _IN_SMALL if small else tuple(name for name in _DIRECTORIES if name != "data")


def asked_file(command: tuple[str, ...]) -> str | None:
    """The file whose presence a probe's command asks for, if it asks for nothing else."""
    words = command[2:3] if len(command) == 3 and command[0] in SHELLS and command[1] == "-c" else command
    asked = _ASKS_FOR.match(" ".join(words).strip())
    return None if asked is None else asked[1]
