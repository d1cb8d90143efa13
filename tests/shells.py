"""Code that is run beside servers, each time with the database of one of them.

A process that has imported everything but the settings is forked for each database: to start Python and to
import Django and the model takes most of a second.

    python -m tests.shells    each line: what is in the environment, and code (null: no more for that one)
                              each answer: what the code printed, and what was wrong with it
"""

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
import traceback
from functools import cache
from pathlib import Path
from typing import TextIO

import django

ROOT = Path(__file__).parent.parent
IMPORTED_ONCE = (
    "axes",
    "channels.auth",
    "channels.generic.websocket",
    "clustersim.lesson",
    "clustersim.runfile",
    "daphne.server",
    "django.contrib.admin.sites",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.test",
    "django.views.generic",
    "pebble",
    "prometheus_client",
    "segno",
    "structlog",
)
"""What asks for no settings, and takes long."""


@cache
def _shells() -> "subprocess.Popen[str]":
    """One for all servers of these tests; it ends with them."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.shells"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(environment: dict[str, str], code: str | None) -> str:
    """What this code prints in a process with that environment; without code, that process ends."""
    shells = _shells()
    assert shells.stdin is not None
    assert shells.stdout is not None
    shells.stdin.write(json.dumps([environment, code]) + "\n")
    shells.stdin.flush()
    said, wrong = json.loads(shells.stdout.readline())
    assert not wrong, wrong
    return str(said)


class _Shell:
    """A process with an environment of its own."""

    def __init__(self, environment: dict[str, str], others: list["_Shell"]) -> None:
        theirs, mine = os.pipe()
        answers, answering = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            for other in others:
                other.close()
            os.close(mine)
            os.close(answers)
            os.environ.clear()
            os.environ.update(environment)
            django.setup()
            _answer(os.fdopen(theirs), os.fdopen(answering, "w"))
            os._exit(0)
        os.close(theirs)
        os.close(answering)
        self.code, self.answers = os.fdopen(mine, "w"), os.fdopen(answers)

    def ask(self, code: str) -> str:
        print(json.dumps(code), file=self.code, flush=True)
        return self.answers.readline() or json.dumps(["", "the process is no more"]) + "\n"

    def close(self) -> None:
        self.code.close()
        self.answers.close()

    def end(self) -> None:
        self.close()
        os.waitpid(self.pid, 0)


def _answer(asked: TextIO, answers: TextIO) -> None:
    for line in asked:
        out, wrong = io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(out):
                exec(json.loads(line), {})
        except BaseException:
            wrong = traceback.format_exc()
        print(json.dumps([out.getvalue(), wrong]), file=answers, flush=True)


def main() -> None:
    """A shell for each database, until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer
    for name in IMPORTED_ONCE:
        importlib.import_module(name)
    shells: dict[str, _Shell] = {}
    for line in sys.stdin:
        environment, code = json.loads(line)
        directory = environment["VAR_DIR"]
        if code is None:
            if directory in shells:
                shells.pop(directory).end()
            answer = json.dumps(["", ""]) + "\n"
        else:
            if directory not in shells:
                shells[directory] = _Shell(environment, list(shells.values()))
            answer = shells[directory].ask(code)
        answers.write(answer)
        answers.flush()


if __name__ == "__main__":
    main()
