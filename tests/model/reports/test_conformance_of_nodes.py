"""What the conformance tests of Kubernetes expect of pods on a node (v1.36 test/e2e/common/node)."""

import pytest

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


def script(text: str, more: str = "", policy: str = "Never", image: str = "busybox") -> Cluster:
    return pod(
        f"{{restartPolicy: {policy}, containers: [{{name: main, image: {image}, command: [/bin/sh, -c], "
        f"args: ['{text}']{more}}}]}}"
    )


@pytest.mark.parametrize(
    ("text", "policy", "message"),
    [
        ("/bin/echo -n DONE > /dev/termination-log", "File", "DONE"),
        ("/bin/echo -n DONE; /bin/false", "FallbackToLogsOnError", "DONE"),
        ("/bin/echo -n DONE; /bin/true", "FallbackToLogsOnError", ""),
        (
            "/bin/echo -n OK > /dev/termination-log; /bin/echo DONE; /bin/true",
            "FallbackToLogsOnError",
            "OK",
        ),
        ("/bin/echo -n DONE; /bin/false", "File", ""),
    ],
)
def test_a_container_leaves_a_message_behind(text: str, policy: str, message: str) -> None:
    """runtime.go: should report termination message."""
    cluster = script(text, f", terminationMessagePolicy: {policy}")
    assert told(cluster, ".status.containerStatuses[0].state.terminated.message") == message


@pytest.mark.parametrize(
    ("text", "phase", "code"),
    [
        ("for i in 9 8 7 6 5 4 3 2 1; do echo $i; done", "Succeeded", "0"),
        ("for i in 1 2 3; do sleep 1; done; exit 7", "Failed", "7"),
        ("i=3; while [ $i -gt 0 ]; do i=$((i-1)); sleep 1; done; test $i -eq 1", "Failed", "1"),
        ('if [ "$MODE" = bad ]; then exit 4; fi; exit 5', "Failed", "4"),
        ("sleep 1 && false || exit 3", "Failed", "3"),
        ("/bin/sleep 1; /usr/bin/test a = a", "Succeeded", "0"),
    ],
)
def test_a_script_that_ends_ends_as_its_shell_says(text: str, phase: str, code: str) -> None:
    """The countdown of job.yaml (kubernetes.io/examples), runtime.go: should run with the expected status."""
    cluster = script(text, ", env: [{name: MODE, value: bad}]")
    assert told(cluster, ".status.phase") == phase
    assert told(cluster, ".status.containerStatuses[0].state.terminated.exitCode") == code


def test_a_script_that_starts_an_unknown_program_runs_on() -> None:
    cluster = script("for i in 1 2 3; do echo $i; done; /app/serve", image="shop")
    assert told(cluster, ".status.phase") == "Running"
