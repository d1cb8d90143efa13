"""Programs of images in containers: redis-cli, nodetool, nginx, pg_isready, mysqladmin; pkill."""

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
SERVERS = """kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: mysql}
spec: {containers: [{name: mysql, image: "mysql:5.7", env: [{name: MYSQL_ROOT_PASSWORD, value: secret}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: postgres, labels: {app: postgres}}
spec: {containers: [{name: postgres, image: "postgres:17", ports: [{containerPort: 5432}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {ports: [{port: 5432}], selector: {app: postgres}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "nginx:1.27.1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: edge, labels: {app: edge}}
spec: {hostNetwork: true, nodeName: n2, containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {ports: [{port: 8000, targetPort: 80}], selector: {app: edge}}
---
apiVersion: v1
kind: Pod
metadata: {name: zk}
spec:
  containers:
  - name: zk
    image: registry.k8s.io/kubernetes-zookeeper:1.0-3.4.10
    command: [sh, -c, start-zookeeper --servers=3]
"""
INSECURE = "mysqladmin: [Warning] Using a password on the command line interface can be insecure."
DENIED = "mysqladmin: connect to server at 'localhost' failed\nerror: 'Access denied for user"


@pytest.fixture(scope="module")
def _world() -> Snapshot:
    cluster = cluster_of("release: v1.36\nnodes: 3\n")
    for line in (SETTINGS.replace("TEXT", ""), PODS, RING, SERVERS):
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


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("mysql -- mysqladmin ping", f"{DENIED} 'root'@'localhost' (using password: NO)'\n0"),
        ("mysql -- mysqladmin -uroot -psecret ping", f"mysqld is alive\n{INSECURE}\n0"),
        ("mysql -- sh -c 'mysqladmin ping -p$MYSQL_ROOT_PASSWORD'", f"mysqld is alive\n{INSECURE}\n0"),
        ("postgres -- pg_isready -U someone", "/var/run/postgresql:5432 - accepting connections\n0"),
        ("postgres -- pg_isready -h db", "db:5432 - accepting connections\n0"),
        ("postgres -- pg_isready -h nowhere -q", "command terminated with exit code 2\n2"),
        ("web -- nginx -v", "nginx version: nginx/1.27.1\n0"),
        ("web -- pkill httpd", "command terminated with exit code 1\n1"),
        ("other -- killall redis-server", "0"),
        ("other -- killall foo", "foo: no process found\ncommand terminated with exit code 1\n1"),
    ],
)
def test_servers_are_asked_whether_they_are_there(world: Cluster, line: str, told: str) -> None:
    assert typed(world, f"kubectl exec {line}; echo $?").strip() == told


def test_nginx_says_that_it_is_in_order_and_is_told_to_read_its_files_anew(world: Cluster) -> None:
    assert typed(world, "kubectl exec web -- nginx -t").endswith("nginx.conf test is successful")
    assert typed(world, "kubectl exec web -- nginx -s reload").endswith(
        "[notice] 42#42: signal process started"
    )


def test_a_program_that_is_there_and_that_nobody_models_is_not_said_to_be_missing(world: Cluster) -> None:
    told = run(world, "kubectl exec mysql -- mysql -e 'SELECT 1'")
    assert (told.ok, told.text) == (False, "")
    assert "mysql:5.7" in str(told.note and told.note.text())
    assert typed(world, "kubectl exec mysql -- sh -c 'mysql; echo $?'").startswith("1\n[")


def test_a_program_is_killed_by_its_name(world: Cluster) -> None:
    for line in ("web -- pkill -x nginx", "zk -- pkill java", "mysql -- pkill -9 mysqld"):
        typed(world, f"kubectl exec {line}")
    world.run_until(world.now + seconds(3))
    shown = typed(world, "kubectl get pods web zk mysql --no-headers")
    assert [line.split()[3] for line in shown.splitlines()] == ["1", "1", "0"]


@pytest.mark.parametrize(
    ("address", "told"),
    [("edge:8000", "Welcome to nginx!"), ("10.0.0.12", "Welcome to nginx!"), ("10.0.0.12:81", "refused")],
)
def test_a_pod_in_the_network_of_its_machine_answers(world: Cluster, address: str, told: str) -> None:
    assert told in typed(world, f"kubectl exec mysql -- curl -sS {address}")
