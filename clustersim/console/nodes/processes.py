"""The processes of a machine: ps, top, pidof, pgrep, and signals to them.

They are the services, and the first process of each container that runs.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host, fault
from clustersim.console.nodes.system import clock, memory_used, up_for
from clustersim.digits import is_whole
from clustersim.engine.process import HUNG, Process
from clustersim.engine.time import Micros
from clustersim.i18n import _
from clustersim.programs import stop_code
from clustersim.runtime.records import Container
from clustersim.runtime.usage import memory_taken, running_on

_SERVICE_MIB: Final = {
    "docker": 60,
    "containerd": 45,
    "kubelet": 70,
    "kube-proxy": 25,
    "etcd": 60,
    "kube-apiserver": 250,
}
_FIRST_OF_CONTAINERS, _MOST_OF_CONTAINERS = 5000, 27_000
"""Process ids of containers are made from here, from the containers' own ids."""
_KILLED = 137
"""Exit codes of a process that a signal has ended."""


class Row(NamedTuple):
    """A process as ps lists it. of: the service, or the container, whose it is; None: it is init."""

    pid: int
    started: Micros
    state: str
    mib: int
    command: str
    of: Process | Container | None = None

    @property
    def name(self) -> str:
        """Of its program, without its directory."""
        return self.command.split()[0].rpartition("/")[2]


def rows(host: Host) -> list[Row]:
    """All of them, by their ids."""
    boot = host.machine.state.since
    found = [Row(1, boot, "Ss", 6, "/usr/lib/systemd/systemd --switched-root --system")]
    for unit, process in host.running():
        state = "Tsl" if process.status.phase == HUNG else "Ssl"
        mib = _SERVICE_MIB.get(unit, 40)
        found.append(Row(host.pid(unit), process.status.since, state, mib, host.program(unit), process))
    for one in running_on(host.machine):
        words = [*one.spec.command, *one.spec.args]
        command = " ".join(words).strip() or one.image.rpartition("/")[2].partition(":")[0]
        mib = max(1, memory_taken(one) // 2**20)
        started = one.started_at or one.created_at
        found.append(Row(pid_of_container(one.id), started, "Ss", mib, command, one))
    return sorted(found, key=lambda row: row.pid)


def pid_of_container(container: str) -> int:
    """The id of its first process, by its own id: the same as long as it runs."""
    return _FIRST_OF_CONTAINERS + int(container[:8], 16) % _MOST_OF_CONTAINERS


def ps(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ps aux, ps -ef."""
    flags = "".join(words)
    found = rows(host)
    if "f" in flags and "aux" not in flags:
        lines = ["UID        PID  PPID  C STIME TTY          TIME CMD"]
        lines += [
            f"{'root':<8} {row.pid:>5} {0 if row.pid == 1 else 1:>5}  0 "
            f"{clock(row.started, '%H:%M')} ?        00:00:00 {row.command}"
            for row in found
        ]
    elif "u" in flags or "x" in flags or "a" in flags.lower():
        lines = ["USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"]
        total = host.machine.memory_mib
        lines += [
            f"{'root':<8} {row.pid:>5}  0.0 {row.mib * 100 / total:>4.1f} {row.mib * 4096:>6} "
            f"{row.mib * 1024:>5} ?        {row.state:<4} {clock(row.started, '%H:%M')}   0:00 "
            f"{row.command}"
            for row in found
        ]
    else:
        lines = ["  PID TTY          TIME CMD", " 9001 pts/0    00:00:00 bash", " 9044 pts/0    00:00:00 ps"]
    return Answer(text="\n".join(lines))


def top(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """top -b -n 1."""
    found = rows(host)
    used = memory_used(host)
    total = host.machine.memory_mib
    stopped = sum(1 for row in found if row.state.startswith("T"))
    lines = [
        f"top - {clock(host.now)} up {up_for(host)},  1 user,  load average: 0.00, 0.01, 0.05",
        f"Tasks: {len(found)} total,   1 running, {len(found) - 1 - stopped} sleeping,   {stopped} "
        "stopped,   0 zombie",
        "%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
        f"KiB Mem : {total * 1024:>8} total, {(total - used) * 1024:>8} free, {used * 1024:>8} "
        "used,        0 buff/cache",
        "",
        "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU %MEM     TIME+ COMMAND",
    ]
    lines += [
        f"{row.pid:>5} {'root':<8}  20   0 {row.mib * 4096:>7} {row.mib * 1024:>6}      0 "
        f"{row.state[0]}   0.0 {row.mib * 100 / total:>4.1f}   0:00.00 {row.name}"
        for row in found
    ]
    return Answer(text="\n".join(lines))


# --- by name -----------------------------------------------------------------------------------------------


def pidof(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """pidof NAME: the ids of processes of exactly that name, the latest first."""
    names = [word for word in words if not word.startswith("-")]
    found = [str(row.pid) for row in reversed(rows(host)) if row.name in names]
    return Answer(text=" ".join(found), ok=bool(found))


def pgrep(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """pgrep [-f] [-x] [-l] [-a] NAME: the ids of processes whose name holds that. Raises Said."""
    flags = "".join(word[1:] for word in words if word.startswith("-"))
    found = _matching(host, words, "pgrep")
    told = [
        f"{row.pid} {row.command}" if "a" in flags else f"{row.pid} {row.name}" if "l" in flags else row.pid
        for row in found
    ]
    return Answer(text="\n".join(str(one) for one in told), ok=bool(found))


def _matching(host: Host, words: Sequence[str], verb: str) -> list[Row]:
    flags = "".join(word[1:] for word in words if word.startswith("-"))
    names = [word for word in words if not word.startswith("-")]
    if not names:
        raise Said(f"{verb}: no matching criteria specified\nTry `{verb} --help' for more information.")
    return [
        row
        for row in rows(host)
        for text in [row.command if "f" in flags else row.name]
        if any(text == name if "x" in flags else name in text for name in names)
    ]


# --- signals -----------------------------------------------------------------------------------------------


def kill(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """kill [-9|-STOP|-CONT] PID ...: services and containers. Raises Said."""
    signal, pids = _signal(words)
    if not pids or not all(is_whole(pid) for pid in pids):
        raise Said(
            "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"
        )
    by_pid = {row.pid: row for row in rows(host)}
    commands: list[Command] = []
    for pid in pids:
        if (row := by_pid.get(int(pid[-9:]))) is None:
            raise Said(f"-bash: kill: ({pid}) - No such process")
        commands += _sent(host, row, signal)
    return Answer(commands=tuple(commands))


def pkill(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """pkill, killall [-9|-STOP|-CONT] NAME: services and containers by their names. Raises Said."""
    signal, rest = _signal(words)
    if rest == ["stress"] and host.machine.state.memory_taken:
        return Answer(commands=(Command("use-memory", host.name, {"mib": 0}),))
    found = [row for row in _matching(host, rest, "pkill") if row.of is not None]
    commands = [command for row in found for command in _sent(host, row, signal)]
    return Answer(commands=tuple(commands), ok=bool(found))


def _signal(words: Sequence[str]) -> tuple[str, list[str]]:
    """Which signal, and to what."""
    rest = list(words)
    if not rest or not rest[0].startswith("-") or rest[0] in ("-f", "-x", "-q"):
        return "TERM", rest
    signal = rest.pop(0).lstrip("-").upper()
    if signal in ("S", "SIGNAL") and rest:
        signal = rest.pop(0).upper()
    return signal.removeprefix("SIGNAL=").removeprefix("SIG"), rest


def _sent(host: Host, row: Row, signal: str) -> list[Command]:
    """What a signal does. Raises Said where it does nothing that is modelled."""
    if isinstance(row.of, Process):
        if signal in ("HUP", "1") and row.of.kind == "docker":
            return [Command("reload-docker", host.name)]
        if signal in ("KILL", "9") and row.of.kind == "docker":
            return [Command("stop-docker", host.name, {"containers": "running"})]
        verb = {"STOP": "hang", "19": "hang", "CONT": "resume", "18": "resume"}.get(signal, "stop")
        return [Command(fault(verb, row.of), None if host.is_master else host.name)]
    if isinstance(row.of, Container):
        if signal in ("STOP", "19", "CONT", "18"):
            verb = "stop-answering" if signal in ("STOP", "19") else "resume-answering"
            return [Command(verb, row.of.pod_uid, {"container": row.of.name})]
        code = _KILLED if signal in ("KILL", "9") else stop_code(row.of.spec, row.of.program)
        return [Command("crash-container", row.of.pod_uid, {"container": row.of.name, "code": code})]
    raise Said(note=_("Init stays: shut the machine down instead."))
