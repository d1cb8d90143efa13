"""Binding: in the background, on an assumption that somebody has to confirm."""

from clustersim.engine.actor import then
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import SchedulerFlags
from tests.model.scheduler.worlds import SchedulerWorld, node, pod


def test_a_bound_pod_has_a_node_and_the_condition_and_an_event() -> None:
    world = SchedulerWorld(node("n1"))
    world.create(pod("a"))
    assert world.where("a") == "n1"
    assert [(c.type, c.status) for c in world.pod("a").status.conditions] == [("PodScheduled", "True")]
    (event,) = world.events("Scheduled")
    assert event.message == "Successfully assigned a to n1"
    assert (event.type, event.source.component) == ("Normal", "default-scheduler")


def test_a_pod_counts_on_its_node_before_its_binding_is_confirmed() -> None:
    world = SchedulerWorld(node("n1", "1"))
    for name in ("a", "b"):
        world.probe.api.create(pod(name, {"cpu": "1"}), then=then(world.probe.keep))
    world.run(100 * MILLISECOND)
    assert (world.where("a"), world.where("b")) == ("n1", "")


def test_a_pod_that_leaves_frees_its_node_for_the_next_try() -> None:
    world = SchedulerWorld(node("n1", "1"))
    world.create(pod("a", {"cpu": "1"}), pod("b", {"cpu": "1"}))
    world.ask("delete", "pods", "default", "a", grace_seconds=0)
    world.run(2 * SECOND)
    assert world.where("b") == "n1"


def test_a_terminating_pod_still_counts() -> None:
    world = SchedulerWorld(node("n1", "1"))
    world.create(pod("a", {"cpu": "1"}))
    world.ask("delete", "pods", "default", "a")
    world.create(pod("b", {"cpu": "1"}))
    world.run(20 * SECOND)
    assert not world.where("b")


def test_a_pod_bound_by_somebody_else_is_not_bound_again() -> None:
    world = SchedulerWorld(node("n1"), node("n2"))
    world.probe.api.create(pod("a"), then=then(world.probe.keep))
    world.run(2 * MILLISECOND)
    world.probe.api.bind("default", "a", "n1", then=then(world.probe.keep))
    world.run(20 * SECOND)
    assert world.where("a") == "n1"
    state = world.scheduler.state
    assert list(state.cache.where.items()) == [("default/a", "n1")]
    assert not state.cache.assumed
    assert not state.queue.items


def test_while_the_scheduler_is_away_pods_wait() -> None:
    world = SchedulerWorld(node("n1"))
    world.scheduler.kill()
    world.create(pod("a"))
    world.run(60 * SECOND)
    assert not world.where("a")
    world.scheduler.start()
    world.run(2 * SECOND)
    assert world.where("a") == "n1"


def test_a_started_scheduler_schedules_a_tenth_of_a_second_after_it_leads() -> None:
    world = SchedulerWorld(node("n1"), flags=SchedulerFlags(start_delay=0))
    world.scheduler.kill()
    world.create(pod("a"))
    world.scheduler.start()
    world.run(100 * MILLISECOND)
    assert not world.where("a")
    world.run(30 * MILLISECOND)
    assert world.where("a") == "n1"


def test_the_scenario_places_what_was_created_before_zero() -> None:
    world = SchedulerWorld(node("n1"), node("n2"), placement={"web": {"n1": 2, "n2": 1}})
    world.engine.state.now -= 3600 * SECOND
    world.engine.state.queue.clear()
    world.engine.state.later.clear()
    world.scheduler.kill()
    world.scheduler.start()
    world.run(5 * SECOND)
    assert world.bindings(3, owner="web") == ["n1", "n1", "n2"]
    assert world.scheduler.state.counter == 3
    world.create(pod("other"))
    assert world.where("other") in ("n1", "n2")
