"""What a container has written, as far as its command says so.

Nothing of it is kept in the cluster. Whoever asks has the script run once more, in the shell of this console,
with a clock of its own that begins when the container began: a `sleep` takes its time, and every line has the
moment at which it was written. So the same question brings the same lines. Where a program comes that this
model does not know, or that asks another for something, nobody knows what is written from there on.
"""

import re
from collections import deque
from collections.abc import Callable, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clustersim.api.timestamp import rfc3339, rfc3339_micro
from clustersim.api.variable_names import expanded
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.nodes import agnhost, caller_log
from clustersim.console.nodes.container_environment import environment, given_by_pod
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.container_programs import Inside, encoded, program
from clustersim.console.nodes.digits_of_pi import digits_of_pi
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.inside import script_of
from clustersim.console.nodes.system import dated
from clustersim.digits import is_whole
from clustersim.engine.calendar import by_its_calendar, calendar
from clustersim.engine.time import Micros
from clustersim.i18n import Message, _
from clustersim.machine import Machine
from clustersim.programs import agnhost_servers, image_name, is_shell_image, slept, started_with
from clustersim.programs.executables import unknown_to_shell
from clustersim.runtime.records import EXITED, Container
from clustersim.shell.budget import Budget, Printed
from clustersim.shell.expanding import Memory
from clustersim.shell.ran import Ran
from clustersim.shell.shell import Shell
from clustersim.shell.words import ShellError

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

MOST_COMMANDS: Final = 5000
"""Of a script that is run once more; what it would do after them is not known."""
MOST_KEPT: Final = 256 * 1024
"""Characters; the oldest lines go first, as runtimes rotate their files."""
UNKNOWN: Final = _("This model does not know all that {image} writes.")
CUT_OFF: Final = _("The script was followed for {most} commands, up to {moment}: no more of it is known.")
_ASKING: Final = ("curl", "kill", "wget")
"""Programs whose outcome was that of another moment."""
_PI: Final = re.compile(r"print bpi\((\d{1,4})\)")
_HELLO: Final = (
    "Hello from Docker!\nThis message shows that your installation appears to be working correctly.\n"
)


class LogLine(NamedTuple):
    """When it was written, what the clock of its node showed then, and the line; ends: with a newline."""

    at: Micros
    wall: Micros
    text: str
    ends: bool = True


class Written(NamedTuple):
    """note: why there may be more that nobody knows."""

    lines: tuple[LogLine, ...] = ()
    note: Message | None = None


class Part(NamedTuple):
    """Which part of a log is wanted, and how: the last lines of it (None: all), those since a moment, so many
    bytes at most; stamped: each with its moment in front."""

    tail: int | None = None
    since: Micros | None = None
    limit: int | None = None
    stamped: bool = False


def part_of(arguments: Arguments) -> Part:
    """The part that runtimes' own commands ask for."""
    tail = arguments.value("tail")
    return Part(int(tail) if is_whole(tail) and len(tail) < 10 else None)


def shown(lines: Sequence[LogLine], part: Part) -> str:
    """That part, as the kubelet sends it (v1.7.5, v1.36 pkg/kubelet/kuberuntime/logs)."""
    wanted = [line for line in lines if part.since is None or line.at >= part.since]
    if part.tail is not None:
        wanted = wanted[max(0, len(wanted) - part.tail) :]
    text = "".join(
        f"{_stamp(line.wall) if part.stamped else ''}{line.text}{chr(10) if line.ends else ''}"
        for line in wanted
    )
    if part.limit is None:
        return text
    return encoded(text)[: part.limit].decode(errors="ignore")


def _stamp(at: Micros) -> str:
    return f"{rfc3339_micro(at).removesuffix('Z')}000Z "


class _Over(Exception):
    """The moment has come at which somebody looks, or the program has ended."""


class _Unknown(Exception):
    """Nobody knows what is written from here on."""


class _CutOff(Exception):
    """The script does too much to be run once more to its end."""


class _Log(Printed):
    """Lines with their moments. now: by the clock of the program; until: when somebody looks."""

    def __init__(self, begins: Micros, until: Micros, machine: Machine) -> None:
        super().__init__()
        self.now = begins
        self._machine = machine
        self._until = until
        self._lines: deque[LogLine] = deque()
        self._kept = 0
        self._begun = {"out": "", "err": ""}

    @property
    def wall(self) -> Micros:
        """What the clock of the node shows."""
        return self.wall_at(self.now)

    def wall_at(self, moment: Micros) -> Micros:
        """The same, at a moment."""
        return self._machine.wall(moment)

    def add(self, out: str, err: str) -> None:
        """More of it, on both outputs."""
        for name, text in (("out", out), ("err", err)):
            *whole, rest = (self._begun[name] + text).split("\n")
            self._begun[name] = rest
            for line in whole:
                self._keep(LogLine(self.now, self.wall, line))

    def _keep(self, line: LogLine) -> None:
        self._lines.append(line)
        self._kept += len(line.text)
        while self._kept > MOST_KEPT and len(self._lines) > 1:
            self._kept -= len(self._lines.popleft().text)

    def sleep(self, duration: Micros) -> None:
        """Raises _Over."""
        self.now += duration
        if self.now >= self._until:
            raise _Over

    def lines(self, *, ended: bool) -> tuple[LogLine, ...]:
        """All of them; what has no newline yet is written down when the program has ended."""
        if ended:
            for text in filter(None, self._begun.values()):
                self._keep(LogLine(self.now, self.wall, text, ends=False))
        return tuple(self._lines)


class _Then(Api):
    """The API as it was at a moment, as far as that is known: without what has come since."""

    def __init__(self, cluster: "Cluster", log: _Log) -> None:
        super().__init__(cluster)
        self._log = log

    def find(self, resource: str, namespace: str, name: str, *, right: str = "get") -> Any:
        found = super().find(resource, namespace, name)
        created = found.metadata.creation_timestamp if found is not None else ""
        return None if created > rfc3339(self._log.now) else found


@by_its_calendar
def written(cluster: "Cluster", pod: Any, record: Container) -> Written:
    """What a container has written by now."""
    began = record.started_at
    if began is None:
        return Written()
    ended = record.state == EXITED and record.finished_at is not None
    until = record.finished_at + 1 if ended and record.finished_at is not None else cluster.now
    machine = cluster.machines[pod.spec.node_name]
    if record.turns:
        return Written(tuple(_of_caller(record, cluster.world.engine.seed, until, machine)))
    log = _Log(began, until, machine)
    note = None
    try:
        _play(cluster, pod, record, log)
    except _Over:
        pass
    except _Unknown:
        note = Message(UNKNOWN, {"image": record.image})
    except _CutOff:
        note = Message(CUT_OFF, {"most": MOST_COMMANDS, "moment": rfc3339(log.now)})
    heard = [
        LogLine(one.at, wall, f"{_dated(wall)} {told}")
        for one in record.heard
        if (told := agnhost_servers.logged(record.spec, one.method, one.address)) and one.at < until
        for wall in (log.wall_at(one.at),)
    ]
    heard += [LogLine(one.at, log.wall_at(one.at), one.text) for one in record.wrote if one.at < until]
    lines = log.lines(ended=ended)
    return Written(tuple(sorted((*lines, *heard), key=lambda line: line.at)) if heard else lines, note)


def _of_caller(record: Container, seed: int, until: Micros, machine: Machine) -> list[LogLine]:
    """Of a program that asks others over and over."""
    lines = list[LogLine]()
    for at, text in reversed(list(caller_log.printed(record, seed, until))):
        wall = machine.wall(at)
        lines += [
            LogLine(at, wall, one.removesuffix("\n"), one.endswith("\n")) for one in text.splitlines(True)
        ]
    return lines


def _dated(wall: Micros) -> str:
    """As Go's package log writes it."""
    return calendar().moment(wall).strftime("%Y/%m/%d %H:%M:%S")


@by_its_calendar
def log_of(cluster: "Cluster", record: Container, part: Part) -> Answer:
    """What a runtime prints of a container's log."""
    pod = cluster.object("pods", f"{record.namespace}/{record.pod}")
    if pod is None or pod.metadata.uid != record.pod_uid:
        return Answer(note=Message(UNKNOWN, {"image": record.image}))
    found = written(cluster, pod, record)
    return Answer(text=shown(found.lines, part).removesuffix("\n"), note=found.note)


def _play(cluster: "Cluster", pod: Any, record: Container, log: _Log) -> None:
    """Have the container's program write. Raises _Over and _Unknown as it does."""
    api, spec = _Then(cluster, log), record.spec
    variables = environment(api, pod, spec, record)
    words = started_with(spec.image, spec.command, spec.args)
    given = given_by_pod(api, pod, spec, record)
    command = [expanded(word, given) for word in words]
    if not command:
        _play_image(spec.image, log)
        return
    files = ContainerFiles(api, pod, spec, begins=record)
    here = Inside(api, pod, spec, Host(cluster, pod.spec.node_name), files, [], variables)
    _Player(here, log).start(command, "", log)


def _play_image(image: str, log: _Log) -> None:
    """What an image's own program writes."""
    if image_name(image) == "hello-world":
        log.add(_HELLO, "")
    elif not is_shell_image(image):
        raise _Unknown


class _Player:
    """Runs the programs of one container."""

    def __init__(self, here: Inside, log: _Log) -> None:
        self._here = here
        self._log = log
        self._budget = Budget(MOST_COMMANDS)
        self._own: dict[str, Callable[[list[str], str], Ran]] = {
            "date": self._date,
            "perl": self._perl,
            "sleep": self._sleep,
            "tail": self._tail,
            "trap": lambda words, stdin: Ran(),
            "wait": lambda words, stdin: self._sleep(["infinity"], stdin),
        }

    def start(self, command: Sequence[str], stdin: str, printed: Printed) -> Ran:
        """A program, and what it prints; a shell prints as it goes."""
        script = script_of(command, stdin)
        if script is not None:
            shell = Shell(self._here.files, self._run, Memory(self._here.variables), self._budget, printed)
            try:
                ran = shell.script(*script)
            except ShellError:
                raise _Unknown from None
            if self._budget.left < 0:
                raise _CutOff
            if ran.note is not None:
                raise _Unknown
            return Ran(code=ran.code)
        ran = self._run(command, stdin)
        printed.add(ran.out, ran.err)
        return ran

    def _run(self, words: Sequence[str], stdin: str) -> Ran:
        """A program that is not the shell's own."""
        if words[0] == "exec":
            rest = list(dropwhile(lambda word: word == "exec", words))
            return self.start(rest, stdin, self._log) if rest else Ran()
        if script_of(words, stdin) is not None:
            printed = Printed()
            ran = self.start(words, stdin, printed)
            return Ran(printed.out, printed.err, ran.code)
        name = words[0].rpartition("/")[2]
        if (own := self._own.get(name)) is not None:
            return own(list(words[1:]), stdin)
        if name in ("agnhost", "agnhost-2"):
            return self._agnhost(words)
        known = program(words)
        if known is None and unknown_to_shell(self._here.spec.image, words[0]):
            return Ran(err=f"sh: {words[0]}: not found\n", code=127)
        if known is None or name in _ASKING:
            raise _Unknown
        try:
            ran = known(self._here, words, stdin)
        except Said as said:
            if name != "nslookup":
                raise _Unknown from None
            ran = Ran(err=f"{said.text}\n", code=1)
        if ran.note is not None:
            raise _Unknown
        return ran

    def _agnhost(self, words: Sequence[str]) -> Ran:
        """It prints as it goes."""
        for text in agnhost_servers.greetings(self._here.spec):
            self._log.add(f"{_dated(self._log.wall)} {text}\n", "")
        try:
            code = agnhost.run(
                self._here,
                words,
                lambda text: self._log.add(text, ""),
                lambda milliseconds: self._log.sleep(milliseconds * 1000),
            )
        except Said:
            raise _Unknown from None
        return Ran(code=code)

    def _sleep(self, words: list[str], stdin: str) -> Ran:
        duration = slept(words)
        if duration is None:
            return Ran(err=f"sleep: invalid number '{' '.join(words)}'\n", code=1)
        self._log.sleep(duration * 1000)
        return Ran()

    def _date(self, words: list[str], stdin: str) -> Ran:
        answer = dated(self._log.wall, words)
        return Ran(f"{answer.text}\n") if answer.ok else Ran(err=f"{answer.text}\n", code=1)

    def _tail(self, words: list[str], stdin: str) -> Ran:
        if {"-f", "-F"} & set(words):
            return self._sleep(["infinity"], stdin)
        known = program(["tail"])
        assert known is not None
        return known(self._here, ["tail", *words], stdin)

    def _perl(self, words: list[str], stdin: str) -> Ran:
        """The digits of pi, which the Job of Kubernetes's documentation computes."""
        asked = _PI.search(" ".join(words))
        if asked is None:
            raise _Unknown
        return Ran(f"{digits_of_pi(int(asked[1]))}\n")
