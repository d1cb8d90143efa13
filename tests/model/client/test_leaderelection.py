"""Leader election: who leads, how long a lock lasts, and what a leader does that cannot renew it."""

from itertools import pairwise

from clustersim.api.meta import LEADER_ANNOTATION
from clustersim.client.component import Component
from clustersim.client.leaderelection import NAMESPACE, LeaderElector
from clustersim.engine.process import Memory
from clustersim.engine.time import SECOND
from tests.model.worlds import ApiWorld

LOCK = "the-lock"


class CandidateMemory(Memory):
    led: int = 0


class Candidate(Component):
    """Competes for the lock as soon as it runs."""

    kind = "candidate"

    def memory(self) -> Memory:
        return CandidateMemory()

    def boot(self) -> None:
        self.elector.start()

    def lead(self) -> None:
        self.state.led += 1


class Contest(ApiWorld):
    """Two candidates on two hosts."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = self.candidate("first"), self.candidate("second")

    def candidate(self, host: str) -> Candidate:
        candidate = Candidate(self.engine, self.network, f"candidate@{host}", host)
        candidate.elector = LeaderElector(candidate.api, LOCK, host, candidate.lead)
        self.engine.add(candidate)
        return candidate

    @property
    def holder(self) -> str:
        text = self.etcd.get("endpoints", f"{NAMESPACE}/{LOCK}").metadata.annotations[LEADER_ANNOTATION]
        return str(text.partition('"holderIdentity":"')[2].partition('"')[0])


def test_the_first_one_leads_and_the_other_waits() -> None:
    world = Contest()
    world.first.start()
    world.run(SECOND)
    world.second.start()
    world.run(120 * SECOND)
    assert world.holder == "first"
    assert (world.first.state.led, world.second.state.led) == (1, 0)


def test_another_host_takes_over_15_seconds_after_it_last_saw_a_renewal() -> None:
    world = Contest()
    world.first.start()
    world.run(SECOND)
    world.second.start()
    world.run(60 * SECOND)
    world.first.kill()
    killed = world.engine.now
    while world.second.state.led == 0:
        world.run(SECOND // 10)
    assert 13 * SECOND <= world.engine.now - killed <= 24 * SECOND
    assert world.holder == "second"


def test_the_same_host_takes_its_lock_back_at_once() -> None:
    world = Contest()
    world.first.start()
    world.run(10 * SECOND)
    world.first.kill()
    world.run(SECOND)
    world.first.start()
    world.run(SECOND // 10)
    assert world.first.state.led == 1
    lock = world.etcd.get("endpoints", f"{NAMESPACE}/{LOCK}").metadata.annotations[LEADER_ANNOTATION]
    assert '"leaderTransitions":0' in lock


def test_a_leader_that_cannot_renew_for_ten_seconds_exits() -> None:
    world = Contest()
    world.first.start()
    world.run(10 * SECOND)
    renewed = world.first.elector.state.renewed_at
    world.apiserver.kill()
    world.run(7 * SECOND)
    assert world.first.running
    world.run(4 * SECOND)
    assert not world.first.running
    assert world.first.status.since - renewed >= 10 * SECOND


def test_a_leader_whose_renewal_hung_past_the_deadline_tries_once_more() -> None:
    world = Contest()
    world.first.start()
    world.run(10 * SECOND)
    world.etcd.kill()
    world.run(100 * SECOND)
    assert world.first.running, "its renewal failed after a minute, and it tries again"
    world.etcd.start()
    world.run(15 * SECOND)
    assert world.first.running
    assert world.first.elector.state.renewed_at > world.engine.now - 5 * SECOND


def test_a_leader_exits_when_its_last_try_hangs_for_a_minute_too() -> None:
    world = Contest()
    world.first.start()
    world.run(10 * SECOND)
    died = world.engine.now
    world.etcd.kill()
    world.run(130 * SECOND)
    assert not world.first.running
    assert 120 * SECOND <= world.first.status.since - died <= 123 * SECOND


def test_a_candidate_goes_on_trying_while_nobody_answers() -> None:
    world = Contest()
    world.apiserver.kill()
    world.first.start()
    world.run(60 * SECOND)
    world.apiserver.start()
    world.run(5 * SECOND)
    assert world.first.state.led == 1


def test_a_candidate_looks_every_two_to_four_and_a_half_seconds() -> None:
    world = Contest()
    world.first.start()
    world.run(SECOND)
    world.second.start()
    moments = []
    for _ in range(1200):
        before = world.second.elector.state.attempt
        world.run(SECOND // 10)
        if world.second.elector.state.attempt != before:
            moments.append(world.engine.now)
    gaps = [b - a for a, b in pairwise(moments)]
    assert len(gaps) > 20
    assert 1.9 * SECOND <= min(gaps) <= max(gaps) <= 4.6 * SECOND
