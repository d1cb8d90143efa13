"""What the conformance tests of Kubernetes expect of pods on a node (v1.36 test/e2e/common/node)."""

from clustersim import Cluster
from tests.model.reports.typed import at, create, empty, typed


def pod(spec: str) -> Cluster:
    cluster = empty("v1.36")
    assert "created" in create(cluster, "Pod", f"metadata: {{name: p}}\nspec: {spec}")
    at(cluster, "60s")
    return cluster


def told(cluster: Cluster, path: str) -> str:
    return typed(cluster, f"kubectl get pod p -o jsonpath={{{path}}}")


INIT = (
    "{{restartPolicy: Never, initContainers: [{{name: one, image: busybox, command: [/bin/{one}]}}, "
    "{{name: two, image: busybox, command: [/bin/{two}]}}], containers: [{{name: main, image: pause}}]}}"
)


def test_init_containers_whose_turn_never_came_go_on_waiting_when_the_pod_has_failed() -> None:
    """init_container.go: should not start app containers and fail the pod if init containers fail."""
    cluster = pod(INIT.format(one="false", two="true"))
    assert told(cluster, ".status.phase") == "Failed"
    assert (
        told(cluster, ".status.initContainerStatuses[1].state") == '{"waiting":{"reason":"PodInitializing"}}'
    )
    assert told(cluster, ".status.containerStatuses[0].state") == '{"waiting":{"reason":"PodInitializing"}}'


def test_only_the_init_containers_that_are_not_through_are_told_as_incomplete() -> None:
    cluster = pod(INIT.format(one="true", two="false"))
    assert told(cluster, ".status.conditions[1].message") == "containers with incomplete status: [two]"
    assert told(cluster, ".status.containerStatuses[0].state") == '{"waiting":{"reason":"PodInitializing"}}'


def test_describe_begins_with_events_of_the_scheduler_which_have_no_last_timestamp() -> None:
    """v1.36 k8s.io/kubectl pkg/util/event/sorted_event_list.go."""
    cluster = pod("{containers: [{name: main, image: pause}]}")
    lines = typed(cluster, "kubectl describe pod p").splitlines()
    reasons = [line.split()[1] for line in lines[lines.index("Events:") + 3 :]]
    assert reasons == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
