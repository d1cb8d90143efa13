"""A machine whose clock is set wrong while it runs."""

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.command import CommandError
from tests.model.reports.typed import ALL, at, cluster_of, create, rows, typed


@pytest.mark.parametrize(("ahead", "shown"), [(600, "07:13:00"), (-60, "07:02:00"), (0, "07:03:00")])
def test_a_set_clock_shows_another_time_and_costs_no_node_its_readiness(ahead: int, shown: str) -> None:
    cluster = Cluster(default_scenario())
    cluster.run_until(seconds(60))
    cluster.apply(Command("set-clock", "n2", {"ahead_s": ahead}))
    cluster.run_until(seconds(180))
    assert typed(cluster, "date +%T", "n2") == shown
    assert "NotReady" not in typed(cluster, "kubectl get nodes")


def test_the_kubelet_writes_the_time_of_its_clock() -> None:
    cluster = Cluster(default_scenario())
    cluster.run_until(seconds(60))
    cluster.apply(Command("set-clock", "n2", {"ahead_s": 3600}))
    cluster.run_until(seconds(90))
    ready = next(one for one in cluster.object("nodes", "n2").status.conditions if one.type == "Ready")
    assert ready.last_heartbeat_time[11:13] == "08"


def test_a_clock_goes_wrong_by_a_day_at_most() -> None:
    cluster = Cluster(default_scenario())
    with pytest.raises(CommandError, match="at most 86400"):
        cluster.apply(Command("set-clock", "n2", {"ahead_s": 86_401}))


@ALL
def test_events_of_a_kubelet_tell_the_time_of_its_clock(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "date -s '+10 min'", "n1")
    typed(cluster, "kubectl run web --image=nginx --restart=Never")
    at(cluster, "20s")
    rows = [row.split() for row in typed(cluster, "kubectl get events").splitlines()]
    ages = {row[0] for row in rows if "Started" in row and any("web" in cell for cell in row)}
    assert ages == {"<invalid>"}, "it lies ahead, as the workstation sees it"


@ALL
def test_containers_tell_the_time_of_the_clock_of_their_node(release: str) -> None:
    """What was told before the clock was set stays."""
    action = "actions: [{at: 20s, do: set-clock, target: n1, ahead_s: -600}]\n"
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n{action}")
    for name, moment in (("old", "10s"), ("new", "40s")):
        at(cluster, moment)
        typed(
            cluster, f"kubectl run {name} --image=busybox --restart=Never --command -- sh -c 'date; sleep 5'"
        )
    at(cluster, "60s")
    state = "{.status.containerStatuses[0].state.terminated"
    for name, hour in (("old", "07:00"), ("new", "06:50")):
        told = typed(
            cluster, f"kubectl get pod {name} -o jsonpath='{state}.startedAt}} {state}.finishedAt}}'"
        )
        assert [word[11:16] for word in told.split()] == [hour, hour]
        line = typed(cluster, f"kubectl logs {name} --timestamps")
        assert line[11:16] == hour
        assert f" {hour}:" in line
    assert "06:50:" in typed(cluster, "journalctl -u kubelet -n 1", "n1")


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_docker_tells_the_time_of_its_clock(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: [{{name: n1, clock_skew: -10m}}]\nobjects: []\n")
    typed(cluster, "kubectl run web --image=nginx --restart=Never")
    at(cluster, "20s")
    form = "'{{.Created}} {{.State.StartedAt}}'"
    told = typed(cluster, f"docker inspect -f {form} $(docker ps -q | head -1)", "n1")
    assert [word[11:16] for word in told.split()] == ["06:50", "06:50"]


def test_a_clock_that_is_set_back_delays_a_liveness_probe_that_has_not_begun() -> None:
    """The delay counts from what the clock showed at the start of the container, as time.Since does."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    probe = "livenessProbe: {initialDelaySeconds: 30, periodSeconds: 1, exec: {command: ['false']}}"
    create(
        cluster,
        "Pod",
        f"metadata: {{name: p}}\nspec: {{containers: [{{name: a, image: nginx, {probe}}}]}}",
    )
    at(cluster, "10s")
    typed(cluster, "date -s '-5 min'", "n1")
    at(cluster, "5m")
    assert rows(typed(cluster, "kubectl get pods"))[0][3] == "0"
    at(cluster, "7m")
    assert rows(typed(cluster, "kubectl get pods"))[0][3] != "0"


def test_a_lease_tells_the_time_of_the_clock_of_its_node() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "date -s '+10 min'", "n1")
    at(cluster, "30s")
    told = typed(cluster, "kubectl get lease n1 -n kube-node-lease -o jsonpath='{.spec.renewTime}'")
    assert told[11:16] == "07:10"
    at(cluster, "120s")
    assert "NotReady" not in typed(cluster, "kubectl get nodes"), "the controller goes by its own clock"


def test_only_so_many_changes_of_a_clock_are_remembered() -> None:
    cluster = Cluster(default_scenario())
    for ahead in range(1, 300):
        cluster.apply(Command("set-clock", "n2", {"ahead_s": ahead}))
    machine = cluster.machines["n2"]
    assert len(machine.state.clock_before) == 100
    assert machine.wall(cluster.now) == cluster.now + seconds(299)
