"""What a machine says of itself: ps, top, free, df, uname, dmesg, date, uptime; kill, and reboot."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from clustersim.api.timestamp import EPOCH
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.digits import is_whole
from clustersim.engine.process import HUNG, Process
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.runtime.records import RuntimeDisk
from clustersim.runtime.usage import memory_available, memory_taken, running_on

_SERVICE_MIB: Final = {
    "docker": 60,
    "containerd": 45,
    "kubelet": 70,
    "kube-proxy": 25,
    "etcd": 60,
    "kube-apiserver": 250,
}


class _Row:
    """A process as ps lists it."""

    def __init__(self, pid: int, user: str, started: Micros, state: str, mib: int, command: str) -> None:
        self.pid, self.user, self.started, self.state, self.mib, self.command = (
            pid,
            user,
            started,
            state,
            mib,
            command,
        )


def _rows(host: Host) -> list[_Row]:
    boot = host.machine.state.since
    rows = [_Row(1, "root", boot, "Ss", 6, "/usr/lib/systemd/systemd --switched-root --system")]
    for unit, process in host.running():
        state = "Tsl" if process.status.phase == HUNG else "Ssl"
        rows.append(
            _Row(
                host.pid(unit),
                "root",
                process.status.since,
                state,
                _SERVICE_MIB.get(unit, 40),
                host.program(unit),
            )
        )
    for index, one in enumerate(running_on(host.machine)):
        words = [*one.spec.command, *one.spec.args] or [one.image.partition(":")[0].rpartition("/")[2]]
        mib = max(1, memory_taken(one) // 2**20)
        rows.append(
            _Row(5000 + 17 * index, "root", one.started_at or one.created_at, "Ss", mib, " ".join(words))
        )
    return sorted(rows, key=lambda row: row.pid)


def ps(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """ps aux, ps -ef."""
    flags = "".join(words)
    rows = _rows(host)
    if "f" in flags and "aux" not in flags:
        lines = ["UID        PID  PPID  C STIME TTY          TIME CMD"]
        lines += [
            f"{row.user:<8} {row.pid:>5} {0 if row.pid == 1 else 1:>5}  0 "
            f"{_clock(row.started, '%H:%M')} ?        00:00:00 {row.command}"
            for row in rows
        ]
    elif "u" in flags or "x" in flags or "a" in flags.lower():
        lines = ["USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"]
        total = host.machine.memory_mib
        lines += [
            f"{row.user:<8} {row.pid:>5}  0.0 {row.mib * 100 / total:>4.1f} {row.mib * 4096:>6} "
            f"{row.mib * 1024:>5} ?        {row.state:<4} {_clock(row.started, '%H:%M')}   0:00 "
            f"{row.command}"
            for row in rows
        ]
    else:
        lines = ["  PID TTY          TIME CMD", " 9001 pts/0    00:00:00 bash", " 9044 pts/0    00:00:00 ps"]
    return Answer(text="\n".join(lines))


def top(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """top -b -n 1."""
    rows = _rows(host)
    used = memory_used(host)
    total = host.machine.memory_mib
    stopped = sum(1 for row in rows if row.state.startswith("T"))
    lines = [
        f"top - {_clock(host.now)} up {_uptime(host)},  1 user,  load average: 0.00, 0.01, 0.05",
        f"Tasks: {len(rows)} total,   1 running, {len(rows) - 1 - stopped} sleeping,   {stopped} "
        "stopped,   0 zombie",
        "%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
        f"KiB Mem : {total * 1024:>8} total, {(total - used) * 1024:>8} free, {used * 1024:>8} "
        "used,        0 buff/cache",
        "",
        "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU %MEM     TIME+ COMMAND",
    ]
    for row in rows:
        name = row.command.split()[0].rpartition("/")[2]
        lines.append(
            f"{row.pid:>5} {row.user:<8}  20   0 {row.mib * 4096:>7} {row.mib * 1024:>6}      0 "
            f"{row.state[0]}   0.0 {row.mib * 100 / total:>4.1f}   0:00.00 {name}"
        )
    return Answer(text="\n".join(lines))


def memory_used(host: Host) -> int:
    """MiB as the kubelet counts them too: what containers take, and what the action use-memory does."""
    return host.machine.memory_mib - max(0, memory_available(host.machine)) // 2**20


def free(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """free [-m|-g|-h]."""
    unit = next((word[1:] for word in words if word in ("-m", "-g", "-h", "-k", "-b")), "k")
    total, used = host.machine.memory_mib, memory_used(host)

    def told(mib: int) -> str:
        scaled = {"k": str(mib * 1024), "m": str(mib), "g": str(mib // 1024), "b": str(mib * 2**20)}
        return scaled.get(unit, f"{mib / 1024:.1f}G" if mib >= 1024 else f"{mib}M")

    head = "              total        used        free      shared  buff/cache   available"
    row = (
        f"Mem:    {told(total):>11} {told(used):>11} {told(total - used):>11} {told(0):>11} "
        f"{told(0):>11} {told(total - used):>11}"
    )
    swap = f"Swap:   {told(0):>11} {told(0):>11} {told(0):>11}"
    return Answer(text="\n".join((head, row, swap)))


def df(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """df [-h] [-T]."""
    typed = "T" in "".join(words)
    disk: RuntimeDisk | None = host.machine.state.disk.get("runtime")
    images = len(disk.images) if disk is not None else 0
    used = min(38, 2 + images)
    kind = f" {host.machine.state.filesystem:<8}" if typed else ""
    lines = [
        f"Filesystem     {'Type     ' if typed else ''}Size  Used Avail Use% Mounted on",
        f"/dev/sda1     {kind}  40G {used:>4}G {40 - used:>4}G {used * 100 // 40:>3}% /",
    ]
    return Answer(text="\n".join(lines))


def uname(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """uname [-a|-r|-n]."""
    flags = "".join(words).replace("-", "")
    kernel = host.machine.state.kernel
    if "a" in flags:
        return Answer(text=f"Linux {host.name} {kernel} #1 SMP x86_64 GNU/Linux")
    told = [
        text
        for letter, text in (("s", "Linux"), ("n", host.name), ("r", kernel), ("m", "x86_64"))
        if letter in flags
    ]
    return Answer(text=" ".join(told) or "Linux")


def dmesg(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """What the kernel said: since it booted, and of containers that it killed for their memory."""
    lines = [
        f"[    0.000000] Linux version {host.machine.state.kernel}",
        "[    1.000000] EXT4-fs (sda1): mounted filesystem"
        if host.machine.state.filesystem.startswith("ext4")
        else "[    1.000000] XFS (sda1): Ending clean mount",
    ]
    disk: RuntimeDisk | None = host.machine.state.disk.get("runtime")
    for one in disk.containers.values() if disk is not None else ():
        if one.oom_killed and one.finished_at is not None:
            at = (one.finished_at - host.machine.state.since) / SECOND
            killed = f"Kill process ({one.name}) score 1000 or sacrifice child"
            lines.append(f"[{at:12.6f}] Memory cgroup out of memory: {killed}")
    return Answer(text="\n".join(lines))


def hostname(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """hostname [-i|-I]."""
    return Answer(text=host.ip if any(word in ("-i", "-I") for word in words) else host.name)


def date(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """date [-u] [+FORMAT]."""
    return dated(host.now + host.machine.state.clock_skew, words)


def dated(now: Micros, words: Sequence[str]) -> Answer:
    """The same, of a moment."""
    moment = EPOCH + timedelta(microseconds=now)
    form = next((word[1:] for word in words if word.startswith("+")), "")
    wrong = next((word for word in words if word[:1] not in "+-"), None)
    if wrong is not None:
        return Answer(text=f"date: invalid date '{wrong}'", ok=False)
    if form and len(form) < 60 and all(part[:1] in "YmdHMSsFTZ%a b" for part in form.split("%")[1:]):
        return Answer(text=moment.strftime(form.replace("%s", str(int(moment.timestamp())))))
    return Answer(text=moment.strftime("%a %b %e %H:%M:%S UTC %Y"))


def uptime(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """uptime."""
    return Answer(text=f" {_clock(host.now)} up {_uptime(host)},  1 user,  load average: 0.00, 0.01, 0.05")


def _uptime(host: Host) -> str:
    seconds = max(0, host.now - host.machine.state.since) // SECOND
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def _clock(t: Micros, form: str = "%H:%M:%S") -> str:
    return (EPOCH + timedelta(microseconds=t)).strftime(form)


def whoami(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """root."""
    return Answer(text="root")


def reboot(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """The machine goes off and comes back. Raises Said."""
    return _off(host, Command("shut-down", host.name, {"then": "on"}))


def poweroff(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """The machine goes off. Raises Said."""
    return _off(host, Command("shut-down", host.name))


def shutdown(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """shutdown -h now, -P, -r. Raises Said."""
    if any(word == "-r" or word.startswith("--reboot") for word in words):
        return reboot(host, words, stdin)
    return poweroff(host, words, stdin)


def _off(host: Host, *commands: Command) -> Answer:
    if host.is_master:
        raise Said(
            note=_("The machine of the control plane stays on in this model; stop its services one by one.")
        )
    return Answer(text=f"Connection to {host.name} closed by remote host.", commands=commands, where="")


def kill(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """kill [-9|-STOP|-CONT] PID: of a service. Raises Said."""
    signal, pids = _signal(words)
    if not pids or not all(is_whole(pid) for pid in pids):
        raise Said(
            "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]"
        )
    commands: list[Command] = []
    by_pid = {str(host.pid(unit)): process for unit, process in host.running()}
    for pid in pids:
        if pid not in by_pid:
            raise Said(
                f"-bash: kill: ({pid}) - No such process", note=_("kill reaches the services that ps lists.")
            )
        commands.append(_sent(host, by_pid[pid], signal))
    return Answer(commands=tuple(commands))


def pkill(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """pkill, killall [-9|-STOP|-CONT] NAME: services by their names. Raises Said."""
    signal, names = _signal([word for word in words if word not in ("-f", "-x", "-q")])
    if not names:
        raise Said("pkill: no matching criteria specified\nTry `pkill --help' for more information.")
    found = [process for unit, process in host.running() if any(name in unit for name in names)]
    return Answer(commands=tuple(_sent(host, process, signal) for process in found), ok=bool(found))


def _signal(words: Sequence[str]) -> tuple[str, list[str]]:
    """Which signal, and to what."""
    rest = list(words)
    if not rest or not rest[0].startswith("-"):
        return "TERM", rest
    signal = rest.pop(0).lstrip("-").upper()
    if signal in ("S", "SIGNAL") and rest:
        signal = rest.pop(0).upper()
    return signal.removeprefix("SIGNAL=").removeprefix("SIG"), rest


def _sent(host: Host, process: Process, signal: str) -> Command:
    verb = {"STOP": "hang", "19": "hang", "CONT": "resume", "18": "resume"}.get(signal, "stop")
    return Command(f"{verb}-{process.kind}", None if host.is_master else host.name)


def echo(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """echo."""
    return Answer(text=" ".join(words))
