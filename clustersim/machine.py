"""Machines: what processes run on. A machine has power, a kernel, memory, and a disk that survives
everything here."""

import re
from bisect import bisect_right
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

import msgspec

from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

ADDRESS_OF_MASTER: Final = "10.0.0.1"
"""On the network of the machines: what the API server advertises (--advertise-address)."""

PID_MAX: Final = 32_768
"""How many processes there can be at once: kernel.pid_max as Linux has it by itself."""

DISK_BYTES: Final = 100 << 30
"""Size of every machine's disk in this model."""


SWAP_FILE: Final = "/swapfile"

MOST_CLOCKS: Final = 100
"""How often a clock is set before it is forgotten what it showed first."""


class MachineState(State):
    """`disk`: what survives the end of processes and of power, by owner (docker's records, pulled images).
    `kernel_rules`: what survives only processes: kube-proxy's rules, by service. recent_callers: who came to
    which endpoint of a Service whose clients stay with theirs, and when.

    boots: how often it was powered on; the boot id changes with it. memory_taken, processes_taken: MiB that
    programs take which no pod has, and how many processes; swap: MiB of its swap file, 0 where swap is off.
    disk_filled: percent of the disk. clock_skew: by how much its clock is ahead; clock_before: by how much it
    was, and until when. pod_cidr: the addresses of its pods where the cluster gives every node a range.
    manifests: the pods in the files of the kubelet's directory of manifests, by path. configurations: files
    of settings that somebody has written or removed (None), by path; programs read them when they start.
    network_lost: the configuration of its network plugin is gone, so that pods get no network. certificate:
    which one for its kubelet lies on the disk; expired: up to which one they are not valid any more.
    going_off: it was told to shut down, and something holds that up; boots_again: it starts anew afterwards.
    """

    powered: bool = True
    since: Micros = 0
    boots: int = 1
    kernel: str = "4.4.0-96-generic"
    filesystem: str = "ext4"
    memory_taken: int = 0
    processes_taken: int = 0
    swap: int = 0
    configurations: dict[str, str | None] = msgspec.field(default_factory=dict)
    disk_filled: float = 30.0
    clock_skew: Micros = 0
    clock_before: list[tuple[Micros, Micros]] = msgspec.field(default_factory=list)
    disk: dict[str, Any] = msgspec.field(default_factory=dict)
    pod_cidr: str = ""
    manifests: dict[str, Any] = msgspec.field(default_factory=dict)
    kernel_rules: dict[str, Any] = msgspec.field(default_factory=dict)
    recent_callers: dict[str, dict[str, Micros]] = msgspec.field(default_factory=dict)
    network_lost: bool = False
    certificate: int = 1
    expired: int = 0
    going_off: bool = False
    boots_again: bool = False


UNITS_STOP: Final[Micros] = SECOND
"""From the moment when nothing holds up a shutdown until the machine is off: an estimate of what systemd
takes to stop its units."""


class Machine(Actor):
    """One host. `services` are started by its init system at power-on, in that order. number: what its name
    ends with, 0 without one; its addresses are made from it. labels, annotations, taints, capacity: what its
    kubelet is told to register with. inhibitors: who may hold up a shutdown; each is told of it, and answers
    for how long at most. when_out_of_memory: who reads in the kernel's log that it has killed somebody for
    want of memory of the machine."""

    def __init__(self, engine: Engine, name: str, *, cpu_millicores: int, memory_mib: int) -> None:
        super().__init__(engine, name)
        self.cpu_millicores = cpu_millicores
        self.memory_mib = memory_mib
        self.state: MachineState = MachineState(since=self.now)
        self.services: list[Process] = []
        self.before_clock_change: list[Callable[[], None]] = []
        self.inhibitors: list[Callable[[], Micros]] = []
        self.when_out_of_memory: list[Callable[[], None]] = []
        self.labels: dict[str, str] = {}
        self.annotations: dict[str, str] = {}
        self.taints: tuple[str, ...] = ()
        self.capacity: dict[str, str] = {}
        digits = re.search(r"\d+$", name)
        self.number = int(digits.group()) if digits else 0
        self.ip = f"10.0.{(self.number + 10) // 256 % 256}.{(self.number + 10) % 256}"
        """Its address on the network of the machines."""

    @property
    def address(self) -> str:
        return f"machine@{self.name}"

    @property
    def os_image(self) -> str:
        """The system it runs, told by its kernel."""
        kernel = self.state.kernel
        if "generic" not in kernel:
            return "CentOS Linux 7 (Core)"
        return "Ubuntu 16.04.3 LTS" if kernel.startswith("4.") else "Ubuntu 24.04.2 LTS"

    @property
    def boot_id(self) -> str:
        """The kernel's boot id: another one after every power-on."""
        return f"{self.name}-boot-{self.state.boots}"

    @property
    def cpu(self) -> str:
        """Its CPUs as a quantity."""
        whole, rest = divmod(self.cpu_millicores, 1000)
        return f"{self.cpu_millicores}m" if rest else str(whole)

    @property
    def memory(self) -> str:
        """Its memory as a quantity."""
        whole, rest = divmod(self.memory_mib, 1024)
        return f"{self.memory_mib}Mi" if rest else f"{whole}Gi"

    def set_clock(self, ahead: Micros) -> None:
        """Its clock is ahead by so much from now on."""
        for prepare in self.before_clock_change:
            prepare()
        self.state.clock_before.append((self.now, self.state.clock_skew))
        del self.state.clock_before[:-MOST_CLOCKS]
        self.state.clock_skew = ahead

    def wall(self, moment: Micros) -> Micros:
        """What its clock showed at a moment."""
        before = self.state.clock_before
        later = bisect_right(before, moment, key=itemgetter(0))
        return moment + (before[later][1] if later < len(before) else self.state.clock_skew)

    def take_memory(self, mib: int) -> None:
        """Programs outside all pods take so much memory from now on."""
        self.state.memory_taken = mib
        self.emit("machine", "memory-taken", self.name, after=mib)
        self.engine.signal(self.address)

    def use_swap(self, mib: int) -> None:
        """Swap is on from now on, and after each boot, with a file of that size; 0: it is off."""
        self.state.swap = mib
        self.emit("machine", "swap-used", self.name, after=mib)

    @property
    def swaps(self) -> tuple[str, ...]:
        """What /proc/swaps says, a line each."""
        head = "Filename\t\t\t\tType\t\tSize\tUsed\tPriority"
        kib = self.state.swap * 1024 - 4
        return (head, f"{SWAP_FILE:<40}file\t\t{kib}\t0\t-1") if self.state.swap else (head,)

    def take_processes(self, count: int) -> None:
        """Programs outside all pods run so many processes from now on."""
        self.state.processes_taken = count
        self.emit("machine", "processes-taken", self.name, after=count)
        self.engine.signal(self.address)

    def log_out_of_memory(self) -> None:
        """The kernel has killed somebody, and says so."""
        for told in self.when_out_of_memory:
            told()

    def fill_disk(self, percent: float) -> None:
        """So much of the disk is used from now on."""
        self.state.disk_filled = percent
        self.emit("machine", "disk-filled", self.name, after=percent)
        self.engine.signal(self.address)

    def lose_network_plugin(self, *, lost: bool) -> None:
        """The configuration of its network plugin is gone from now on, or there again."""
        self.state.network_lost = lost
        self.emit("machine", "network-plugin-lost" if lost else "network-plugin-back", self.name)
        self.engine.signal(self.address)

    def expire_certificate(self) -> None:
        """The time of the certificate that its kubelet shows the API server is over."""
        self.state.expired = self.state.certificate
        self.emit("machine", "certificate-expired", self.name)

    def renew_certificate(self) -> None:
        """Another one lies on the disk."""
        self.state.certificate += 1
        self.emit("machine", "certificate-renewed", self.name)

    def put_manifest(self, path: str, pod: Any) -> None:
        """A file in the kubelet's directory says this pod from now on; None removes it."""
        if pod is None:
            self.state.manifests.pop(path, None)
        else:
            self.state.manifests[path] = pod
        self.emit("machine", "manifest-removed" if pod is None else "manifest-put", self.name, after=path)
        self.engine.signal(self.address)

    def write_configuration(self, path: str, text: str | None) -> None:
        """A file of settings says this from now on; None removes it."""
        self.state.configurations[path] = text
        happened = "configuration-removed" if text is None else "configuration-written"
        self.emit("machine", happened, self.name, after=path)

    def use_disk(self, size: int) -> None:
        """So many bytes more of the disk are used from now on, or less."""
        self.state.disk_filled = min(100.0, max(0.0, self.state.disk_filled + 100 * size / DISK_BYTES))
        self.engine.signal(self.address)

    def power_off(self) -> None:
        """Everything that runs here is gone in one instant; nothing says goodbye on the network."""
        if not self.state.powered:
            return
        self.state.powered = self.state.going_off = False
        self.state.since = self.now
        self.state.kernel_rules = {}  # others may have the same
        self.state.recent_callers.clear()
        self.state.memory_taken = 0
        self.emit("machine", "powered-off", self.name)
        self.engine.tell_onlookers(self.name)
        for service in reversed(self.services):
            service.kill()

    def shut_down(self, *, again: bool = False) -> None:
        """Somebody shuts it down in order: who holds that up has their time first. again: it boots anew."""
        if not self.state.powered or self.state.going_off:
            return
        self.emit("machine", "shutting-down", self.name)
        self.state.going_off, self.state.boots_again = True, again
        longest = max((told() for told in self.inhibitors), default=0)
        if longest:
            self.post(longest + UNITS_STOP, self.go_off, self.state.boots)
        else:
            self.go_off(self.state.boots)

    def let_go(self) -> None:
        """Nothing holds up the shutdown any more."""
        if self.state.going_off:
            self.post(UNITS_STOP, self.go_off, self.state.boots)

    def go_off(self, boot: int) -> None:
        """It goes off, and on again if it is to; unless it has gone since."""
        if not self.state.going_off or boot != self.state.boots:
            return
        again = self.state.boots_again
        self.power_off()
        if again:
            self.power_on()

    def power_on(self) -> None:
        """The machine boots from its old disk and starts its services."""
        if self.state.powered:
            return
        self.state.powered = True
        self.state.since = self.now
        self.state.boots += 1
        self.emit("machine", "powered-on", self.name)
        self.engine.tell_onlookers(self.name)
        for service in self.services:
            service.start()

    def restart_when_exited(self, process: Process, after: Micros) -> None:
        """The init system starts a process again `after` it ended by itself (systemd: Restart=always)."""

        def ended() -> None:
            if self.state.powered and process.status.exited:
                self.post(after, self.restart, process.name)

        self.engine.observe(f"process/{process.name}", ended)

    def restart(self, name: str) -> None:
        """The wait for a restart is over."""
        process = self.engine.actors[name]
        if isinstance(process, Process) and self.state.powered and process.status.exited:
            process.start()
