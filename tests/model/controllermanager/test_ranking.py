"""Which of too many pods are deleted first, in today's order."""

from clustersim.api.core_v1 import Container, ContainerStatus, Pod, PodCondition, PodSpec, PodStatus
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.ranking import DELETION_COST, by_usefulness_and_place
from clustersim.engine.time import SECOND

NOW = 1000 * SECOND


def pod(name: str, node: str = "n1", *, age: int = 100, ready: bool = True, cost: str = "") -> Pod:
    since = rfc3339(NOW - age * SECOND)
    annotations = {DELETION_COST: cost} if cost else {}
    condition = PodCondition(type="Ready", status="True" if ready else "False", last_transition_time=since)
    return Pod(
        metadata=ObjectMeta(name=name, uid=name, creation_timestamp=since, annotations=annotations),
        spec=PodSpec(containers=(Container(name="c", image="i"),), node_name=node),
        status=PodStatus(phase="Running", conditions=(condition,)),
    )


def order(*pods: Pod, related: tuple[Pod, ...] = ()) -> list[str]:
    return [found.metadata.name for found in by_usefulness_and_place(pods, related or pods, NOW)]


def test_a_pod_that_is_not_ready_goes_before_one_that_costs_less() -> None:
    assert order(pod("cheap", cost="-5"), pod("broken", "n2", ready=False)) == ["broken", "cheap"]


def test_what_costs_less_goes_before_what_shares_its_node() -> None:
    pods = pod("a", "n1", cost="10"), pod("b", "n1", cost="10"), pod("c", "n2")
    assert order(*pods)[0] == "c"


def test_pods_on_a_crowded_node_go_first_and_the_whole_deployment_counts() -> None:
    ours = pod("old", "n1", age=900), pod("young", "n2", age=10)
    others = pod("x", "n1"), pod("y", "n1")
    assert order(*ours, related=(*ours, *others)) == ["old", "young"]


def test_ages_count_by_orders_of_magnitude_and_then_the_uid_decides() -> None:
    assert order(pod("a", "n1", age=700), pod("b", "n2", age=100)) == ["b", "a"]
    assert order(pod("a", "n1", age=130), pod("b", "n2", age=100)) == ["a", "b"]


def test_of_pods_that_were_restarted_as_often_the_one_with_the_restless_sidecar_goes_first() -> None:
    def beside(found: Pod, count: int, main: int = 1) -> Pod:
        sidecar = Container(name="log", image="i", restart_policy="Always")
        status = ContainerStatus(name="c", ready=True, restart_count=main, image="i")
        return replace(
            found,
            spec=replace(found.spec, init_containers=(sidecar,)),
            status=replace(
                found.status,
                container_statuses=(status,),
                init_container_statuses=(replace(status, name="log", restart_count=count),),
            ),
        )

    quiet, restless = beside(pod("a", "n1"), 0), beside(pod("b", "n2"), 3)
    assert order(quiet, restless) == ["b", "a"]
    assert order(beside(pod("a", "n1"), 0, main=2), restless) == ["a", "b"]
