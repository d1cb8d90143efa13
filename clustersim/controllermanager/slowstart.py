"""Pods are created in batches of 1, 2, 4, ..., so that what is refused is refused to few of them.

Source: v1.8.0, v1.36 pkg/controller/replicaset/replica_set.go slowStartBatch, pkg/controller/job/
job_controller.go manageJob, pkg/controller/daemon/daemon_controller.go syncNodes.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.controllermanager.podowner import PodOwner


class Creating(Protocol):
    """What a synchronisation that creates pods knows of them.

    left: how many are still to be created after this batch; batch: how many a batch has at most; pending:
    calls without an answer; error: of the last call that failed; decision: what every batch is a consequence
    of.
    """

    batch: int
    pending: int
    error: str
    decision: int

    @property
    def left(self) -> int: ...


class SlowStart(PodOwner):
    """Base of the controllers that create pods in batches."""

    @abstractmethod
    def next_pods(self, job: Any, count: int) -> Sequence[Pod]:
        """So many of the pods that are left; then they are not left any more."""

    @abstractmethod
    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not."""

    def create_batch(self, key: str, job: Creating) -> None:
        """The first batch, or the next one."""
        self.engine.cause = job.decision
        count = min(job.batch, job.left)
        job.pending += count
        for pod in self.next_pods(job, count):
            self.api.create(pod, self.then(self.created, key))

    def goes_on(self, key: str, job: Creating) -> bool:
        """A whole batch is answered: the next one, twice as large, is on its way. False: there is none, and
        nobody expects what is left after an error."""
        if job.left and not job.error:
            job.batch *= 2
            self.create_batch(key, job)
            return True
        self.state.expectations.creation_observed(key, job.left)
        return False
