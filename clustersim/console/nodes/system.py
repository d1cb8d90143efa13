"""What a machine says of itself: free, df, uname, dmesg, date, uptime; and how it is switched off."""

from collections.abc import Sequence
from datetime import timedelta

from clustersim.api.timestamp import EPOCH
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.runtime.records import RuntimeDisk
from clustersim.runtime.usage import memory_available


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
    return Answer(text=f" {_clock(host.now)} up {up_for(host)},  1 user,  load average: 0.00, 0.01, 0.05")


def up_for(host: Host) -> str:
    """Since its boot, as uptime and top say it."""
    seconds = max(0, host.now - host.machine.state.since) // SECOND
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def _clock(t: Micros, form: str = "%H:%M:%S") -> str:
    return (EPOCH + timedelta(microseconds=t)).strftime(form)


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
