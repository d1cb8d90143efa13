"""kubectl logs of several pods (v1.36 k8s.io/kubectl pkg/cmd/logs, polymorphichelpers/logsforobject.go)."""

from clustersim import Cluster
from tests.model.reports.typed import at, empty, typed


def greeting(pods: int) -> Cluster:
    """A Deployment each of whose pods writes `hello`."""
    cluster = empty("v1.36")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: "
        f"{pods}, selector: {{matchLabels: {{app: d}}}}, template: {{metadata: {{labels: {{app: d}}}}, spec: "
        "{containers: [{name: a, image: busybox, command: [sh, -c, 'echo hello; sleep 9000']}]}}}",
    )
    at(cluster, "20s")
    return cluster


def test_all_pods_of_a_deployment_are_told_with_their_names() -> None:
    lines = typed(greeting(2), "kubectl logs deploy/d --all-pods").splitlines()
    assert [line.rpartition("/")[2] for line in lines] == ["a] hello", "a] hello"]
    assert all(line.startswith("[pod/d-") for line in lines)


def test_no_more_than_five_are_followed_unless_that_is_asked_for() -> None:
    cluster = greeting(6)
    assert typed(cluster, "kubectl logs -f -l app=d") == (
        "error: you are attempting to follow 6 log streams, but maximum allowed concurrency is 5, "
        "use --max-log-requests to increase the limit"
    )
    assert typed(cluster, "kubectl logs -f -l app=d --max-log-requests=6").count("hello") == 6


def test_a_pod_without_a_log_may_be_passed_over() -> None:
    cluster = greeting(2)
    typed(cluster, "kubectl run bad --image=bad-image -l app=d")
    at(cluster, "30s")
    line = "kubectl logs -l app=d"
    told = typed(cluster, line)
    assert told.startswith(
        'Error from server (BadRequest): container "bad" in pod "bad" is waiting to start: '
    )
    passed_over = told.replace("Error from server (BadRequest)", "error")
    assert typed(cluster, f"{line} --ignore-errors") == f"{passed_over}\nhello\nhello"
