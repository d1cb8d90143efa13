"""What agnhost's programs print: of files in volumes, of their own words, lines of a log.

Source: v1.36 test/images/agnhost (mounttest/mt.go, mt_utils.go, entrypoint-tester, logs-generator).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from clustersim.api.pod_containers import user_and_group
from clustersim.console.answer import Said
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.volume_files import is_in_memory
from clustersim.programs.agnhost import (
    NEW_FILE,
    log_duration_ms,
    log_lines,
    loop_seconds,
    options_of,
    verb_and_rest,
)
from clustersim.shell.ran import Ran

Say = Callable[[str], None]
Sleep = Callable[[int], None]
"""For so many milliseconds; raises what ends the program."""
_MADE_WITH: Final = {
    "new_file_0644": 0o644,
    "new_file_0666": 0o666,
    "new_file_0660": 0o660,
    "new_file_0777": 0o777,
}
_ON_DISK: Final = "61267"
"""How statfs calls ext4 (linux/magic.h, EXT4_SUPER_MAGIC)."""
_PAUSE_MS: Final = 2000
_VERBS: Final = ("GET", "POST", "PUT")
_PATHS: Final = ("/api/v1/namespaces/default/pods/p{:03}", "/api/v1/namespaces/kube-system/endpoints/e{:03}")
_STAMP: Final = "I0101 00:00:00.000000       1 logs_generator.go:76]"


class _AskedOnce(Exception):
    """Whoever runs a program by exec is told what it prints before it pauses."""


def agnhost(here: Any, words: Sequence[str], stdin: str) -> Ran:
    """One of its programs, run by exec."""
    printed: list[str] = []

    def sleep(milliseconds: int) -> None:
        raise _AskedOnce

    try:
        code = run(here, words, printed.append, sleep)
    except _AskedOnce:
        code = 0
    return Ran("".join(printed), code=code)


def run(here: Any, words: Sequence[str], say: Say, sleep: Sleep) -> int:
    """One of its programs; returns its exit code. Raises Said for one that is not known here."""
    verb, rest = verb_and_rest(tuple(words))
    match verb:
        case "entrypoint-tester":
            say(f"[{' '.join(words)}]\n")
            return 0
        case "etc-hosts":
            say(f"{here.files.text('/etc/hosts')}\n")
            return 0
        case "dns-suffix" | "dns-server-list":
            wanted = "search" if verb == "dns-suffix" else "nameserver"
            lines = [line.split() for line in str(here.files.text("/etc/resolv.conf")).splitlines()]
            found = [word for line in lines if line[0] == wanted for word in line[1:]]
            say(f"{','.join(found)}\n")
            return 0
        case "mounttest":
            return _Mounttest(here, options_of(rest), say, sleep).run()
        case "logs-generator":
            return _generate(rest, say, sleep)
        case "pause":
            say("Paused\n")
            return 0
    raise Said(f"agnhost: {verb} is not modelled")


def _generate(words: tuple[str, ...], say: Say, sleep: Sleep) -> int:
    """Lines such as an API server writes, evenly over the time that is given for them."""
    lines = log_lines(words)
    for number in range(lines):
        path = _PATHS[number % len(_PATHS)].format(number)
        say(f"{_STAMP} {number} {_VERBS[number % len(_VERBS)]} {path} {200 + number % 300}\n")
        sleep(log_duration_ms(words) // lines)
    return 0


class _Mounttest:
    """What there is at paths, in the order in which the real program asks."""

    def __init__(self, here: Any, options: dict[str, str], say: Say, sleep: Sleep) -> None:
        self._here = here
        self._files: ContainerFiles = here.files
        self._options = options
        self._say = say
        self._sleep = sleep
        self._made: dict[str, int] = {}
        self._failed = False

    def run(self) -> int:
        """Its exit code: 1 where anything that was asked for is not there."""
        asked = self._options.get
        if path := asked("fs_type", ""):
            memory = is_in_memory(self._here.pod, self._here.spec, path)
            self._say(f'mount type of "{path}": {"tmpfs" if memory else _ON_DISK}\n')
        for name, mode in _MADE_WITH.items():
            if path := asked(name, ""):
                self._files.write(path, NEW_FILE)
                self._made[path] = mode
                self._content(path)
        if (path := asked("file_mode", "")) and (bits := self._mode(path)) is not None:
            kind = "d" if path not in self._made and self._files.is_directory(path) else "-"
            self._say(f'mode of file "{path}": {kind}{_letters(bits)}\n')
        if (path := asked("file_perm", "")) and (bits := self._mode(path)) is not None:
            self._say(f'perms of file "{path}": -{_letters(bits)}\n')
        if path := asked("file_owner", ""):
            self._owner(path)
        if path := asked("file_content", ""):
            self._content(path)
        if path := asked("file_content_in_loop", ""):
            self._again_and_again(path)
        return int(self._failed)

    def _text(self, path: str) -> str | None:
        try:
            return self._files.text(path)
        except Said:
            return None

    def _mode(self, path: str) -> int | None:
        if path in self._made:
            return self._made[path]
        if self._text(path) is None and not self._files.is_directory(path):
            self._failed = True
            self._say(f'error from Stat("{path}"): stat {path}: no such file or directory\n')
            return None
        return self._files.mode(path)

    def _owner(self, path: str) -> None:
        user, group = user_and_group(self._here.pod, self._here.spec)
        security = self._here.pod.spec.security_context
        owned = security.fs_group if security is not None and security.fs_group is not None else group
        self._say(f'owner UID of "{path}": {user if path in self._made else 0}\n')
        self._say(f'owner GID of "{path}": {owned}\n')

    def _content(self, path: str) -> None:
        if (text := self._text(path)) is None:
            self._failed = True
            self._say(f'error reading file content for "{path}": open {path}: no such file or directory\n')
        else:
            self._say(f'content of file "{path}": {text}\n')

    def _again_and_again(self, path: str) -> None:
        """Every two seconds, as long as it is told to, or until it finds what it writes itself."""
        for _turn in range(max(1, loop_seconds(self._options) * 1000 // _PAUSE_MS)):
            text = self._text(path)
            if text is None:
                self._say(f"Error reading file {path}: open {path}: no such file or directory, retrying\n")
            else:
                self._say(f'content of file "{path}": {text}\n')
            self._sleep(_PAUSE_MS)


def _letters(mode: int) -> str:
    """rw-r--r--"""
    bits = "rwxrwxrwx"
    return "".join(letter if mode >> (8 - place) & 1 else "-" for place, letter in enumerate(bits))
