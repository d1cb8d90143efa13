"""What a kubelet of today makes of a pod's containers: states, conditions and the phase."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.decoding import decode_object
from clustersim.kubelet.pleg import PodView
from clustersim.kubelet.pod_status import Findings, StatusGenerator, StatusGeneratorOfV18
from clustersim.kubelet.pod_status_today import StatusGeneratorOfToday
from clustersim.kubelet.words import Words
from clustersim.kubelet.words_today import WordsOfToday
from clustersim.runtime.records import CREATED, EXITED, RUNNING, Container, Sandbox

GENERATOR = StatusGeneratorOfToday(WordsOfToday("containerd"), int)
LABELS: dict[str, Any] = {"pod_uid": "u", "pod": "web", "namespace": "default"}


def _pod(*, init: list[dict[str, Any]] | None = None, **more: Any) -> v1.Pod:
    """Of the containers z and a."""
    policy = more.pop("policy", "Always")
    containers = [{"name": "z", "image": "app:1"}, {"name": "a", "image": "app:1"}]
    spec = {"restartPolicy": policy, "containers": containers, "initContainers": init or []}
    metadata = {"name": "web", "uid": "u", **more.pop("metadata", {})}
    plain = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, **more}
    pod = decode_object(plain, "v1.36").obj
    assert isinstance(pod, v1.Pod)
    return pod


def _status(
    pod: v1.Pod,
    findings: Findings | None = None,
    by: StatusGenerator = GENERATOR,
    **states: str | int,
) -> v1.PodStatus:
    """With containers in that state, or ended with that exit code; the later the newer."""
    specs = {spec.name: spec for spec in (*pod.spec.init_containers, *pod.spec.containers)}
    made = [
        Container(
            **LABELS, id=name, name=name, image="app:1", sandbox_id="s", attempt=0, spec=specs[name],
            created_at=0, started_at=0, finished_at=1,
            state=EXITED if isinstance(state, int) else state,
            exit_code=state if isinstance(state, int) else 0,
        )
        for name, state in states.items()
    ]  # fmt: skip
    sandbox = Sandbox(**LABELS, id="s", attempt=0, ip="10.0.0.1", created_at=0)
    view = PodView("u", tuple(reversed(made)), (sandbox,), 0, "10.0.0.1")
    return by.status(pod, view, "1.1.1.1", findings or Findings())


def _condition(status: v1.PodStatus, kind: str) -> v1.PodCondition:
    return next(one for one in status.conditions if one.type == kind)


def test_containers_that_are_not_ready_are_named_in_the_order_of_the_specification() -> None:
    status = _status(_pod(), z=1, a=1)
    assert _condition(status, "Ready").message == "containers with unready status: [z a]"
    assert [one.name for one in status.container_statuses] == ["a", "z"]


def test_a_container_that_was_made_and_does_not_run_yet_waits_for_no_reason() -> None:
    [_, z] = _status(_pod(), z=CREATED, a=RUNNING).container_statuses
    assert z.state == v1.ContainerState(waiting=v1.ContainerStateWaiting())


@pytest.mark.parametrize("generator", [StatusGenerator, StatusGeneratorOfV18])
def test_in_old_releases_a_container_that_was_made_and_does_not_run_counts_as_ended(
    generator: type[StatusGenerator],
) -> None:
    [_, z] = _status(_pod(), by=generator(Words("docker"), int), z=CREATED, a=RUNNING).container_statuses
    assert z.state.terminated == v1.ContainerStateTerminated(exit_code=0, container_id="docker://z")


@pytest.mark.parametrize("generator", [StatusGenerator, StatusGeneratorOfV18])
def test_in_old_releases_a_pod_that_succeeded_says_so_of_its_initialization(
    generator: type[StatusGenerator],
) -> None:
    status = _status(_pod(policy="Never"), by=generator(Words("docker"), int), z=0, a=0)
    assert _condition(status, "Initialized").reason == "PodCompleted"


@pytest.mark.parametrize(("generator", "known"), [(StatusGenerator, False), (StatusGeneratorOfV18, True)])
def test_since_v1_8_the_end_of_an_init_container_is_known_without_its_record(
    generator: type[StatusGenerator], known: bool
) -> None:
    ended = {"name": "i", "image": "app:1", "state": {"terminated": {"exitCode": 0}}}
    before = {"initContainerStatuses": [ended]}
    pod = _pod(init=[{"name": "i", "image": "app:1"}], status=before)
    status = _status(pod, by=generator(Words("docker"), int), z=RUNNING, a=RUNNING)
    assert (status.init_container_statuses[0].state.terminated is not None) is known
    assert status.phase == ("Running" if known else "Pending")


def test_today_an_init_container_that_runs_has_started() -> None:
    [init] = _status(_pod(init=[{"name": "i", "image": "app:1"}]), i=RUNNING).init_container_statuses
    assert (init.started, init.ready) == (True, False)


def test_today_an_init_container_whose_record_is_gone_counts_as_ended_once_others_were_made() -> None:
    status = _status(_pod(init=[{"name": "i", "image": "app:1"}]), z=RUNNING, a=RUNNING)
    [init] = status.init_container_statuses
    assert init.ready
    assert init.state.terminated is not None
    assert init.state.terminated.message.startswith("Unable to get init container status from container run")
    assert status.phase == "Running"


def test_today_a_pod_stays_initialized_when_all_of_it_begins_anew() -> None:
    before = {"conditions": [{"type": "Initialized", "status": "True"}]}
    init = [{"name": "i", "image": "app:1"}]
    assert _condition(_status(_pod(init=init, status=before), i=RUNNING), "Initialized").status == "True"
    assert _condition(_status(_pod(init=init), i=RUNNING), "Initialized").status == "False"


def test_today_a_container_of_a_pod_that_is_deleted_waits_for_no_restart() -> None:
    findings = Findings({"z": ("CrashLoopBackOff", "back-off 10s")})
    deleted = _pod(metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})
    [_, z] = _status(deleted, findings, z=1, a=RUNNING).container_statuses
    assert z.state.terminated is not None
    [_, z] = _status(_pod(), findings, z=1, a=RUNNING).container_statuses
    assert z.state.waiting is not None


def test_a_pod_runs_while_a_sidecar_does() -> None:
    init = [{"name": "i", "image": "app:1", "restartPolicy": "Always"}]
    assert _status(_pod(init=init, policy="Never"), i=RUNNING, z=0, a=0).phase == "Running"
    assert _status(_pod(init=init, policy="Never"), i=0, z=0, a=0).phase == "Succeeded"


def test_an_init_container_that_a_rule_restarts_leaves_its_pod_pending() -> None:
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}
    init = {"name": "i", "image": "app:1", "restartPolicy": "Never", "restartPolicyRules": [rule]}
    assert _status(_pod(init=[init], policy="Never"), i=42).phase == "Pending"
    assert _status(_pod(init=[init], policy="Never"), i=1).phase == "Failed"
