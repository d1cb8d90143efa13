"""Work in a copy of this process, which has everything that this one has at that instant and changes nothing
here.

What is too large to be copied or sent is there at once: the system copies a page of memory only when one of
the two writes to it. The copy does one thing and ends. It opens no socket, asks no database, takes no lock
that another thread may have held when it began, and leaves the processor to everything else that has
something to do.
"""

import asyncio
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn

from django.conf import settings

from visualizer.workers import OUT_OF_MEMORY, NotComputed, TooLarge, TooLong, end_with

NICE: Final = 10
EVERY: Final = 0.1
"""Seconds between two looks whether it has ended."""
FIRST_FILE: Final = 3
"""Numbers of open files below are the standard ones, which the log needs."""
FAILED: Final = 1
DATA: Final = 5
"""Which number of Linux's statm tells how many pages of data a process has."""


class Fork:
    """A copy of this process at work, from when this is made."""

    def __init__(self, work: Callable[[], object]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        with warnings.catch_warnings():  # that other threads are not in the copy is what is wanted
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if not self.pid:
            _do(work, parent)

    async def ended(self, seconds: float) -> float:
        """Wait until the work is done; how many seconds of CPU it took. Raises TooLarge, TooLong,
        NotComputed. It ends with the task that waits.
        """
        until = time.monotonic() + seconds
        try:
            while True:
                pid, status, usage = os.wait4(self.pid, os.WNOHANG)  # noqa: ASYNC222 it does not wait
                if pid:
                    self.pid = 0
                    break
                if time.monotonic() > until:
                    raise TooLong
                await asyncio.sleep(EVERY)
        finally:
            self.end()
        code = os.waitstatus_to_exitcode(status)
        if code in (OUT_OF_MEMORY, -signal.SIGKILL):
            raise TooLarge
        if code:
            raise NotComputed(f"the copy ended with {code}")
        return usage.ru_utime + usage.ru_stime

    def end(self) -> None:
        """Nobody waits for it any more."""
        if self.pid:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            self.pid = 0


def _do(work: Callable[[], object], parent: int) -> NoReturn:
    """In the copy."""
    code = FAILED
    try:
        _apart(parent)
        work()
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _apart(parent: int) -> None:
    """Let go of what belongs to the process that this is a copy of."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    with suppress(ImportError, ValueError, OSError):  # not every system bounds memory, or tells of it
        import resource  # noqa: PLC0415

        os.closerange(FIRST_FILE, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        with open("/proc/self/statm") as told:  # noqa: PTH123 without looking for it
            pages = int(told.read().split()[DATA])
        most = pages * resource.getpagesize() + (settings.WORKER_MEMORY_MB << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    os.nice(NICE)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
