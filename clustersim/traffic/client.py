"""Traffic: callers outside the cluster, and the path of a request through it.

A request enters by a node; that node's rules give it an endpoint, by chance and once for all; then it finds a
program that answers, a kernel that refuses, or nobody. No component of Kubernetes has a hand in it.

```
  caller -> node -> rules of the Service -> endpoint -> program runs:            succeeded
                     no endpoints: refused              machine runs, program not: refused
                     no rules: hung                     machine off or cut off:   hung
```
A hung connection is tried again after 1, 3, 7, ... seconds until the caller gives up, or Linux does after
127 s. (behaviour: v1.7.5 pkg/proxy/iptables/proxier.go; net/ipv4/tcp_timer.c)
"""

from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Final, Protocol

import msgspec

from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory, Process
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import _
from clustersim.kubeproxy.rules import Backend, PortRules
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.scenario_schema import ClientSpec
from clustersim.traffic.reach import HUNG, REFUSED, SUCCEEDED, reach

SYN_GIVES_UP: Final[Micros] = 127 * SECOND
WINDOW: Final[Micros] = 10 * SECOND
WINDOWS_KEPT: Final = 360
RECENT_KEPT: Final = 64
RECOVERED_AFTER: Final[Micros] = 10 * SECOND
"""So long without a failure and the Service counts as healthy again."""

FAILS: Final = Rule(
    "client.requests-fail", "client", "clustersim", _("The first request to {service} fails: {outcome}.")
)
RECOVERS: Final = Rule(
    "client.requests-succeed-again",
    "client",
    "clustersim",
    _("Requests to {service} succeed again, none has failed for {since}."),
)


class Request(msgspec.Struct, frozen=True):
    """A request as it went out. node: where it entered; endpoint, pod, target: where the rules sent it, ""
    where nowhere; outcome: how it fared at first (a hung one may still succeed)."""

    number: int
    t: Micros
    node: str
    endpoint: str
    pod: str
    target: str
    outcome: str


class Window(msgspec.Struct, frozen=True):
    """How the requests fared that ended within `WINDOW` from `start` on."""

    start: Micros
    succeeded: int = 0
    refused: int = 0
    hung: int = 0


class Waiting(msgspec.Struct, frozen=True):
    """A connection that nobody has answered yet. wait: the pause before its next try."""

    entry: str
    backend: Backend | None
    began: Micros
    wait: Micros = SECOND


class TrafficMemory(Memory):
    """Totals, windows and the newest requests; `failed_at`: the last failure of a time of failures."""

    requests: int = 0
    succeeded: int = 0
    refused: int = 0
    hung: int = 0
    failed_at: Micros | None = None
    windows: deque[Window] = msgspec.field(default_factory=deque)
    recent: deque[Request] = msgspec.field(default_factory=deque)


class Cluster(Protocol):
    """What a caller needs of the world."""

    machines: Mapping[str, Machine]


class Client(Process):
    """Calls a Service at a steady rate. Without a node of its own it goes through the nodes in turn and
    leaves out those that it cannot reach."""

    kind: ClassVar[str] = "client"
    network: Network

    def __init__(self, engine: Engine, network: Network, spec: ClientSpec, cluster: Cluster) -> None:
        super().__init__(engine, network, f"client@{spec.name}", "outside")
        self.spec = spec
        self.cluster = cluster

    @property
    def service(self) -> str:
        """The key of the Service it calls."""
        return f"{self.spec.namespace}/{self.spec.service}"

    def memory(self) -> TrafficMemory:
        return TrafficMemory()

    def boot(self) -> None:
        self.post(0, self.call_once)

    # --- a request --------------------------------------------------------------------------------

    def call_once(self) -> None:
        """Send a request and arrange the next."""
        self.engine.cause = 0
        self.post(self.spec.every, self.call_once)
        memory: TrafficMemory = self.state
        memory.requests += 1
        entry = self._entry(memory.requests)
        rules = self._rules(entry)
        here = rules.at(entry, outside=False) if rules else None
        backend = self._choose(entry, here) if here else None
        rejected = here is not None and backend is None
        outcome = REFUSED if rejected else self.reach(entry, backend)
        self._remember(entry, backend, outcome)
        self._outcome(outcome, Waiting(entry, backend, self.now))

    def _choose(self, entry: str, rules: PortRules) -> Backend | None:
        if rules.affinity:
            self.network.process(f"kube-proxy@{entry}").go_alone()  # its kernel will remember who came
        recent = self.cluster.machines[entry].state.recent_callers
        return rules.choose_again(self.random("endpoints"), self.spec.name, recent, self.now)

    def _entry(self, number: int) -> str:
        if self.spec.node:
            return self.spec.node
        machines = self.cluster.machines
        is_away = self.network.is_away
        open_doors = [name for name in machines if machines[name].state.powered and not is_away(name)]
        return open_doors[number % len(open_doors)] if open_doors else ""

    def _rules(self, entry: str) -> PortRules | None:
        if entry not in self.cluster.machines:
            return None
        ports: tuple[PortRules, ...] = self.cluster.machines[entry].state.kernel_rules.get(self.service, ())
        return ports[0] if ports else None

    def reach(self, entry: str, backend: Backend | None) -> str:
        """What a packet that entered by that node meets at the endpoint now."""
        return reach(self.cluster.machines, self.network, entry, backend)

    def _outcome(self, outcome: str, waiting: Waiting) -> None:
        if outcome != HUNG:
            self._count(outcome)
            return
        patience = waiting.began + min(self.spec.timeout, SYN_GIVES_UP) - self.now
        if waiting.wait < patience:
            self.post(waiting.wait, self.try_again, waiting)
        else:
            self.post(patience, self.give_up)

    def try_again(self, waiting: Waiting) -> None:
        """The next SYN goes to the same endpoint: the choice is made once for a connection."""
        later = msgspec.structs.replace(waiting, wait=2 * waiting.wait)
        self._outcome(self.reach(waiting.entry, waiting.backend), later)

    def give_up(self) -> None:
        """The caller's patience is over."""
        self._count(HUNG)

    # --- counts -----------------------------------------------------------------------------------

    def _count(self, outcome: str) -> None:
        memory: TrafficMemory = self.state
        setattr(memory, outcome, getattr(memory, outcome) + 1)
        start = self.now // WINDOW * WINDOW
        windows = memory.windows
        if not windows or windows[-1].start != start:
            windows.append(Window(start))
            if len(windows) > WINDOWS_KEPT:
                windows.popleft()
        window = windows[-1]
        windows[-1] = msgspec.structs.replace(window, **{outcome: getattr(window, outcome) + 1})
        self._transition(outcome)

    def _transition(self, outcome: str) -> None:
        memory: TrafficMemory = self.state
        if outcome != SUCCEEDED:
            if memory.failed_at is None:
                self._tell("requests-fail", FAILS.holds(service=self.service, outcome=outcome))
            memory.failed_at = self.now
        elif memory.failed_at is not None and self.now - memory.failed_at >= RECOVERED_AFTER:
            verdict = RECOVERS.holds(service=self.service, since=self.now - memory.failed_at)
            memory.failed_at = None
            self._tell("requests-succeed-again", verdict)

    def _tell(self, verb: str, verdict: Verdict) -> None:
        self.emit("network", verb, f"services/{self.service}", rule=verdict)

    def _remember(self, entry: str, backend: Backend | None, outcome: str) -> None:
        memory: TrafficMemory = self.state
        pod, target = (backend.pod, backend.node) if backend else ("", "")
        address = backend.address if backend else ""
        memory.recent.append(Request(memory.requests, self.now, entry, address, pod, target, outcome))
        if len(memory.recent) > RECENT_KEPT:
            memory.recent.popleft()
