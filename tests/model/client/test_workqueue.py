"""Work queues: each key at most once at a time, and again later when it failed."""

import msgspec

from clustersim.client.component import Component
from clustersim.client.workqueue import MAX_DELAY, RETRY_BURST, WorkQueue
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags import NetworkFlags
from clustersim.network import Network


class WorkerMemory(Memory):
    started: list[tuple[str, Micros]] = msgspec.field(default_factory=list)


class Worker(Component):
    """Notes when it begins with a key; the test says when it ends."""

    kind = "worker"

    def memory(self) -> Memory:
        return WorkerMemory()

    def sync(self, key: str) -> None:
        self.state.started.append((key, self.now))


def queue_of(workers: int = 1) -> tuple[Engine, Worker, WorkQueue]:
    engine = Engine(1, 0)
    network = Network(engine, NetworkFlags())
    worker = Worker(engine, network, "worker", "n1")
    engine.add(network)
    engine.add(worker)
    queue = WorkQueue(worker, "keys", worker.sync, workers=workers)
    worker.start()
    return engine, worker, queue


def keys(worker: Worker) -> list[str]:
    return [key for key, _ in worker.state.started]


def test_nothing_is_worked_on_before_the_queue_opens() -> None:
    engine, worker, queue = queue_of()
    queue.add("a")
    engine.run_until(SECOND)
    assert keys(worker) == []
    queue.open()
    engine.run_until(2 * SECOND)
    assert keys(worker) == ["a"]


def test_a_key_that_is_queued_twice_is_worked_on_once() -> None:
    engine, worker, queue = queue_of()
    queue.open()
    for key in ("a", "b", "a"):
        queue.add(key)
    engine.run_until(SECOND)
    queue.done("a")
    engine.run_until(2 * SECOND)
    queue.done("b")
    engine.run_until(3 * SECOND)
    assert keys(worker) == ["a", "b"]


def test_a_key_queued_while_it_is_in_work_is_done_again_afterwards_and_never_twice_at_a_time() -> None:
    engine, worker, queue = queue_of(workers=5)
    queue.open()
    queue.add("a")
    engine.run_until(SECOND)
    queue.add("a")
    engine.run_until(2 * SECOND)
    assert keys(worker) == ["a"]
    queue.done("a")
    engine.run_until(3 * SECOND)
    assert keys(worker) == ["a", "a"]


def test_so_many_keys_are_in_work_at_a_time_as_there_are_workers() -> None:
    engine, worker, queue = queue_of(workers=2)
    for key in "abcd":
        queue.add(key)
    queue.open()
    engine.run_until(SECOND)
    assert keys(worker) == ["a", "b"]
    queue.done("b")
    engine.run_until(2 * SECOND)
    assert keys(worker) == ["a", "b", "c"]


def test_a_failed_key_comes_again_after_5_ms_that_double_and_a_success_forgets_that() -> None:
    engine, worker, queue = queue_of()
    queue.open()
    queue.add("a")
    waits = []
    for _ in range(4):
        engine.run_until(engine.now + SECOND)
        begun = engine.now
        queue.retry("a")
        engine.run_until(engine.now + SECOND)
        waits.append(worker.state.started[-1][1] - begun)
    assert waits == [5 * MILLISECOND, 10 * MILLISECOND, 20 * MILLISECOND, 40 * MILLISECOND]
    queue.done("a")
    assert queue.state.failures == {}


def test_no_wait_is_longer_than_a_thousand_seconds() -> None:
    engine, worker, queue = queue_of()
    queue.open()
    queue.add("a")
    engine.run_until(SECOND)
    queue.state.failures["a"] = 60
    queue.retry("a")
    engine.run_until(SECOND + MAX_DELAY)
    assert worker.state.started[-1][1] == SECOND + MAX_DELAY


def test_a_key_that_failed_too_often_is_dropped() -> None:
    engine, worker, queue = queue_of()
    queue.open()
    queue.add("a")
    for _ in range(20):
        engine.run_until(engine.now + 60 * SECOND)
        if "a" in queue.state.processing:
            queue.retry("a", limit=3)
    assert keys(worker) == ["a"] * 4


def test_retries_of_many_keys_together_are_limited() -> None:
    engine, worker, queue = queue_of(workers=1000)
    queue.open()
    count = RETRY_BURST + 20
    for number in range(count):
        queue.add(f"key-{number}")
    engine.run_until(SECOND)
    for number in range(count):
        queue.retry(f"key-{number}")
    engine.run_until(SECOND + 50 * MILLISECOND)
    assert len(keys(worker)) == count + RETRY_BURST
    engine.run_until(4 * SECOND)
    assert len(keys(worker)) == 2 * count


def test_a_key_is_worked_on_in_the_name_of_what_queued_it() -> None:
    engine, worker, queue = queue_of()
    queue.open()
    engine.cause = cause = worker.emit("decision", "queued", "a")
    queue.add("a")
    engine.cause = 0
    assert queue.state.waiting["a"] == cause
