"""What a machine says of itself: free, df, uname, dmesg, date, uptime; and how it is switched off."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.digits import is_whole
from clustersim.engine.calendar import calendar
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import Message, _
from clustersim.machine import DISK_BYTES
from clustersim.runtime.records import RuntimeDisk
from clustersim.runtime.usage import disk_available, memory_available


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
    swapped = host.machine.state.swap
    swap = f"Swap:   {told(swapped):>11} {told(0):>11} {told(swapped):>11}"
    return Answer(text="\n".join((head, row, swap)))


DISK_GB: Final = DISK_BYTES >> 30
"""Size of the disk of every machine."""


def df(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """df [-h] [-T]: what people and images have written."""
    typed = "T" in "".join(words)
    filled = 100 * (1 - disk_available(host.machine))
    used = round(filled * DISK_GB / 100)
    kind = f" {host.machine.state.filesystem.partition(' ')[0]:<8}" if typed else ""
    lines = [
        f"Filesystem     {'Type     ' if typed else ''}Size  Used Avail Use% Mounted on",
        f"/dev/sda1     {kind}  {DISK_GB}G {used:>4}G {DISK_GB - used:>4}G {round(filled):>3}% /",
    ]
    return Answer(text="\n".join(lines))


def nproc(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """nproc."""
    return Answer(text=str(max(1, host.machine.cpu_millicores // 1000)))


def fallocate(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """fallocate -l 10G FILE: so much more of the disk is used. Raises Said."""
    sizes = [after for word, after in pairwise(words) if word in ("-l", "--length")]
    size = _megabytes(sizes[-1] if sizes else "", "fallocate: no length argument specified")
    return _filled(host, size, "fallocate: fallocate failed")


def dd(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """dd if=/dev/zero of=FILE bs=1M count=10000. Raises Said."""
    given = dict(word.partition("=")[::2] for word in words)
    if given.get("if") not in ("/dev/zero", "/dev/urandom") or not is_whole(given.get("count", "")):
        raise Said(note=_("This console knows dd if=/dev/zero of=FILE bs=1M count=10000."))
    size = _megabytes(given.get("bs", "512"), "dd: invalid number") * int(given["count"][:9])
    if given.get("of") == "/dev/null":
        return Answer()
    return _filled(host, size, f"dd: error writing '{given.get('of', 'standard output')}'")


def _filled(host: Host, megabytes: float, failed: str) -> Answer:
    """A file of that size. failed: what the program says before the reason why there is no room. Raises
    Said."""
    if host.is_master:
        raise Said(note=_("Disks are filled on nodes here."))
    more = megabytes / 1024 * 100 / DISK_GB
    percent = host.machine.state.disk_filled + more
    if more > 100 * disk_available(host.machine):
        raise Said(f"{failed}: No space left on device")
    note = Message(_("No single files are kept: fill-disk sets how much of the disk is used."))
    return Answer(commands=(Command("fill-disk", host.name, {"percent": round(percent)}),), note=note)


def stress(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """stress --vm 1 --vm-bytes 1G, stress-ng the same: memory that no pod has. Raises Said."""
    given = dict(pairwise(words))
    wanted = given.get("--vm-bytes", "")
    count = given.get("--vm", given.get("-m", "1"))
    if not wanted or not is_whole(count) or host.is_master:
        raise Said(note=_("This console knows stress --vm 1 --vm-bytes 1G on a node; pkill stress ends it."))
    mib = round(_megabytes(wanted, "stress: FAIL") * int(count[:3]))
    if mib > host.machine.memory_mib:
        raise Said(f"stress: FAIL: hogvm malloc failed: Cannot allocate memory ({wanted})")
    return Answer(commands=(Command("use-memory", host.name, {"mib": mib}),))


_SIZE: Final = re.compile(r"(\d{1,9})([KMGT]?)(?:i?B)?", re.IGNORECASE)
_MEGABYTES: Final = {"": 1 / 2**20, "K": 1 / 1024, "M": 1.0, "G": 1024.0, "T": 2.0**20}


def _megabytes(text: str, wrong: str) -> float:
    """MiB of "10G". Raises Said."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise Said(f"{wrong}: '{text}'" if text else wrong)
    return int(found[1]) * _MEGABYTES[found[2].upper()]


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
    """date [-u] [+FORMAT], date -s TIME. Raises Said."""
    wanted = [after for word, after in pairwise(words) if word in ("-s", "--set")]
    if wanted:
        return _set(host, wanted[-1])
    return dated(host.now + host.machine.state.clock_skew, words)


_AHEAD: Final = re.compile(r"([+-]?)\s*(\d{1,5})\s*(sec|second|min|minute|hour|day)s?(\s+ago)?")
_SECONDS: Final = {"sec": 1, "second": 1, "min": 60, "minute": 60, "hour": 3600, "day": 86_400}


def _set(host: Host, text: str) -> Answer:
    """The clock of a node goes wrong: date -s '+10 min', date -s '2017-09-26 08:00:00'. Raises Said."""
    if host.is_master:
        raise Said(note=_("Clocks are set on nodes here."))
    own = host.machine.state.clock_skew // SECOND
    if (found := _AHEAD.fullmatch(text.strip())) is not None:
        behind = found[1] == "-" or found[4] is not None
        ahead = own + int(found[2]) * _SECONDS[found[3]] * (-1 if behind else 1)
    else:
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            raise Said(f"date: invalid date '{text}'") from None
        ahead = calendar().micros(moment) // SECOND - host.now // SECOND
    return Answer(commands=(Command("set-clock", host.name, {"ahead_s": ahead}),))


def dated(now: Micros, words: Sequence[str]) -> Answer:
    """The same, of a moment."""
    moment = calendar().moment(now)
    form = next((word[1:] for word in words if word.startswith("+")), "")
    wrong = next((word for word in words if word[:1] not in "+-"), None)
    if wrong is not None:
        return Answer(text=f"date: invalid date '{wrong}'", ok=False)
    if form and len(form) < 60 and all(part[:1] in "YmdHMSsFTZ%a b" for part in form.split("%")[1:]):
        return Answer(text=moment.strftime(form.replace("%s", str(int(moment.timestamp())))))
    return Answer(text=moment.strftime("%a %b %e %H:%M:%S UTC %Y"))


def uptime(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """uptime."""
    return Answer(text=f" {clock(host.now)} up {up_for(host)},  1 user,  load average: 0.00, 0.01, 0.05")


def up_for(host: Host) -> str:
    """Since its boot, as uptime and top say it."""
    seconds = max(0, host.now - host.machine.state.since) // SECOND
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def clock(t: Micros, form: str = "%H:%M:%S") -> str:
    """A moment as programs print it. form: of strftime."""
    return calendar().moment(t).strftime(form)


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
