"""The machine one is at, and what runs on it."""

from typing import TYPE_CHECKING, Final, NamedTuple

from clustersim.engine.process import STOPPED, Process
from clustersim.engine.time import Micros
from clustersim.flags import kubelet_configuration
from clustersim.flags.configuration import KUBELET_CONFIG, READ_UNITS
from clustersim.flags.unit_files import flag_words
from clustersim.machine import ADDRESS_OF_MASTER, Machine
from clustersim.releases import Release
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.world import CONTROL_PLANE, MASTER

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

MASTER_NAME: Final = "master"
"""How one gets to the machine of the control plane, unless a node is called so."""

DESCRIPTIONS: Final = {
    "containerd": "containerd container runtime",
    "docker": "Docker Application Container Engine",
    "etcd": "etcd key-value store",
    "kube-apiserver": "Kubernetes API Server",
    "kube-controller-manager": "Kubernetes Controller Manager",
    "kube-proxy": "Kubernetes Kube-Proxy Server",
    "kube-scheduler": "Kubernetes Scheduler Plugin",
    "kubelet": "kubelet: The Kubernetes Node Agent",
}
"""Services and how systemd describes them."""

_PROGRAMS: Final = {
    "containerd": "/usr/bin/containerd", "docker": "/usr/bin/dockerd", "etcd": "/usr/bin/etcd",
}  # fmt: skip


def fault(verb: str, process: Process) -> str:
    """What is done to a process, as an action: those of runtimes are all called after docker."""
    return f"{verb}-{'docker' if isinstance(process, ContainerRuntime) else process.kind}"


class Host(NamedTuple):
    """A machine of the cluster, seen from its own shell. nth: which command of a line asks, since what falls
    out by chance falls out anew each time. source: the address from which a request comes that a pod sends,
    or that keeps the one from which it came from outside."""

    cluster: "Cluster"
    name: str
    nth: int = 0
    source: str = ""

    @property
    def is_master(self) -> bool:
        """It is the machine of the control plane."""
        return self.name not in self.cluster.machines

    @property
    def machine(self) -> Machine:
        """The machine."""
        if self.is_master:
            found = self.cluster.world.engine.actors[f"machine@{MASTER}"]
            assert isinstance(found, Machine)
            return found
        return self.cluster.machines[self.name]

    @property
    def ip(self) -> str:
        """Its address."""
        return ADDRESS_OF_MASTER if self.is_master else self.machine.ip

    @property
    def now(self) -> Micros:
        """Simulated time."""
        return self.cluster.now

    @property
    def release(self) -> Release:
        """The release of the cluster."""
        return self.cluster.world.release

    @property
    def runtime(self) -> str:
        """docker or containerd."""
        return self.release.runtime

    def units(self) -> tuple[str, ...]:
        """The services that systemd knows here."""
        if self.is_master:
            return ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
        return (self.runtime, "kubelet", "kube-proxy")

    def process(self, unit: str) -> Process:
        """The process of a service."""
        kind = unit.removeprefix("kube-") if self.is_master else unit
        return self.cluster.process(kind, None if kind in CONTROL_PLANE else self.name)

    def running(self) -> list[tuple[str, Process]]:
        """The services that run or hang, with their processes."""
        found = [(unit, self.process(unit)) for unit in self.units()]
        return [(unit, process) for unit, process in found if process.status.phase != STOPPED]

    def pid(self, unit: str) -> int:
        """A process id, another one after each start."""
        return 1000 + 111 * self.units().index(unit) + 7 * self.process(unit).status.incarnation

    def program(self, unit: str, *, own: bool = False) -> str:
        """The command line of a service. own: as the machine's own file has it."""
        program = _PROGRAMS.get(unit, f"/usr/bin/{unit}")
        flags = " ".join(flags_of(self, unit, own=own))
        return f"{program} {flags}".strip()


def kind_of(unit: str) -> str:
    """The component that a service is."""
    return unit.removeprefix("kube-") if unit not in ("kube-proxy", "kubelet") else unit


def flags_of(host: Host, unit: str, *, own: bool = False) -> list[str]:
    """The flags of a service that are not the release's defaults. own: without what people have made of its
    unit."""
    kind = kind_of(unit)
    spec = None if host.is_master else host.cluster.scenario.node(host.name)
    flags = host.cluster.flags if spec is None else host.cluster.world.flags_of(spec)
    texts = flags.texts(host.release.flags).get(kind, {})
    read = None if host.is_master or own else host.machine.state.configurations.get(READ_UNITS + unit)
    if read is not None:
        return flag_words(read)
    if kind == "docker":
        return []  # its file of settings says all of it
    in_file: set[str] = set()
    config = []
    if kind == "kubelet" and host.runtime == "containerd":
        in_file = {key.flag for key in kubelet_configuration.KEYS.values()}
        config = [f"--config={KUBELET_CONFIG}"]
    return config + [f"--{name}={value}" for name, value in sorted(texts.items()) if name not in in_file]
