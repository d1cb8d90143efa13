"""Controllers say what they wait for, with the numbers, and when it will be over."""

from typing import Any

from clustersim.api.batch import CronJob, CronJobSpec, JobTemplateSpec
from clustersim.api.core_v1 import Namespace
from clustersim.api.meta import LabelSelector, ObjectMeta
from clustersim.api.policy import PodDisruptionBudget, PodDisruptionBudgetSpec
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MINUTE, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, job, settle, stateful_set


def world() -> ManagedWorld:
    return ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)


def armed(world: ManagedWorld, resource: str, key: str) -> list[Verdict]:
    found = [
        verdict
        for controller in world.manager.controllers.values()
        for verdict in controller.armed(resource, key)
    ]
    assert not any(verdict.holds for verdict in found)
    return found


def values(verdicts: list[Verdict]) -> dict[str, Any]:
    (verdict,) = verdicts
    return verdict.values


def test_a_job_waits_out_its_pause_and_then_makes_its_pod() -> None:
    some = world()
    some.create(job("sum", backoff_limit=6), "jobs")
    some.run(SECOND)
    (pod,) = some.all("pods")
    some.bind(pod.metadata.name, "n1")
    some.set_ready(pod.metadata.name, False, phase="Failed")
    some.run(3 * SECOND)
    (verdict,) = armed(some, "jobs", "default/sum")
    assert verdict.rule.id == "job.back-off"
    assert verdict.due is not None
    made = some.wait(lambda: len(some.all("pods")) > 1)
    assert 0 <= made - verdict.due < SECOND


def test_a_set_waits_for_the_pod_that_is_not_ready() -> None:
    some = world()
    some.create(stateful_set("db", 3), "statefulsets")
    some.run(SECOND)
    some.bind("db-0", "n1", ready=False)
    some.run(SECOND)
    assert values(armed(some, "statefulsets", "default/db"))["pod"] == "db-0"


def test_a_cron_job_tells_its_next_moment() -> None:
    some = world()
    template = JobTemplateSpec(spec=job("x").spec)
    spec = CronJobSpec(schedule="*/5 * * * *", job_template=template)
    some.create(CronJob(metadata=ObjectMeta(name="tick", namespace="default"), spec=spec), "cronjobs")
    some.until(MINUTE)
    (verdict,) = armed(some, "cronjobs", "default/tick")
    assert verdict.due == 5 * MINUTE


def test_a_namespace_names_the_pod_that_holds_it() -> None:
    some = world()
    some.create(Namespace(metadata=ObjectMeta(name="log")), "namespaces")
    assert armed(some, "namespaces", "log") == []
    some.pod("held", "n1")
    some.delete("namespaces", "default")
    some.run(20 * SECOND)
    assert values(armed(some, "namespaces", "default"))["object"] == "pods/held"


def test_a_budget_that_allows_nothing_says_what_it_counts() -> None:
    some = world()
    some.create(deployment("web", 2), "deployments")
    settle(some)
    selector = LabelSelector(match_labels={"app": "web"})
    budget = PodDisruptionBudget(
        metadata=ObjectMeta(name="p", namespace="default"),
        spec=PodDisruptionBudgetSpec(selector=selector, min_available=2),
    )
    some.create(budget, "poddisruptionbudgets")
    some.run(SECOND)
    counted = values(armed(some, "poddisruptionbudgets", "default/p"))
    assert (counted["healthy"], counted["desired"], counted["allowed"]) == (2, 2, 0)


def test_an_owner_deleted_in_the_foreground_waits_for_what_it_owns() -> None:
    some = world()
    some.create(deployment("web", 1), "deployments")
    settle(some)
    some.delete("deployments", "default/web", propagation="Foreground")
    some.run(SECOND)
    assert values(armed(some, "deployments", "default/web"))["object"] == "deployments/default/web"
