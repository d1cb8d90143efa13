"""Repairs runs that a command has broken: finds the command, leaves it out, and lets the run go on without
it.

Whatever is typed or pasted is checked before it is done. This is the net below: a command that was let in and
breaks the run, at once or an hour later, costs nothing but itself. Where the run breaks without any command,
it ends at its last good moment.
"""

from collections.abc import Callable, Mapping
from traceback import format_exception
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.command import CommandError
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import Message, _
from clustersim.run import Given, Inputs, Run
from clustersim.view import build_view, messages_since, newest_items

MOST_LEFT_OUT: Final = 20
"""When leaving out so many commands does not help, it is not the commands."""
BACK: Final[tuple[Micros, ...]] = (1, SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND, 3600 * SECOND)
"""How long before it breaks a run may still be good."""

LOOKED_AT: Final = 500
"""Events that somebody who comes now may be told."""

SLICE: Final[Micros] = 600 * SECOND
"""So much time passes between two looks of whoever waits for a long run."""

BROKE: Final = _("It could not be carried out ({why}).")
NOT_REACHED: Final = _("The run does not get as far as that.")


class Failure(msgspec.Struct, frozen=True):
    """The run breaks, whatever is left out, and holds up to `t`; when it breaks, why, and where in the
    code.
    """

    t: Micros
    why: str
    broke_at: Micros
    traceback: str


class Recovered(msgspec.Struct):
    """A run that holds. left_out: by their index in the inputs, the commands that are not part of it, and
    why. failure: why it ended before it should."""

    run: Run
    left_out: Mapping[int, Message]
    failure: Failure | None = None


class Unbootable(ValueError):
    """A scenario that breaks before anything could be shown."""


def look_at(cluster: Cluster) -> None:
    """All that a page asks of a cluster at every tick. Raises what showing it raises."""
    build_view(cluster)
    newest_items(cluster.record.since(0), LOOKED_AT)
    messages_since(cluster, max(0, cluster.record.last_id - LOOKED_AT), cluster.now - 60 * SECOND)


def recover(
    inputs: Inputs,
    until: Micros,
    run: Run | None = None,
    along: Callable[[Run], None] | None = None,
    booting: Callable[[float], None] | None = None,
) -> Recovered:
    """The run of these inputs up to `until`, without what breaks it. `run`: one that has been given the
    first of the commands; `along`: called with the run now and then on the way, `booting` with the share of
    the boot that is done. Raises Unbootable."""
    return _Recovery(inputs, until, run or _booted(inputs, booting), along).recovered()


def _booted(inputs: Inputs, booting: Callable[[float], None] | None) -> Run:
    try:
        run = Run(Inputs(inputs.scenario), along=booting)
        look_at(run.head)
    except Exception as error:
        raise Unbootable(reason(error)) from error
    return run


def reason(error: BaseException) -> str:
    """What broke, in a line for people who may want to report it."""
    return f"{type(error).__name__}: {error}"[:200]


class _Recovery:
    """given: the commands of the inputs that the run has been given, by index."""

    def __init__(
        self, inputs: Inputs, until: Micros, run: Run, along: Callable[[Run], None] | None = None
    ) -> None:
        self.along = along
        self.commands = inputs.commands
        self.until = until
        self.run = run
        self.given = list(range(len(run.commands)))
        self.left_out: dict[int, Message] = {}

    def recovered(self) -> Recovered:
        while (error := self._broken(self._play)) is not None:
            broke_at = self.run.now
            offender = self._offender(broke_at) if len(self.left_out) < MOST_LEFT_OUT else None
            if offender is None:
                return self._last_good(broke_at, error)
            self.left_out[offender] = Message(BROKE, {"why": reason(error)})
            self._rewind(self.given.index(offender))
        return Recovered(self.run, self.left_out)

    def _play(self) -> None:
        first = self.given[-1] + 1 if self.given else 0
        for index in range(first, len(self.commands)):
            if index in self.left_out:
                continue
            given = self.commands[index]
            self._run_until(given.t)
            self.given.append(index)
            try:
                self.run.apply(given.command, given.actor)
            except CommandError as refused:
                self.given.pop()
                self.left_out[index] = refused.message
        self._run_until(self.until)
        look_at(self.run.head)

    def _run_until(self, until: Micros) -> None:
        while self.along is not None and self.run.now + SLICE < until:
            self.run.run_until(self.run.now + SLICE)
            self.along(self.run)
        self.run.run_until(until)

    def _rewind(self, commands: int) -> None:
        self.run.rewind(commands)
        del self.given[len(self.run.commands) :]

    def _offender(self, broke_at: Micros) -> int | None:
        """The command without which, and without all after it, the run holds. Mostly it is the last one."""
        given = [self.commands[index] for index in self.given]
        holds, breaks = 0, len(given)
        if not given or self._breaks([], broke_at) or not self._breaks(given, broke_at):
            return None  # it breaks without any, or holds with all of them: none is to blame
        if not self._breaks(given[:-1], broke_at):
            return self.given[-1]
        while breaks - holds > 1:
            middle = (holds + breaks) // 2
            if self._breaks(given[:middle], broke_at):
                breaks = middle
            else:
                holds = middle
        return self.given[breaks - 1]

    def _breaks(self, commands: list[Given], until: Micros) -> bool:
        def trial() -> None:
            look_at(self.run.trial(commands, until))

        return self._broken(trial) is not None

    @staticmethod
    def _broken(work: Callable[[], None]) -> Exception | None:
        """What is raised may be anything: that is the point."""
        try:
            work()
        except MemoryError:
            raise
        except Exception as error:
            return error
        return None

    def _last_good(self, broke_at: Micros, error: Exception) -> Recovered:
        """The run up to shortly before it breaks; what was given later is out of its reach."""
        trace = "".join(format_exception(error))
        for back in (*BACK, broke_at):
            t = max(0, broke_at - back)
            reached = [index for index in self.given if self.commands[index].t <= t]
            if not self._breaks([self.commands[index] for index in reached], t):
                break
        for index, given in enumerate(self.commands):
            if given.t > t:
                self.left_out.setdefault(index, Message(NOT_REACHED))
        self._rewind(len(reached))
        self.until = t
        if self._broken(self._play) is not None:
            raise Unbootable(reason(error)) from error
        return Recovered(self.run, self.left_out, Failure(self.run.now, reason(error), broke_at, trace))
