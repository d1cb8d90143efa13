"""agnhost, the image of Kubernetes's own tests: one program that is many, by its first word.

Source: v1.36 test/images/agnhost (Dockerfile, mounttest, entrypoint-tester, liveness, logs-generator).
"""

import re
from typing import Final

from clustersim.digits import is_whole
from clustersim.programs.program import Program, Step

ENTRYPOINT: Final = "/agnhost"
DEFAULT: Final = "pause"
NEW_FILE: Final = "mount-tester new file\n"
"""What mounttest writes into the files that it makes."""
FILES: Final = {
    "/localhost.crt": "a certificate of 127.0.0.1\n",
    "/localhost.key": "its key\n",
}
"""Files of the image that tests look for; what is in them is not theirs."""
LIVENESS: Final = Program((Step(10_000, "silent", "500"),))
"""/healthz answers for ten seconds, then with 500 (liveness/server.go)."""
NAMES: Final = (ENTRYPOINT, "agnhost", "/agnhost-2")
_BRIEF_MS: Final = 10
_MOST_SECONDS: Final = 7 * 24 * 3600
_DURATION: Final = re.compile(r"(\d{1,6})(ms|s|m)")
_MILLISECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000}


def verb_and_rest(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Which of its programs a container's words ask for, and with which words."""
    told = words[1:] if words[:1] and words[0] in NAMES else words
    return (told[0], told[1:]) if told else (DEFAULT, ())


def options_of(words: tuple[str, ...]) -> dict[str, str]:
    """Flags by name, without their dashes: --file_mode=/a, --port 80."""
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        found[name] = value
    return found


def of_agnhost(words: tuple[str, ...]) -> Program | None:
    """What one of its programs does by itself; None: it runs until it is told to stop."""
    verb, rest = verb_and_rest(words)
    match verb:
        case "liveness":
            return LIVENESS if not rest else None
        case "entrypoint-tester" | "etc-hosts" | "dns-suffix" | "dns-server-list":
            return Program((Step(_BRIEF_MS, "exit", "0"),))
        case "logs-generator":
            return Program((Step(log_duration_ms(rest), "exit", "0"),))
        case "mounttest":
            return _mounttest(rest)
    return None


def _mounttest(words: tuple[str, ...]) -> Program:
    options = options_of(words)
    made = [path for name, path in options.items() if name.startswith("new_file_") and path]
    steps = [Step(_BRIEF_MS, "file", path, NEW_FILE) for path in made]
    ends = _BRIEF_MS + 1000 * loop_seconds(options)
    return Program((*steps, Step(ends, "exit", "0")))


def loop_seconds(options: dict[str, str]) -> int:
    """How long mounttest goes on reading a file every two seconds; 0 where it reads it but once."""
    if not options.get("file_content_in_loop") or options.get("break_on_expected_content") != "false":
        return 0
    seconds = options.get("retry_time", "180")
    return min(int(seconds), _MOST_SECONDS) if is_whole(seconds) and len(seconds) < 10 else 180


def log_lines(words: tuple[str, ...]) -> int:
    """How many lines logs-generator writes."""
    told = options_of(words).get("log-lines-total", "")
    return int(told) if is_whole(told) and len(told) < 7 else 0


def log_duration_ms(words: tuple[str, ...]) -> int:
    """How long it takes for them."""
    told = _DURATION.fullmatch(options_of(words).get("run-duration", ""))
    return 0 if told is None else int(told[1]) * _MILLISECONDS[told[2]]
