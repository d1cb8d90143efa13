"""Programs of pods that ask a Service over and over: what it costs those who answer, and what is seen of
it."""

import pytest

from clustersim import Cluster, Command, CommandError, load_scenario, seconds
from clustersim.console import run
from clustersim.engine.time import SECOND
from clustersim.runtime.records import RUNNING, Container
from clustersim.runtime.usage import cpu_spent, cpu_taken
from clustersim.traffic.flow import Caller, Server, Trip, flow_of

PHP = """kubectl apply -f - <<E
apiVersion: {version}
kind: Deployment
metadata: {{name: php-apache}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{run: php-apache}}}}
  template:
    metadata: {{labels: {{run: php-apache}}}}
    spec:
      containers:
      - name: php-apache
        image: registry.k8s.io/hpa-example
        ports: [{{containerPort: 80}}]
        resources: {{limits: {{cpu: 500m}}, requests: {{cpu: 200m}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: php-apache}}
spec: {{ports: [{{port: 80}}], selector: {{run: php-apache}}}}
E"""
LOAD = (
    "kubectl run load-generator --image=busybox:1.28 --restart=Never -- "
    '/bin/sh -c "while sleep 0.01; do wget -q -O- http://php-apache; done"'
)


def do(cluster: Cluster, line: str) -> str:
    answer = run(cluster, line)
    for command in answer.commands:
        cluster.apply(command)
    return answer.text


def walkthrough(release: str = "v1.36", *, replicas: int = 1, load: bool = True) -> Cluster:
    """The pods and the Service of the documentation, made at 60 s, and the load, begun at 100 s."""
    addon = "metrics-server" if release == "v1.36" else "heapster"
    cluster = Cluster(load_scenario(f"release: {release}\naddons: [{addon}]\n"))
    cluster.run_until(seconds(60))
    version = "apps/v1" if release == "v1.36" else "extensions/v1beta1"
    do(cluster, PHP.format(version=version, replicas=replicas))
    cluster.run_until(seconds(100))
    if load:
        do(cluster, LOAD)
    return cluster


def containers(cluster: Cluster, name: str) -> list[Container]:
    return [
        one
        for machine in cluster.machines.values()
        for one in machine.state.disk["runtime"].containers.values()
        if one.name == name and one.state == RUNNING
    ]


def cpu_of(cluster: Cluster, name: str = "php-apache") -> list[int]:
    return [cpu_taken(one) for one in containers(cluster, name)]


# --- what it costs -----------------------------------------------------------------------------------------


def test_one_pod_is_held_down_at_its_limit() -> None:
    cluster = walkthrough()
    cluster.run_until(seconds(110))
    assert cpu_of(cluster) == [500]
    [one] = containers(cluster, "php-apache")
    assert cpu_spent(one, seconds(110)).held > 5 * SECOND, "and throttled"


def test_the_more_pods_there_are_the_less_each_has_to_do() -> None:
    cluster = walkthrough(replicas=4)
    cluster.run_until(seconds(110))
    four = cpu_of(cluster)
    do(cluster, "kubectl scale deployment php-apache --replicas=8")
    cluster.run_until(seconds(130))
    eight = cpu_of(cluster)
    assert (len(set(four)), len(set(eight))) == (1, 1), "requests spread evenly"
    assert sum(four) == pytest.approx(sum(eight), rel=0.02)
    assert sum(four) > 600, "nobody is throttled, so that the client comes round faster than before one pod"


def test_a_second_client_adds_to_the_load_of_all() -> None:
    cluster = walkthrough(replicas=8)
    cluster.run_until(seconds(110))
    [one, *_] = cpu_of(cluster)
    do(cluster, LOAD.replace("load-generator", "another"))
    cluster.run_until(seconds(120))
    assert cpu_of(cluster)[0] == pytest.approx(2 * one, rel=0.02)


def test_nobody_is_busy_any_more_when_the_client_is_gone() -> None:
    cluster = walkthrough()
    cluster.run_until(seconds(110))
    do(cluster, "kubectl delete pod load-generator --grace-period=1")
    cluster.run_until(seconds(120))
    assert cpu_of(cluster) == [1]


def test_a_client_that_meets_a_dead_machine_waits_and_comes_round_seldom() -> None:
    cluster = walkthrough(replicas=2)
    cluster.run_until(seconds(110))
    [client] = containers(cluster, "load-generator")
    [node] = [name for name in cluster.machines if client in containers_on(cluster, name)]
    victim = next(
        name
        for name in cluster.machines
        if name != node and any(one.name == "php-apache" for one in containers_on(cluster, name))
    )
    cluster.apply(Command("power-off", victim))
    cluster.run_until(seconds(112))
    assert max(cpu_of(cluster)) <= 2


def containers_on(cluster: Cluster, node: str) -> list[Container]:
    return list(cluster.machines[node].state.disk["runtime"].containers.values())


def test_requests_are_not_visited_one_by_one() -> None:
    handled = []
    for load in (False, True):
        cluster = walkthrough(load=load)
        cluster.run_until(seconds(200))
        before = cluster.world.engine.handled
        cluster.run_until(seconds(1200))
        handled.append(cluster.world.engine.handled - before)
    quiet, loud = handled
    assert loud - quiet < 500, "of some ten thousand requests"


def test_a_run_that_is_taken_up_again_in_the_middle_goes_on_the_same() -> None:
    cluster = walkthrough(replicas=2)
    cluster.run_until(seconds(107))
    other = Cluster.restore(cluster.snapshot())
    for one in (cluster, other):
        do(one, "kubectl scale deployment php-apache --replicas=3")
        one.run_until(seconds(150))
    assert cluster.state_hash() == other.state_hash()
    assert cpu_of(cluster) == cpu_of(other)


def test_a_pod_says_itself_what_a_request_costs_it() -> None:
    cluster = Cluster(load_scenario("release: v1.36\n"))
    do(cluster, "kubectl create deployment web --image=web --port=80")
    do(
        cluster,
        'kubectl patch deployment web -p \'{"spec":{"template":{"metadata":{"annotations":'
        '{"program.clustersim/web":"cpu 5ms per request"}}}}}\'',
    )
    do(cluster, "kubectl expose deployment web")
    cluster.run_until(seconds(30))
    do(cluster, LOAD.replace("php-apache", "web").replace("sleep 0.01", "sleep 0.985"))
    cluster.run_until(seconds(60))
    assert cpu_of(cluster, "web") == [5], "a request a second"


# --- what is seen of it ------------------------------------------------------------------------------------


def test_what_is_measured_is_what_was_done_between_two_questions() -> None:
    cluster = walkthrough()
    cluster.run_until(seconds(106))
    [one] = containers(cluster, "php-apache")
    done = cpu_spent(one, seconds(105)).used - cpu_spent(one, seconds(90)).used
    measured = int(do(cluster, "kubectl top pod -l run=php-apache --no-headers").split()[1].removesuffix("m"))
    assert 1 < measured < 500
    assert measured == done // (15 * SECOND)


def test_a_young_pod_has_no_figures_until_it_was_asked_twice() -> None:
    cluster = walkthrough("v1.8")
    cluster.run_until(seconds(179))
    assert "load-generator" not in do(cluster, "kubectl top pod")
    cluster.run_until(seconds(181))
    assert "load-generator" in do(cluster, "kubectl top pod")


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_the_autoscaler_of_the_documentation_makes_pods_until_their_load_is_what_it_should_be(
    release: str,
) -> None:
    cluster = walkthrough(release)
    percent = "--cpu=50%" if release == "v1.36" else "--cpu-percent=50"
    do(cluster, f"kubectl autoscale deployment php-apache {percent} --min=1 --max=10")
    cluster.run_until(seconds(600))
    wanted = [event.rule.values["wanted"] for event in cluster.record if event.verb == "autoscale"]
    assert (wanted[0], wanted[-1]) == (4, 7), "twice as fast at most; then 667m by 100m each"
    do(cluster, "kubectl delete pod load-generator --now")
    cluster.run_until(seconds(1200))
    assert len(containers(cluster, "php-apache")) == 1


def test_its_log_says_what_came_back() -> None:
    cluster = walkthrough()
    cluster.run_until(seconds(106))
    text = do(cluster, "kubectl logs load-generator")
    assert text == "OK!" * (len(text) // 3)
    assert 10 < len(text) // 3 < 60


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("kubectl delete service php-apache", "wget: bad address 'php-apache'"),
        ("kubectl scale deployment php-apache --replicas=0", "): Connection refused"),
    ],
)
def test_its_log_says_why_nothing_came_back(before: str, said: str) -> None:
    cluster = walkthrough(load=False)
    do(cluster, before)
    cluster.run_until(seconds(140))
    do(cluster, LOAD)
    cluster.run_until(seconds(150))
    lines = do(cluster, "kubectl logs load-generator").splitlines()
    assert lines
    assert all(line.endswith(said) for line in lines)


# --- on average --------------------------------------------------------------------------------------------


def test_a_client_of_an_idle_server_waits_as_long_as_a_request_takes() -> None:
    flow = flow_of([Caller(20_000, (Trip(1.0, 0),))], [Server(40_000, 4000)])
    assert flow.turns[0] == pytest.approx(1e6 / 60_000)
    assert flow.busy[0] == pytest.approx(1e6 / 60_000 * 40)


def test_a_server_at_its_limit_answers_as_often_as_its_limit_lets_it() -> None:
    flow = flow_of([Caller(20_000, (Trip(1.0, 0),), alike=3)], [Server(40_000, 500)])
    assert flow.busy[0] == pytest.approx(500, rel=0.01)
    assert 3 * flow.turns[0] * 40_000 / 1e6 == pytest.approx(0.5, rel=0.01)


def test_a_slow_server_among_fast_ones_slows_all_down_that_its_client_does() -> None:
    trips = (Trip(0.5, 0), Trip(0.5, 1))
    flow = flow_of([Caller(1000, trips, alike=10)], [Server(10_000, 4000), Server(10_000, 100)])
    assert flow.busy == pytest.approx((100, 100), rel=0.02)


def test_a_client_that_nobody_answers_waits_until_it_knows() -> None:
    flow = flow_of([Caller(1000, (Trip(1.0, None, 9000),))], [])
    assert (flow.turns, flow.busy) == ((100.0,), ())


def test_what_a_limit_makes_requests_wait_is_wanted_too() -> None:
    flow = flow_of([Caller(20_000, (Trip(1.0, 0),))], [Server(40_000, 500)])
    [turns], [wanted] = flow.turns, flow.wanted
    waits = 1e6 / turns - 20_000 - 40_000
    assert wanted - 500 == pytest.approx(turns * waits / 1000, rel=0.02)


# --- what people do ----------------------------------------------------------------------------------------


def test_a_loop_that_somebody_runs_in_a_container_begins_and_ends() -> None:
    cluster = walkthrough(load=False)
    do(cluster, "kubectl run box --image=busybox -- sleep 1000")
    cluster.run_until(seconds(110))
    loop = {"script": "while true; do wget -q -O- http://php-apache; done"}
    cluster.apply(Command("run-loop", "box", loop))
    cluster.run_until(seconds(112))
    assert cpu_of(cluster) == [500]
    cluster.apply(Command("run-loop", "box", {"script": ""}))
    cluster.run_until(seconds(113))
    assert cpu_of(cluster) == [1]
    with pytest.raises(CommandError, match="no loop"):
        cluster.apply(Command("run-loop", "box", {"script": "ls"}))


def test_callers_of_many_nodes_that_have_the_same_rules_are_reckoned_together() -> None:
    cluster = walkthrough(replicas=3, load=False)
    do(cluster, "kubectl create deployment load --image=busybox --replicas=6 -- " + LOAD.partition(" -- ")[2])
    cluster.run_until(seconds(130))
    callers = cluster.world.callers
    [together] = callers._alike(callers._groups(), callers.map())
    assert (len(together.callers), len({node for node, _number in together.callers})) == (6, 3)
