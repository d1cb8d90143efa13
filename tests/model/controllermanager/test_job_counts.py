"""Whatever happens, a Job of today counts every pod once."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clustersim.api.core_v1 import Pod
from clustersim.controllermanager.job.survey import FINALIZER
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND, Micros
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import job

acts = st.sampled_from(["succeed", "fail", "delete", "restart", "blink"])
stories = st.lists(st.tuples(st.integers(0, 30 * SECOND), acts), min_size=1, max_size=10)


def at_work(world: ManagedWorld) -> list[Pod]:
    return [
        pod
        for pod in world.all("pods")
        if pod.status.phase not in ("Succeeded", "Failed") and not pod.metadata.deletion_timestamp
    ]


def do(world: ManagedWorld, act: str) -> None:
    if act == "restart":
        world.manager.kill()
        world.manager.start()
    elif act == "blink":
        world.apiserver.kill()
        world.run(SECOND // 20)
        world.apiserver.start()
    elif pods := at_work(world):
        name = pods[0].metadata.name
        if not pods[0].spec.node_name:
            world.bind(name, "n1")
        if act == "delete":
            world.delete("pods", f"default/{name}")
        else:
            world.set_ready(name, False, phase="Succeeded" if act == "succeed" else "Failed")


@settings(max_examples=25, deadline=None)
@example([(16_550, "fail"), (7_100, "fail"), (19_959_851, "fail"), (16_549, "fail")], 3)
@given(stories, st.integers(1, 3))
def test_every_pod_that_ended_is_counted_once(story: list[tuple[Micros, str]], parallelism: int) -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(job("sum", completions=4, parallelism=parallelism, backoff_limit=3), "jobs")
    for wait, act in story:
        world.run(wait)
        do(world, act)
    world.manager.start()
    world.run(30 * SECOND)
    status = world.get("jobs", "default/sum").status
    pods = world.all("pods")
    ended = [pod for pod in pods if pod.status.phase in ("Succeeded", "Failed")]
    deleted = [pod for pod in pods if pod.metadata.deletion_timestamp and pod not in ended]
    assert status.succeeded == sum(pod.status.phase == "Succeeded" for pod in ended)
    failed = sum(pod.status.phase == "Failed" for pod in ended)
    # A pod that is deleted counts as failed, also when it never got a node and is gone at once.
    made = [
        event for event in world.engine.record if event.verb == "create" and event.object.startswith("pods/")
    ]
    assert failed <= status.failed <= failed + len(deleted) + len(made) - len(pods)
    assert [pod.metadata.name for pod in ended if FINALIZER in pod.metadata.finalizers] == []
    assert status.active <= parallelism
