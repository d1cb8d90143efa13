"""A component of which several may run while one works: it competes for a lock first."""

from abc import ABC, abstractmethod
from typing import ClassVar, Final

from clustersim.api.meta import ObjectReference
from clustersim.client.component import Component
from clustersim.client.leaderelection import ELECTION, ElectionState, Elector, LeaderElector
from clustersim.client.recorder import EventRecorder
from clustersim.engine.engine import Engine
from clustersim.engine.serving import Checks, Listener, Serves
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.network import Network

SYNC_POLL: Final[Micros] = 100 * MILLISECOND
"""Pause between two looks whether the caches are filled (client-go tools/cache syncedPollPeriod)."""


class Candidate(Component, ABC):
    """Base of controller-manager and scheduler.

    lock: the name of the lock, which is that of the program. speaks_tls: its port for health and metrics is
    --secure-port of --bind-address, in place of --port of --address (v1.36).
    """

    flags: ControllerManagerFlags | SchedulerFlags
    recorder: EventRecorder
    lock: ClassVar[str]
    speaks_tls: ClassVar[bool] = False
    elector_class: ClassVar[type[Elector]] = LeaderElector

    def __init__(
        self,
        engine: Engine,
        network: Network,
        name: str,
        machine: str,
        flags: ControllerManagerFlags | SchedulerFlags,
    ) -> None:
        super().__init__(engine, network, name, machine, qps=flags.kube_api_qps, burst=flags.kube_api_burst)
        self.flags = flags
        self.elector = self.elector_class(
            self.api,
            self.lock,
            machine,
            self.lead,
            lease=flags.leader_elect_lease_duration,
            deadline=flags.leader_elect_renew_deadline,
            retry=flags.leader_elect_retry_period,
        )

    def boot(self) -> None:
        self.post(self.flags.start_delay, self.begin)

    def begin(self) -> None:
        """Compete for the lock, or work at once without one."""
        if self.flags.leader_elect:
            self.elector.start()
        else:
            self.work()

    def lead(self) -> None:
        """The lock is ours."""
        message = f"{self.elector.identity} became leader"
        self.tell(self.elector.reference, "Normal", "LeaderElection", message)
        self.work()

    def tell(self, about: ObjectReference, kind: str, reason: str, message: str) -> None:
        """An Event."""
        self.recorder.event(about, kind, reason, message)

    @abstractmethod
    def work(self) -> None:
        """What it is there for begins."""

    @property
    def leading(self) -> bool:
        """It holds the lock, or needs none."""
        election: ElectionState | None = self.state.parts.get(ELECTION)
        return self.running and (not self.flags.leader_elect or bool(election and election.leading))

    # --- health -----------------------------------------------------------------------------------

    def listeners(self) -> tuple[Listener, ...]:
        """One port, for health and metrics; none where it is switched off."""
        flags = self.flags
        if not self.speaks_tls:
            return (Listener(flags.address, flags.port, Serves.HEALTH),)
        if not flags.secure_port:
            return ()
        return (Listener(flags.bind_address, flags.secure_port, Serves.HEALTH, secure=True),)

    def election_check(self) -> Checks:
        """Once a leader, it is well as long as it can renew its lock; it exits when it cannot (v1.36)."""
        return (("leaderElection", True),) if self.flags.leader_elect else ()
