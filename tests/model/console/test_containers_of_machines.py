"""docker and crictl on a node, and what becomes of containers and images by hand."""

import json

import pytest

from clustersim import Cluster, Command, default_scenario, load_scenario, seconds
from clustersim.console import run
from tests.model.console.machines import do, today


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def test_docker_stop_ends_a_container_and_the_kubelet_starts_it_again(cluster: Cluster) -> None:
    ids = [row.split()[0] for row in do(cluster, "docker ps --filter name=k8s_tomcat").splitlines()[1:]]
    do(cluster, f"docker stop {ids[0]}")
    assert ids[0] not in do(cluster, "docker ps -q")
    assert "Exited (143)" in do(cluster, "docker ps -a")
    cluster.run_until(seconds(60))
    assert any(row.split()[3] == "1" for row in run(cluster, "kubectl get pods").text.splitlines()[1:])


def test_today_containers_are_those_of_containerd() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    assert "tomcat" in do(cluster, "crictl ps")
    assert "Ready" in do(cluster, "crictl pods")
    assert do(cluster, "docker ps") == "-bash: docker: command not found"
    note = run(cluster, "docker ps", "n1").note
    assert note is not None
    assert "crictl" in note.text()


def test_a_pulled_image_is_there_for_the_next_container() -> None:
    for release, line, look in (
        ("v1.7", "docker pull redis:3", "docker images"),
        ("v1.36", "crictl pull redis:3", "crictl images"),
    ):
        cluster = Cluster(default_scenario(release))
        answer = run(cluster, line, "n1")
        assert [command.do for command in answer.commands] == ["pull-image"]
        cluster.apply(answer.commands[0])
        cluster.run_until(seconds(30))
        assert "redis" in run(cluster, look, "n1").text
        assert not run(cluster, line, "n1").commands


def test_a_refused_image_is_not_pulled_by_hand_either() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("refuse-image", "redis:3"))
    answer = run(cluster, "docker pull redis:3", "n1")
    assert answer.text == "Error response from daemon: manifest for redis:3 not found"
    assert not answer.commands


def test_the_process_of_a_container_is_killed_like_any_other(cluster: Cluster) -> None:
    pid = do(cluster, "docker inspect -f '{{.State.Pid}}' $(docker ps -qf name=k8s_tomcat)")
    assert pid == do(cluster, "pidof tomcat")
    do(cluster, f"kill -9 {pid}")
    assert "Exited (137)" in do(cluster, "docker ps -a")


def test_a_container_that_the_api_server_has_given_up_is_killed_by_hand(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.apply(Command("delete-pod", "tomcat@n1", {"force": True}))
    cluster.run_until(seconds(10))
    assert do(cluster, "docker ps -q | wc -l") == "2"
    do(cluster, "docker kill $(docker ps -qf name=k8s_tomcat)")
    do(cluster, "docker kill $(docker ps -q)")
    assert do(cluster, "docker ps -q") == ""


def test_docker_lists_what_is_asked_for_in_the_form_that_is_asked_for(cluster: Cluster) -> None:
    pods = "docker ps --filter label=io.kubernetes.docker.type=podsandbox --format '{{.Image}}'"
    assert do(cluster, pods) == "gcr.io/google_containers/pause-amd64:3.0"
    heads = do(cluster, "docker ps --format 'table {{.ID}}\\t{{.Status}}'").splitlines()[0]
    assert heads.split() == ["CONTAINER", "ID", "STATUS"]
    assert len(do(cluster, "docker ps --no-trunc -lq")) == 64
    assert do(cluster, "docker ps -q -f ancestor=tomcat") == do(cluster, "docker ps -q -f name=k8s_tomcat")
    assert "Invalid filter 'colour'" in do(cluster, "docker ps -f colour=red")
    assert "can't evaluate field Nope" in do(cluster, "docker ps --format '{{.Nope}}'")
    assert "error calling join" in do(cluster, "docker ps --format '{{join .ID 5}}'")
    assert "invalid value" in do(cluster, "docker ps -n many")


def test_docker_says_what_it_knows_of_one_container(cluster: Cluster) -> None:
    one = "$(docker ps -qf name=k8s_tomcat)"
    label = do(cluster, f"docker inspect -f '{{{{index .Config.Labels \"io.kubernetes.pod.name\"}}}}' {one}")
    assert label in do(cluster, "kubectl get pods -o name", "")
    state = json.loads(do(cluster, f"docker inspect -f '{{{{json .State}}}}' {one}"))
    assert state["Running"] is True
    assert "No such image, container or task: nope" in do(cluster, "docker inspect nope")
    assert do(cluster, f"docker exec -it {one} hostname") == label
    assert "8 MiB / 2 GiB" in do(cluster, "docker stats --no-stream")


def test_a_command_of_nothing_but_spaces_stops_no_listing(cluster: Cluster) -> None:
    manifest = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: blank}\nspec: {nodeName: n1, containers: [{name: c, "
    )
    do(cluster, f"kubectl create -f -\n{manifest}image: 'tomcat:8', command: [' ']}}]}}", "")
    cluster.run_until(seconds(20))
    assert "blank" in do(cluster, "docker ps")
    assert do(cluster, "docker inspect -f '{{.Path}}' $(docker ps -qf name=k8s_c_blank)") == "tomcat"
    assert "Tasks:" in do(cluster, "top -b -n 1")
    assert "tomcat" in do(cluster, "ps aux")


def test_crictl_chooses_and_shows_as_it_is_asked() -> None:
    cluster = today()
    one = do(cluster, "crictl ps -q --name '^tom'")
    assert len(one) == 64
    assert do(cluster, "crictl exec -it $(crictl ps -q --name tomcat) hostname").startswith("tomcat-")
    told = do(cluster, f"crictl inspect -o go-template --template '{{{{.info.pid}}}}' {one}")
    assert told == do(cluster, "pidof tomcat")
    assert do(cluster, "crictl stats | grep -c tomcat") == "1"
    do(cluster, "crictl stopp $(crictl pods -q --name tomcat)")
    assert do(cluster, "crictl pods -q --state notready | wc -l") == "1"


def test_a_container_that_is_stopped_by_hand_ends_as_its_image_does() -> None:
    cluster = Cluster(load_scenario("release: v1.8\n"))
    for line in ("web --image=nginx", "deaf --image=busybox -- sleep 1000"):
        made = run(cluster, f"kubectl run --restart=Never {line}")
        cluster.apply(made.commands[0])
    cluster.run_until(seconds(20))
    for name, code in (("web", 0), ("deaf", 137)):
        pod = cluster.object("pods", f"default/{name}")
        number = pod.status.container_statuses[0].container_id.rpartition("/")[2]
        for command in run(cluster, f"docker stop {number}", pod.spec.node_name).commands:
            cluster.apply(command)
        cluster.run_until(cluster.now + seconds(10))
        told = cluster.object("pods", f"default/{name}").status.container_statuses[0].state.terminated
        assert told is not None
        assert told.exit_code == code
