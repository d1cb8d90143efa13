"""kubectl rolling-update of v1.7 and v1.8: one ReplicationController takes another's place."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import Follow, go_on, run

NEW = """
apiVersion: v1
kind: ReplicationController
metadata: {name: tomcat-v2}
spec:
  selector: {app: tomcat2}
  template:
    metadata: {labels: {app: tomcat2}}
    spec: {containers: [{name: tomcat, image: "tomcat:9"}]}
"""


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario("v1.7"))


def begin(cluster: Cluster, line: str) -> Follow:
    answer = run(cluster, line)
    position = answer.done([cluster.apply(command) for command in answer.commands]).follow
    assert position is not None
    return position


def printed(cluster: Cluster, line: str) -> tuple[list[str], list[int]]:
    """What it prints until it ends, and the fewest and most pods that were ready or there meanwhile."""
    position: Follow | None = begin(cluster, line)
    lines: list[str] = []
    pods: list[int] = []
    while position is not None:
        assert cluster.now < seconds(1200)
        cluster.run_until(cluster.now + seconds(1))
        ready = run(cluster, "kubectl get pods --no-headers").text.splitlines()
        pods.append(sum("tomcat" in row and "1/1" in row for row in ready))
        answer = go_on(cluster, line, position)
        lines += answer.text.splitlines()
        position = answer.follow
    return lines, pods


def test_an_image_is_rolled_out_pod_by_pod_under_the_old_name(cluster: Cluster) -> None:
    lines, ready = printed(cluster, "kubectl rolling-update tomcat --image=tomcat:9 --update-period=10s")
    new = lines[0].removeprefix("Created ")
    assert lines[1:] == [
        f"Scaling up {new} from 0 to 3, scaling down tomcat from 3 to 0 (keep 3 pods available, don't exceed "
        "4 pods)",
        f"Scaling {new} up to 1",
        "Scaling tomcat down to 2",
        f"Scaling {new} up to 2",
        "Scaling tomcat down to 1",
        f"Scaling {new} up to 3",
        "Scaling tomcat down to 0",
        "Update succeeded. Deleting old controller: tomcat",
        f"Renaming {new} to tomcat",
        'replicationcontroller "tomcat" rolling updated',
    ]
    assert min(ready) == 3
    assert max(ready) == 4
    cluster.run_until(cluster.now + seconds(5))
    rows = run(cluster, "kubectl get rc tomcat -o wide --no-headers").text.split()
    assert (rows[0], rows[3], rows[6]) == ("tomcat", "3", "tomcat:9")
    assert len(run(cluster, "kubectl get pods -l app=tomcat --no-headers").text.splitlines()) == 3


def test_a_manifest_names_the_new_one_and_gets_as_many_pods(cluster: Cluster) -> None:
    lines, _ready = printed(cluster, "kubectl rolling-update tomcat --update-period=5s -f -" + NEW)
    assert lines[-1] == 'replicationcontroller "tomcat-v2" rolling updated'
    names = run(cluster, "kubectl get rc -o name").text.split()
    assert names == ["replicationcontrollers/mysql", "replicationcontrollers/tomcat-v2"]


def test_an_image_that_cannot_be_pulled_stops_it_and_the_old_pods_stay(cluster: Cluster) -> None:
    cluster.apply(Command("refuse-image", "tomcat:9"))
    line = "kubectl rolling-update tomcat --image=tomcat:9 --update-period=5s --timeout=60s"
    lines, ready = printed(cluster, line)
    assert lines[-1] == "error: timed out waiting for any update progress to be made"
    assert min(ready) == 3


def test_interrupted_it_leaves_both(cluster: Cluster) -> None:
    position = begin(cluster, "kubectl rolling-update tomcat --image=tomcat:9 --update-period=10s")
    cluster.run_until(cluster.now + seconds(12))
    cluster.apply(Command("interrupt", str(position.acts[0])))
    cluster.run_until(cluster.now + seconds(120))
    assert len(run(cluster, "kubectl get rc --no-headers").text.splitlines()) == 3


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("kubectl rolling-update tomcat", "error: Must specify --filename or --image for new controller"),
        (
            "kubectl rolling-update tomcat --image=tomcat:8",
            "error: Specified --image must be distinct from existing container image",
        ),
        (
            "kubectl rolling-update nope --image=tomcat:9",
            'Error from server (NotFound): replicationcontrollers "nope" not found',
        ),
        (
            "kubectl rolling-update tomcat -f -" + NEW.replace("app: tomcat2", "app: tomcat"),
            "error: STDIN must specify a matching key with non-equal value in Selector for tomcat",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_its_words(cluster: Cluster, line: str, refused: str) -> None:
    assert (run(cluster, line).text or "").startswith(refused)


def test_kubectl_of_today_has_no_rolling_update() -> None:
    answer = run(Cluster(default_scenario("v1.36")), "kubectl rolling-update tomcat --image=x")
    assert answer.text == 'error: unknown command "rolling-update" for "kubectl"'
