"""A recording of a real control plane, format `golden/1`: read strictly, nothing skipped in silence."""

from pathlib import Path
from typing import Any

import msgspec

from clustersim.conformance import vocabulary


class RecordingError(Exception):
    """The file is no usable recording; the message says where and why."""


class UnsupportedError(Exception):
    """The recording uses something that is not understood; the message names it."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Provenance(_Strict, frozen=True):
    """Where the recording comes from. `runtime_delays_ms`: what the container runtime took for each step."""

    source: str
    nodes: str
    control_plane: str
    runtime_delays_ms: dict[str, float]
    caveats: tuple[str, ...] = ()


class RecordedNode(_Strict, frozen=True):
    """A machine; `ready_at` is the first time it was seen Ready, absent when long before."""

    name: str
    cpu: str
    memory_mib: int
    ready_at: float | None = None


class Exits(_Strict, frozen=True):
    """The container ends by itself `after_ms` after its start."""

    after_ms: int
    code: int


class RecordedContainer(_Strict, frozen=True):
    """A container of a pod or of a pod template."""

    name: str
    image: str
    port: int | None = None
    requests: dict[str, str] | None = None
    exits: Exits | None = None
    pull: str | None = None


class RecordedToleration(_Strict, frozen=True):
    """What a pod tolerates, as on the wire."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = msgspec.field(name="tolerationSeconds", default=None)


class RollingUpdate(_Strict, frozen=True):
    """How far a rolling update may stray: numbers of pods, or percentages as texts."""

    max_unavailable: int | str | None = msgspec.field(name="maxUnavailable", default=None)
    max_surge: int | str | None = msgspec.field(name="maxSurge", default=None)
    partition: int | None = None


class Strategy(_Strict, frozen=True):
    """How a workload replaces its pods."""

    type: str
    rolling_update: RollingUpdate | None = msgspec.field(name="rollingUpdate", default=None)


class RecordedObject(_Strict, frozen=True):
    """An object to create; with `at` from 0 on it also appears as a `create` action."""

    kind: str
    api: str
    name: str
    namespace: str
    replicas: int | None = None
    selector: dict[str, str] | None = None
    labels: dict[str, str] | None = None
    containers: tuple[RecordedContainer, ...] = ()
    strategy: Strategy | None = None
    tolerations: tuple[RecordedToleration, ...] = ()
    node_name: str | None = None
    node_selector: dict[str, str] | None = None
    restart_policy: str | None = None
    port: int | None = None
    target_port: int | None = None
    cluster_ip: str | None = None
    service_name: str | None = None
    backoff_limit: int | None = None
    progress_deadline_s: int | None = None
    at: float | None = None


class Supervisor(_Strict, frozen=True):
    """These components are started again so many seconds after they exit."""

    components: tuple[str, ...]
    restart_after_s: float


class Passes(_Strict, frozen=True):
    """Passes of a periodic loop that left a trace."""

    t: float
    mod: float
    period: float
    seen_at: tuple[float, ...] = ()
    how: str = ""
    leader_since: float | None = None


class LeaderPasses(_Strict, frozen=True):
    """The same for one of several leaders."""

    leader_since: float
    seen_at: tuple[float, ...] = ()


class Phase(_Strict, frozen=True):
    """The accidents of the run."""

    heartbeats_before: dict[str, tuple[float, ...]]
    heartbeat_kind: dict[str, str]
    heartbeats_after_first_action: dict[str, tuple[float, ...]] = {}
    heartbeats_after_repair: dict[str, tuple[float, ...]] = {}
    kubelet_transport: str | None = None
    node_monitor_tick: Passes | None = None
    node_monitor_ticks_by_leader: tuple[LeaderPasses, ...] = ()
    gc_pass: Passes | None = None
    node_status_before: Any = None
    first_lease_renewal_after_return_s: Any = None
    first_node_status_after_return_s: Any = None


class RecordedAction(_Strict, frozen=True):
    """Something that was done; `seen_t` is when the API first showed its effect."""

    t: float
    do: str
    target: str | None
    seen_t: float | None = None
    containers: str | None = None
    grace_s: int | None = None
    force: bool | None = None
    ignore_daemonsets: bool | None = None
    key: str | None = None
    value: str | None = None
    effect: str | None = None
    replicas: int | None = None
    container: str | None = None
    image: str | None = None

    @property
    def effective(self) -> float:
        """When it is to be applied."""
        return self.t if self.seen_t is None else self.seen_t

    @property
    def begins(self) -> float:
        """From when on something may be its consequence."""
        return min(self.t, self.effective)


class RecordedMilestone(_Strict, frozen=True):
    """A consequence and when it became visible."""

    name: str
    of: str
    t: float
    value: Any = None
    action: int | None = None
    at_most: bool = False
    unscored: bool = False


class Never(_Strict, frozen=True):
    """This milestone does not occur in (since, until]."""

    name: str
    of: str
    since: float = msgspec.field(name="from")
    until: float
    why: str = ""


class Final(_Strict, frozen=True):
    """The state in the end: `{owner: {node: pods}}` and the last things kubectl printed."""

    t: float
    placement: dict[str, dict[str, int]]
    terminating: dict[str, dict[str, int]] = {}
    node_status: dict[str, str] = {}
    node_status_t: float | None = None
    pod_status: dict[str, dict[str, int]] = {}
    pod_status_t: float | None = None


class RecordedPod(_Strict, frozen=True):
    """A pod object of the recording; its random name appears nowhere in the milestones."""

    name: str
    label: str
    owner: str
    owner_kind: str | None = None
    node: str | None = None
    created: float | None = None
    bound: float | None = None
    deletion_timestamp: float | None = None
    gone: float | None = None


class Recording(_Strict, frozen=True):
    """One run of a real control plane: set-up, actions, and what became visible when (seconds from t = 0)."""

    format: str
    id: str
    release: str
    title: str
    provenance: Provenance
    flags: dict[str, dict[str, str]]
    nodes: tuple[RecordedNode, ...]
    objects: tuple[RecordedObject, ...]
    placement: dict[str, dict[str, int]]
    phase: Phase
    actions: tuple[RecordedAction, ...]
    milestones: tuple[RecordedMilestone, ...]
    never: tuple[Never, ...]
    final: Final
    placement_by_ordinal: dict[str, str] = {}
    supervisor: Supervisor | None = None
    pods: tuple[RecordedPod, ...] = ()
    timeline: tuple[Any, ...] = ()
    kubectl: tuple[Any, ...] = ()
    logs: dict[str, Any] = {}


class _Head(msgspec.Struct, frozen=True):
    format: str
    release: str


def read(path: Path) -> Recording:
    """The recording in that file.

    Errors: `RecordingError` for a broken file, `UnsupportedError` for a word that is not understood.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}") from error
    return parse(data)


def parse(data: bytes) -> Recording:
    """The recording in these bytes, checked."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordingError(f"no recording: {error}") from error
    if head.format != vocabulary.FORMAT:
        raise UnsupportedError(f"format {head.format}")
    if head.release not in vocabulary.RELEASES:
        raise UnsupportedError(f"release {head.release}")
    try:
        recording = msgspec.json.decode(data, type=Recording)
    except msgspec.ValidationError as error:
        message = str(error)
        if "unknown field" in message:
            where = message.split("`")
            raise UnsupportedError(
                f"key {where[1]}" + (f" at {where[3]}" if len(where) > 3 else "")
            ) from error
        raise RecordingError(message) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingError(str(error)) from error
    return recording
