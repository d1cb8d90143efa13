"""Jobs of today: those of another controller, what indexed pods are told, and failures of init containers."""

from typing import Any

import pytest

from clustersim.api.batch import (
    PodFailurePolicy,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyRule,
)
from clustersim.api.core.environment import EnvVar
from clustersim.api.core_v1 import ContainerState, ContainerStateTerminated, ContainerStatus, Pod
from clustersim.api.meta import replace
from clustersim.controllermanager.job.indexes import INDEX
from clustersim.controllermanager.job.policies import failure_of
from clustersim.controllermanager.job.survey import CONTROLLER
from clustersim.controllermanager.process import ControllerManagerV136
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import job


def world_with(**spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(job("sum", backoff_limit=6, **spec), "jobs")
    world.run(SECOND)
    return world


@pytest.mark.parametrize(("manager", "pods"), [("acme.io/foo", 0), (CONTROLLER, 1), (None, 1)])
def test_a_job_of_another_controller_is_left_alone(manager: str | None, pods: int) -> None:
    world = world_with(managed_by=manager)
    world.run(30 * SECOND)
    assert len(world.all("pods")) == pods
    status = world.get("jobs", "default/sum").status
    assert (status.active, bool(status.start_time)) == (pods, bool(pods))


def test_each_pod_of_an_indexed_job_is_told_its_index() -> None:
    world = world_with(completion_mode="Indexed", completions=2, parallelism=2)
    pods = world.all("pods")
    assert sorted(pod.spec.hostname for pod in pods) == ["sum-0", "sum-1"]
    for pod in pods:
        (variable,) = pod.spec.containers[0].env
        assert variable.name == "JOB_COMPLETION_INDEX"
        assert variable.value_from.field_ref.field_path == f"metadata.labels['{INDEX}']"


def test_a_variable_of_that_name_in_the_template_is_kept() -> None:
    made = job("sum", backoff_limit=6, completion_mode="Indexed", completions=1)
    own = EnvVar(name="JOB_COMPLETION_INDEX", value="mine")
    template = made.spec.template
    container = replace(template.spec.containers[0], env=(own,))
    template = replace(template, spec=replace(template.spec, containers=(container,)))
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(replace(made, spec=replace(made.spec, template=template)), "jobs")
    world.run(SECOND)
    (pod,) = world.all("pods")
    assert pod.spec.containers[0].env == (own,)


def test_exit_codes_of_init_containers_count_for_the_failure_policy() -> None:
    codes = PodFailurePolicyOnExitCodesRequirement(operator="In", values=(42,), container_name="first")
    policy = PodFailurePolicy(rules=(PodFailurePolicyRule(action="FailJob", on_exit_codes=codes),))
    ended = ContainerState(terminated=ContainerStateTerminated(exit_code=42))
    status = ContainerStatus(name="first", state=ended, ready=False, restart_count=0, image="i")
    pod = Pod()
    pod = replace(
        pod,
        metadata=replace(pod.metadata, name="p", namespace="default"),
        status=replace(pod.status, phase="Failed", init_container_statuses=(status,)),
    )
    assert failure_of(job("sum", pod_failure_policy=policy), pod).message == (
        "Container first for pod default/p failed with exit code 42 matching FailJob rule at index 0"
    )
