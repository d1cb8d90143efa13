"""Lines of kubectl that lack something (pkg/kubectl/cmd of v1.7 and v1.8, k8s.io/kubectl v1.36)."""

import pytest

from clustersim import seconds
from tests.model.reports.typed import ALL, empty, typed

ONCE = pytest.mark.parametrize("release", ["v1.7", "v1.8"])


@ONCE
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rollout status", "Required resource not specified."),
        ("rollout undo", "Required resource not specified."),
        ("rollout pause", "pause RESOURCE"),
        ("scale deployment x", "The --replicas=COUNT flag is required, and COUNT must be greater than or"),
        ("exec p", "expected 'exec POD_NAME COMMAND [ARG1] [ARG2] ... [ARGN]'.\nPOD_NAME and COMMAND are"),
        ("logs", "expected 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'.\nPOD or TYPE/NAME is a required"),
        ("label pods p", "at least one label update is required"),
        ("annotate a=b", "one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("patch deployment d", "Must specify -p to patch"),
        ("replace", "Must specify --filename to replace"),
        ("attach", "at least one argument is required for attach"),
        ("cordon", "USAGE: cordon NODE [flags]"),
        ("run", "NAME is required for run"),
        ("create namespace", "exactly one NAME is required, got 0"),
    ],
)
def test_old_kubectls_point_at_the_help_with_a_full_stop(release: str, line: str, told: str) -> None:
    text = typed(empty(release), f"kubectl {line}")
    command = " ".join(line.split()[: 2 if line.startswith(("rollout", "create")) else 1])
    assert text.startswith(f"error: {told}")
    assert text.endswith(f"\nSee 'kubectl {command} -h' for help and examples.")


@ONCE
def test_a_line_without_a_kind_is_told_which_there_are(release: str) -> None:
    lines = typed(empty(release), "kubectl get").splitlines()
    assert lines[0] == "You must specify the type of resource to get. Valid resource types include:"
    assert "    * pods (aka 'po')" in lines
    assert ("    * thirdpartyresources" in lines) is (release == "v1.7")
    assert lines[-3:] == [
        "    error: Required resource not specified.",
        'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain '
        "pods).",
        "See 'kubectl get -h' for help and examples.",
    ]


@ALL
def test_nothing_to_delete_is_told_how_things_are_named(release: str) -> None:
    text = typed(empty(release), "kubectl delete")
    assert text.startswith("error: You must provide one or more resources by argument or filename.\nExample")


@ONCE
def test_create_without_anything_prints_its_help(release: str) -> None:
    assert "Available Commands:" in typed(empty(release), "kubectl create")


@ONCE
def test_old_kubectls_say_what_the_controller_said_of_a_rollback(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl run web --image=nginx")
    told = typed(cluster, "kubectl rollout undo deployment/web")
    assert told == (
        'deployment "web" skipped rollback '
        "(DeploymentRollbackRevisionNotFound: Unable to find last revision.)"
    )
    typed(cluster, "kubectl rollout pause deployment/web")
    told = typed(cluster, "kubectl rollout undo deployment/web")
    resume = "'kubectl rollout resume deployment/web'"
    assert (
        told == f"error: you cannot rollback a paused deployment; resume it first with {resume} and try again"
    )


def test_v1_7_runs_nothing_on_a_schedule_where_that_is_not_served() -> None:
    told = typed(empty("v1.7"), "kubectl run c --image=busybox --restart=OnFailure --schedule='* * * * *'")
    assert told == "error: CronJob generator specified, but batch/v2alpha1.CronJobs are not available"


@ALL
def test_ports_are_forwarded_of_a_pod_that_runs(release: str) -> None:
    cluster = empty(release)
    today = release == "v1.36"
    told = typed(cluster, "kubectl port-forward")
    wanted = "TYPE/NAME and list of ports are required" if today else "POD is required"
    assert told.startswith(f"error: {wanted} for port-forward\nSee 'kubectl port-forward -h' for help")
    missing = 'Error from server (NotFound): pods "web" not found'
    assert typed(cluster, "kubectl port-forward web 8080:80") == missing
    typed(cluster, "kubectl run web --image=nginx --restart=Never")
    told = "error: unable to forward port because pod is not running. Current status=Pending"
    assert typed(cluster, "kubectl port-forward web 8080:80") == told
    cluster.run_until(seconds(10))
    assert typed(cluster, "kubectl port-forward web 8080:80").startswith(
        "Forwarding from 127.0.0.1:8080 -> 80"
    )
