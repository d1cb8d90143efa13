"""What a container runtime keeps on its machine's disk: containers, sandboxes, images. Frozen records, one
State that holds them."""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import VolumeMount
from clustersim.engine.state import State
from clustersim.engine.statemachine import StateMachine, Transition
from clustersim.engine.time import Micros
from clustersim.programs import Program, known_files
from clustersim.runtime.cpu import Stretches

CREATED: Final = "created"
RUNNING: Final = "running"
EXITED: Final = "exited"
REMOVED: Final = "removed"

CONTAINER: Final = StateMachine(
    "container",
    {
        CREATED: "it has a record and a file system; its program has not run",
        RUNNING: "its program runs",
        EXITED: "its program has ended, by itself or by a signal; its record and exit code stay",
        REMOVED: "its record is gone",
    },
    Transition("started", (CREATED,), RUNNING),
    Transition("exited", (RUNNING,), EXITED),
    Transition("not-started", (CREATED,), EXITED),
    Transition("removed", (CREATED, EXITED), REMOVED),
)

SIGKILLED: Final = 137
LOST_POWER: Final = 255


RUNTIMES: Final = ("docker", "containerd")
"""Kinds of the runtimes, the oldest first."""


def runtimes_on(node: str) -> tuple[str, ...]:
    """What the runtime of a node may be called."""
    return tuple(f"{kind}@{node}" for kind in RUNTIMES)


def contents_of(runtime: str) -> str:
    """The topic that is signalled when its containers, sandboxes or images change."""
    return f"{runtime}/contents"


CALLERS: Final = "callers/started"
"""The topic that is signalled when a program begins that asks others over and over."""


class PodLabels(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The labels that tell of which pod a container or sandbox is (v1.7.5 pkg/kubelet/dockershim/naming.go,
    pkg/kubelet/kuberuntime/labels.go).

    owner: "rc/default/tomcat", empty for a bare pod. grace_seconds: of the pod's specification, so that even
    a pod nobody knows any more is killed with it.
    """

    pod_uid: str
    pod: str
    namespace: str
    owner: str = ""
    grace_seconds: int = 30


class Sandbox(PodLabels, frozen=True, kw_only=True):
    """The pause container that holds a pod's network. attempt: how often it was made before; host_network: it
    has none of its own."""

    id: str
    attempt: int
    ip: str
    created_at: Micros
    ready: bool = True
    host_network: bool = False


class File(msgspec.Struct, frozen=True, gc=False):
    """A file in a container; text None: it is gone. blank: bytes behind its text of which only the number is
    known, of a file that dd or fallocate made."""

    path: str
    text: str | None
    blank: int = 0


class Held(msgspec.Struct, frozen=True, gc=False):
    """What a ConfigMap or a Secret held when a kubelet asked for it. resource: "configmaps" or "secrets";
    data: of a ConfigMap as text; binary: in base64, all that a Secret holds, and what of a ConfigMap is no
    text."""

    resource: str
    name: str
    data: Mapping[str, str] = {}
    binary: Mapping[str, str] = {}


class Heard(msgspec.Struct, frozen=True, gc=False):
    """A request that a server in a container has taken, as its log tells it."""

    at: Micros
    method: str
    address: str


class Wrote(msgspec.Struct, frozen=True, gc=False):
    """A line that a program has written into its log."""

    at: Micros
    text: str


Outcomes = tuple[tuple[int, str], ...]
"""What may come of a request, as its program prints it, and how often of a thousand times it does."""


class Turns(msgspec.Struct, frozen=True, gc=False):
    """How often a program asks others, from `since` on: so many times in a thousand seconds; `before`: how
    often it had until then, in millionths. said: what comes of each request of a turn."""

    since: Micros
    before: int
    rate: int
    said: tuple[Outcomes, ...] = ()

    def done(self, moment: Micros) -> int:
        """How often it has asked up to a moment, in millionths."""
        return self.before + self.rate * max(0, moment - self.since) // 1000


class Container(PodLabels, frozen=True, kw_only=True):
    """A container. state: created, running or exited; times in simulated microseconds.

    spec: what it was made from (the real docker keeps its hash); attempt: the restart count. program: what it
    does by itself, in steps; begun_at: when they began, None while it waits for a name; done: how many of
    them are done. serving: it answers requests while it runs; files: those that its script or somebody inside
    has made or removed; found: those that others had left in its volumes when it was made; memory: what it
    takes, None for what such a container takes; cpu: thousandths of a CPU that its program would take, None
    where it computes nothing; busy: those that requests take which come to it, or which it makes; share: what
    it gets at most while all of its machine want more than there is, None otherwise. stretches: what CPU it
    has spent, unless it has always been next to nothing. turns: how often it has asked others, of a program
    that does nothing else. held: what its environment and its parts of volumes were made of, which stay as
    they were. parts: of volumes that it mounts, by where it does, as far as variables name them. host_paths:
    volumes that are folders of the machine, and which. unseen: it ended while its daemon did not run, which
    says so when it is back. heard: the newest requests that hooks of containers have sent it. wrote: the
    newest lines of a program that works with the API. start_error: why its program could not be started.
    """

    id: str
    name: str
    image: str
    sandbox_id: str
    attempt: int
    spec: ContainerSpec
    created_at: Micros
    state: str = CREATED
    started_at: Micros | None = None
    finished_at: Micros | None = None
    exit_code: int = 0
    oom_killed: bool = False
    serving: bool = True
    program: Program | None = None
    begun_at: Micros | None = None
    done: int = 0
    files: tuple[File, ...] = ()
    found: tuple[File, ...] = ()
    memory: int | None = None
    cpu: int | None = None
    busy: int = 0
    share: int | None = None
    stretches: Stretches = ()
    turns: tuple[Turns, ...] = ()
    held: tuple[Held, ...] = ()
    parts: Mapping[str, str] = {}
    host_paths: Mapping[str, str] = {}
    unseen: bool = False
    heard: tuple[Heard, ...] = ()
    wrote: tuple[Wrote, ...] = ()
    start_error: str = ""

    def part_of(self, mount: VolumeMount) -> str:
        """Which folder or file of a volume is mounted; empty: all of it."""
        return (mount.sub_path or self.parts.get(mount.mount_path, "")).rstrip("/")

    def file(self, path: str) -> File | None:
        """What became of a file since the container was made; None: nothing."""
        return next((found for found in self.files if found.path == path), None)

    def text(self, path: str) -> str | None:
        """What is in a file that was made since, or that the image is known to have; None: no such file."""
        found = self.file(path)
        return known_files(self.image).get(path) if found is None else found.text

    def with_file(self, path: str, text: str | None, blank: int = 0) -> "Container":
        """The same with a file that has this text, and so many bytes behind it; None: without the file."""
        others = tuple(found for found in self.files if found.path != path)
        return msgspec.structs.replace(self, files=(*others, File(path, text, blank)))

    @property
    def docker_name(self) -> str:
        """As `docker ps` prints it."""
        return f"k8s_{self.name}_{self.pod}_{self.namespace}_{self.pod_uid}_{self.attempt}"


class Listing(msgspec.Struct, frozen=True, gc=False):
    """Everything `docker ps -a` shows, in the order of creation."""

    containers: tuple[Container, ...]
    sandboxes: tuple[Sandbox, ...]

    @property
    def all_live(self) -> bool:
        """Every container runs, and every sandbox is ready."""
        states = {container.state for container in self.containers}
        return states <= {RUNNING} and False not in {sandbox.ready for sandbox in self.sandboxes}


IMAGE_BYTES: Final = 104_857_600
"""Size of every image in this model."""


class RuntimeDisk(State):
    """All records by id, the time of the pull of each image, and the end of the last address given out.

    memory_taken: bytes that the running containers take; cpu_claimed: thousandths of a CPU that they have a
    use for; lost: containers that ended with the power, and that no daemon has missed yet. callers:
    containers whose programs ask others over and over; writers: those that have files. driver: the storage
    driver that keeps it; others have records of their own."""

    containers: dict[str, Container] = msgspec.field(default_factory=dict)
    sandboxes: dict[str, Sandbox] = msgspec.field(default_factory=dict)
    images: dict[str, Micros] = msgspec.field(default_factory=dict)
    last_address: int = 1
    memory_taken: int = 0
    cpu_claimed: int = 0
    lost: list[str] = msgspec.field(default_factory=list)
    callers: dict[str, bool] = msgspec.field(default_factory=dict)
    writers: dict[str, bool] = msgspec.field(default_factory=dict)
    driver: str = ""
