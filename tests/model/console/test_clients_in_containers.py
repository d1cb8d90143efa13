"""redis-cli and nodetool in containers."""

import pytest

from clustersim import Cluster, seconds
from clustersim.cluster import Snapshot
from clustersim.console import run
from tests.model.reports.typed import cluster_of, typed

SETTINGS = """kubectl apply -f -
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {redis-config: "TEXT"}
"""
PODS = """kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: redis, labels: {app: redis}}
spec:
  containers:
  - name: redis
    image: redis:8.0.2
    command: [redis-server, /redis-master/redis.conf]
    ports: [{containerPort: 6379}]
    volumeMounts: [{mountPath: /redis-master, name: config}]
  volumes:
  - {name: config, configMap: {name: settings, items: [{key: redis-config, path: redis.conf}]}}
---
apiVersion: v1
kind: Service
metadata: {name: store}
spec: {ports: [{port: 6379}], selector: {app: redis}}
---
apiVersion: v1
kind: Pod
metadata: {name: other}
spec: {containers: [{name: redis, image: redis, args: [--maxmemory, 1mb]}]}
"""
RING = """kubectl apply -f -
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cassandra}
spec:
  serviceName: cassandra
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: cassandra}}
  template:
    metadata: {labels: {app: cassandra}}
    spec:
      containers:
      - name: cassandra
        image: gcr.io/google-samples/cassandra:v13
        env: [{name: CASSANDRA_DC, value: DC1-K8Demo}, {name: CASSANDRA_RACK, value: Rack1-K8Demo}]
"""


@pytest.fixture(scope="module")
def _world() -> Snapshot:
    cluster = cluster_of("release: v1.36\nnodes: 3\n")
    for line in (SETTINGS.replace("TEXT", ""), PODS, RING):
        typed(cluster, line)
    cluster.run_until(cluster.now + seconds(12))
    return cluster.snapshot()


@pytest.fixture
def world(_world: Snapshot) -> Cluster:
    return Cluster.restore(_world)


def cli(cluster: Cluster, words: str, *, pod: str = "redis", flags: str = "-it") -> str:
    return typed(cluster, f"kubectl exec {flags} {pod} -- redis-cli {words}")


def test_settings_are_those_that_the_server_found_when_it_began(world: Cluster) -> None:
    assert cli(world, "config get maxmemory") == '1) "maxmemory"\n2) "0"'
    typed(world, SETTINGS.replace("TEXT", "maxmemory 2mb\\nmaxmemory-policy allkeys-lru"))
    world.run_until(world.now + seconds(100))
    assert cli(world, "config get maxmemory-policy") == '1) "maxmemory-policy"\n2) "noeviction"'
    typed(world, "kubectl delete pod redis")
    world.run_until(world.now + seconds(40))
    typed(world, PODS)
    world.run_until(world.now + seconds(8))
    assert cli(world, "config get maxmemory") == '1) "maxmemory"\n2) "2097152"'
    assert cli(world, "config get maxmemory", pod="other", flags="") == "maxmemory\n1048576"


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (("set a 'b c'", "get a"), '"b c"'),
        (("get a",), "(nil)"),
        (("set n 4", "incr n"), "(integer) 5"),
        (("rpush l 1 2", "lrange l 0 -1"), '1) "1"\n2) "2"'),
        (("hset h f v", "hgetall h"), '1) "f"\n2) "v"'),
        (("set a 1", "del a b"), "(integer) 1"),
        (("ping",), "PONG"),
        (("keys *",), "(empty array)"),
    ],
)
def test_a_server_keeps_what_it_is_given(world: Cluster, lines: tuple[str, ...], last: str) -> None:
    told = [cli(world, line) for line in lines]
    assert told[-1] == last


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nope x", "ERR unknown command 'nope', with args beginning with: 'x' "),
        ("get", "ERR wrong number of arguments for 'get' command"),
        ("incr l", "WRONGTYPE Operation against a key holding the wrong kind of value"),
    ],
)
def test_a_server_refuses_what_it_cannot_do(world: Cluster, line: str, error: str) -> None:
    cli(world, "rpush l 1")
    assert cli(world, line).startswith(f"(error) {error}")


def test_another_server_is_asked_by_its_service(world: Cluster) -> None:
    assert cli(world, "-h store set a 1", pod="other", flags="") == "OK"
    assert cli(world, "get a") == '"1"'
    assert cli(world, "get a", pod="other") == "(nil)"
    told = cli(world, "-h nowhere get a", pod="other")
    assert told.startswith("Could not connect to Redis at nowhere:6379: Name or service not known")


def test_somebody_stays_in_the_client_until_they_leave(world: Cluster) -> None:
    where = run(world, "kubectl exec -it redis -- redis-cli").where
    told = run(world, "echo 'a b'", where)
    assert (told.text, told.where) == ('"a b"', where)
    assert run(world, "quit", where).where == ""


def test_a_file_that_is_none_of_redis_holds_nothing(world: Cluster) -> None:
    typed(world, "kubectl exec redis -- sh -c 'printf \"REDIS0011\\n[[\" > /data/dump.rdb'")
    assert cli(world, "keys *") == "(empty array)"


def test_a_ring_is_the_pods_of_its_stateful_set(world: Cluster) -> None:
    told = typed(world, "kubectl exec -it cassandra-0 -- nodetool status").splitlines()
    assert told[0] == "Datacenter: DC1-K8Demo"
    assert [line[:2] for line in told[5:]] == ["UN", "UN"]
    assert told[5].endswith("Rack1-K8Demo")
    assert "not found" in typed(world, "kubectl exec redis -- nodetool status")
