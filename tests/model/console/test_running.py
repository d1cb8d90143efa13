"""kubectl run that stays: what the program prints, and --rm."""

import pytest

from clustersim import Cluster, default_scenario, seconds
from tests.model.console.test_waiting import typed

ERA_AND_TODAY = ("v1.7", "v1.8", "v1.36")


def cluster_of(release: str) -> Cluster:
    return Cluster(default_scenario(release))


@pytest.mark.parametrize("release", ERA_AND_TODAY)
def test_what_a_program_prints_is_shown_and_its_pod_is_removed(release: str) -> None:
    cluster = cluster_of(release)
    text, answer = typed(cluster, "kubectl run -i --rm box --image=busybox --restart=Never -- echo hello")
    where = " from default namespace" if release == "v1.36" else ""
    assert text == f'hello\npod "box" deleted{where}'
    assert answer.ok
    cluster.run_until(cluster.now + seconds(40))
    assert cluster.find_pod("box") is None


def test_a_service_is_tried_from_a_pod_of_ones_own() -> None:
    text, _answer = typed(
        cluster_of("v1.36"), "kubectl run -i --rm box --image=busybox -- wget -qO- tomcat:8080"
    )
    assert text.startswith("tomcat-")


@pytest.mark.parametrize("release", ERA_AND_TODAY)
def test_a_program_that_fails_is_told_with_its_pod(release: str) -> None:
    line = "kubectl run -i box --image=busybox --restart=Never -- sh -c 'echo so far; exit 3'"
    text, answer = typed(cluster_of(release), line)
    assert text == "so far\npod default/box terminated (Error)"
    assert not answer.ok


def test_what_keeps_a_pod_running_is_removed_with_it() -> None:
    cluster = cluster_of("v1.8")
    text, _answer = typed(cluster, "kubectl run -i --rm web --image=busybox -- hostname")
    assert text.splitlines()[0].startswith("web-")
    assert text.splitlines()[1] == 'deployment "web" deleted'
    cluster.run_until(cluster.now + seconds(60))
    assert cluster.object("deployments", "default/web") is None


def test_rm_wants_to_be_attached() -> None:
    text, answer = typed(cluster_of("v1.36"), "kubectl run box --rm --image=busybox")
    hint = "See 'kubectl run -h' for help and examples"
    assert text == f"error: --rm should only be used for attached containers\n{hint}"
    assert not answer.ok


def test_a_pod_that_never_runs_is_given_up_after_a_minute() -> None:
    cluster = cluster_of("v1.36")
    for name in ("n1", "n2", "n3"):
        typed(cluster, f"kubectl cordon {name}")
    text, answer = typed(cluster, "kubectl run -i --rm box --image=busybox -- hostname", 90)
    assert text.splitlines()[-1] == "error: timed out waiting for the condition"
    assert 'pod "box" deleted' in text
    assert not answer.ok
