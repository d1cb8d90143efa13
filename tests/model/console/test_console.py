"""What one types, what it prints, and what is to be done."""

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import LONGEST_LINE, Answer, complete, go_on, run

LOOKS = (
    "kubectl get pods,rc,svc,ep,nodes,events,ns,deploy,rs,sts,ds,jobs -o wide --all-namespaces",
    "kubectl get all",
    "kubectl get pods -l app=tomcat,app!=mysql -o yaml",
    "kubectl get node n1 -o json",
    "kubectl get pods -w",
    "kubectl describe node n1",
    "kubectl describe pods",
    "kubectl describe rc,svc",
    "kubectl api-versions",
    "kubectl version",
    "kubectl explain pods",
    "kubectl top nodes",
    "kubectl get pod nope",
    "kubectl scale rc tomcat --replicas=7",
    "kubectl drain n1",
    "kubectl delete pods --all",
    "curl n1:10248/healthz",
    "on n1: docker ps -a",
    "on n1: docker info",
    "on n1: journalctl -u kubelet -n 5",
    "on n1: systemctl status docker",
    "on n1: systemctl restart kubelet",
    "on n1: iptables-save",
)
WEB = """kubectl create -f -
apiVersion: {version}
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    metadata:
      labels: {{app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.12
"""
BARE = """kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  nodeName: n1
  containers:
  - {name: c, image: "c:1"}
"""


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(default_scenario())


def do(cluster: Cluster, line: str, where: str = "") -> Answer:
    """Type a line, and give the commands it asks for."""
    answer = run(cluster, line, where)
    for command in answer.commands:
        cluster.apply(command)
    return answer


def column(text: str, number: int) -> list[str]:
    return [line.split()[number] for line in text.splitlines()[1:]]


@pytest.mark.parametrize("line", LOOKS)
def test_answering_changes_nothing(cluster: Cluster, line: str) -> None:
    before = cluster.state_hash()
    run(cluster, line)
    complete(cluster, line, "")
    assert cluster.state_hash() == before


# --- kubectl, looking


def test_pods_are_chosen_by_label_name_and_namespace(cluster: Cluster) -> None:
    assert len(run(cluster, "kubectl get pods -l app=tomcat").text.splitlines()) == 4
    assert len(run(cluster, "kubectl get pods -l 'app!=tomcat'").text.splitlines()) == 2
    assert run(cluster, "kubectl get pods -n kube-system").text == "No resources found."
    wide = run(cluster, "kubectl get pods --all-namespaces").text
    assert wide.splitlines()[0].split()[0] == "NAMESPACE"
    assert column(wide, 0) == ["default"] * 4


def test_what_is_not_there_is_said_as_the_server_says_it(cluster: Cluster) -> None:
    answer = run(cluster, "kubectl get pods nope")
    assert (answer.text, answer.ok) == ('Error from server (NotFound): pods "nope" not found', False)
    assert run(cluster, "kubectl describe deploy x").text.startswith(
        'Error from server (NotFound): deployments.extensions "x"'
    )
    assert run(cluster, "kubectl get foos").text == 'error: the server doesn\'t have a resource type "foos"'


def test_without_the_api_server_kubectl_is_refused_and_node_commands_work(cluster: Cluster) -> None:
    cluster.apply(Command("stop-apiserver"))
    refused = (
        "The connection to the server localhost:6443 was refused - did you specify the right host or port?"
    )
    for line in ("kubectl get pods", "kubectl scale rc tomcat --replicas=1", "kubectl api-versions"):
        answer = run(cluster, line)
        assert (answer.text, answer.commands) == (refused, ())
    assert run(cluster, "docker ps", "n1").ok


def test_without_etcd_kubectl_waits(cluster: Cluster) -> None:
    cluster.apply(Command("stop-etcd"))
    answer = run(cluster, "kubectl get pods")
    assert (answer.text, answer.ok) == ("", False)
    assert answer.note is not None
    assert "etcd" in answer.note.text()


@pytest.mark.parametrize(
    ("release", "group", "there"), [("v1.7", "apps/v1beta2", False), ("v1.8", "apps/v1beta2", True)]
)
def test_api_versions_are_those_of_the_release(release: str, group: str, there: bool) -> None:
    scenario = replace(default_scenario(), release=release)
    versions = run(Cluster(scenario), "kubectl api-versions").text.splitlines()
    assert (group in versions) is there
    assert versions == sorted(versions)
    assert versions[-1] == "v1"


def test_a_watch_prints_one_line_for_each_change(cluster: Cluster) -> None:
    first = run(cluster, "kubectl get pods -w")
    assert first.follow is not None
    do(cluster, "kubectl scale rc tomcat --replicas=4")
    cluster.run_until(seconds(5))
    more = go_on(cluster, "kubectl get pods -w", first.follow)
    assert [line.split()[2] for line in more.text.splitlines()] == [
        "Pending", "Pending", "ContainerCreating", "Running",
    ]  # fmt: skip
    assert more.follow is not None
    assert go_on(cluster, "kubectl get pods -w", more.follow).text == ""


def test_logs_come_from_the_kubelet_of_the_node(cluster: Cluster) -> None:
    pod = next(pod for pod in cluster.objects("pods").values() if pod.spec.node_name == "n1")
    line = f"kubectl logs {pod.metadata.name}"
    assert run(cluster, line).ok
    cluster.apply(Command("stop-kubelet", "n1"))
    answer = run(cluster, line)
    assert answer.text.endswith("dial tcp 10.0.0.11:10250: getsockopt: connection refused")


# --- kubectl, acting


def test_scaling_is_the_command_that_a_click_gives(cluster: Cluster) -> None:
    answer = do(cluster, "kubectl scale --replicas=5 rc/tomcat")
    assert answer.text == 'replicationcontroller "tomcat" scaled'
    assert answer.commands == (Command("scale", "rc/default/tomcat", {"replicas": 5}),)
    cluster.run_until(seconds(10))
    assert len(run(cluster, "kubectl get pods -l app=tomcat").text.splitlines()) == 6
    assert run(cluster, "kubectl scale rc tomcat --replicas=2 --current-replicas=4").text == (
        "error: Expected replicas to be 4, was 5"
    )


def test_a_typed_act_begins_the_chain_of_causes(cluster: Cluster) -> None:
    last = cluster.record.last_id
    do(cluster, "kubectl scale rc tomcat --replicas=4")
    cluster.run_until(seconds(5))
    events = cluster.record.since(last)
    act = next(event for event in events if event.kind == "act")
    assert act.verb == "scale"
    assert any(act.id in event.causes for event in events)


def test_deleting_by_force_does_not_wait(cluster: Cluster) -> None:
    pod = next(iter(cluster.objects("pods").values()))
    name = pod.metadata.name
    answer = do(cluster, f"kubectl delete pod {name} --force --grace-period=0")
    assert answer.text.startswith("warning: Immediate deletion")
    assert answer.text.endswith(f'pod "{name}" deleted')
    cluster.run_until(seconds(0.2))
    assert (
        run(cluster, f"kubectl get pod {name}").text
        == f'Error from server (NotFound): pods "{name}" not found'
    )


def test_nodes_are_cordoned_tainted_labelled_and_drained(cluster: Cluster) -> None:
    assert do(cluster, "kubectl cordon n1").text == 'node "n1" cordoned'
    cluster.run_until(seconds(1))
    assert do(cluster, "kubectl cordon n1").text == 'node "n1" already cordoned'
    assert "Ready,SchedulingDisabled" in run(cluster, "kubectl get nodes").text
    assert do(cluster, "kubectl uncordon n1").text == 'node "n1" uncordoned'
    assert do(cluster, "kubectl taint nodes n2 a=b:NoSchedule").text == 'node "n2" tainted'
    cluster.run_until(seconds(2))
    assert "Taints:\t\t\ta=b:NoSchedule" in run(cluster, "kubectl describe node n2").text
    assert do(cluster, "kubectl taint nodes n2 a-").text == 'node "n2" untainted'
    assert do(cluster, "kubectl label node n3 disk=ssd").text == 'node "n3" labeled'
    cluster.run_until(seconds(3))
    assert "disk=ssd" in run(cluster, "kubectl get node n3 --show-labels").text
    assert run(cluster, "kubectl label node n3 disk=hdd").text.endswith("and --overwrite is false")
    do(cluster, "kubectl drain n3")
    cluster.run_until(seconds(60))
    assert "n3" not in column(run(cluster, "kubectl get pods -o wide").text, 6)


def test_a_drain_refuses_bare_pods_and_leaves_the_node_cordoned(cluster: Cluster) -> None:
    do(cluster, BARE)
    cluster.run_until(seconds(5))
    answer = do(cluster, "kubectl drain n1")
    assert not answer.ok
    assert "(use --force to override): bare" in answer.text
    assert answer.commands == (Command("cordon", "n1"),)


def test_a_manifest_is_made_through_the_version_it_names(cluster: Cluster) -> None:
    answer = do(cluster, WEB.format(version="apps/v1beta1"))
    assert (answer.text, answer.note) == ('deployment "web" created', None)
    cluster.run_until(seconds(15))
    assert run(cluster, "kubectl get deploy").text.splitlines()[1].split()[:5] == ["web", "2", "2", "2", "2"]
    assert (
        run(cluster, "kubectl rollout status deploy/web").text == 'deployment "web" successfully rolled out'
    )
    assert "RollingUpdateStrategy:\t25% max unavailable" in run(cluster, "kubectl describe deploy web").text
    assert "AlreadyExists" in run(cluster, WEB.format(version="apps/v1beta1")).text
    do(cluster, "kubectl set image deploy/web web=nginx:1.13")
    cluster.run_until(seconds(40))
    assert run(cluster, "kubectl rollout history deploy/web").text.splitlines()[-1].startswith("2\t")
    assert do(cluster, "kubectl rollout undo deploy/web").text == 'deployment "web" rolled back'


def test_a_version_that_the_release_does_not_have_is_refused(cluster: Cluster) -> None:
    answer = run(cluster, WEB.format(version="apps/v1"))
    assert answer.text == 'error: unable to recognize "STDIN": no matches for apps/, Kind=Deployment'
    assert answer.commands == ()


def test_a_field_that_does_not_exist_is_refused_before_anything_is_sent(cluster: Cluster) -> None:
    answer = run(cluster, WEB.format(version="apps/v1beta1").replace("replicas:", "replicaz:"))
    assert "found invalid field replicaz for v1beta1.DeploymentSpec" in answer.text
    assert answer.commands == ()


# --- on a node


def test_health_is_asked_on_the_node_itself(cluster: Cluster) -> None:
    line = "curl 127.0.0.1:10248/healthz"
    assert run(cluster, line, "n1").text == "ok"
    refused = "curl: (7) Failed to connect to {} port 10248: Connection refused"
    assert run(cluster, line).text == refused.format("127.0.0.1")
    assert run(cluster, "curl n1:10248/healthz").text == refused.format("n1")
    assert run(cluster, "curl http://10.0.0.11:10248/healthz", "n2").text == refused.format("10.0.0.11")
    cluster.apply(Command("stop-kubelet", "n1"))
    assert run(cluster, line, "n1").text == refused.format("127.0.0.1")


def test_docker_goes_on_while_the_kubelet_is_stopped(cluster: Cluster) -> None:
    before = run(cluster, "docker ps -q", "n3").text
    assert do(cluster, "systemctl stop kubelet", "n3").commands == (Command("stop-kubelet", "n3"),)
    cluster.run_until(seconds(400))
    assert "Unknown" in run(cluster, "kubectl get pods").text
    assert run(cluster, "docker ps -q", "n3").text == before
    assert "inactive (dead)" in run(cluster, "systemctl status kubelet", "n3").text
    assert do(cluster, "systemctl start kubelet", "n3").commands == (Command("start-kubelet", "n3"),)


def test_a_stopped_docker_refuses(cluster: Cluster) -> None:
    do(cluster, "systemctl stop docker", "n2")
    answer = run(cluster, "docker ps", "n2")
    assert answer.text == "Cannot connect to the Docker daemon. Is the docker daemon running on this host?"


def test_a_machine_without_power_cannot_be_entered(cluster: Cluster) -> None:
    cluster.apply(Command("power-off", "n1"))
    assert run(cluster, "ssh n1").text == "ssh: connect to host n1 port 22: No route to host"
    answer = run(cluster, "docker ps", "n1")
    assert (answer.text, answer.ok) == ("Connection to n1 closed by remote host.", False)


# --- words


@pytest.mark.parametrize(
    "line",
    [
        "kubectl nonsense",
        "kubectl exec tomcat ls",
        "kubectl get",
        "kubectl get pods --nope",
        "kubectl get pods -o",
        "kubectl get pods -x",
        "kubectl scale rc tomcat",
        "kubectl scale nodes n1 --replicas=2",
        "kubectl label pod x",
        "kubectl delete pods",
        "kubectl taint nodes n1 a",
        "kubectl rollout",
        "kubectl create -f x.yaml",
        "kubectl get pods 'open",
        "rm -rf /",
        "ssh",
        "ssh n9",
        "curl",
        "docker ps",
        "on n9: docker ps",
        "kubectl get pods/a/b",
        "kubectl create -f -\n[",
        "kubectl create -f -\na: &b [*b]",
        "kubectl create -f -\nkind: Pod",
        "x" * (LONGEST_LINE + 1),
        "kubectl get pods -l =",
        "kubectl logs",
    ],
)
def test_what_cannot_be_done_is_answered_with_words_and_does_nothing(cluster: Cluster, line: str) -> None:
    answer = run(cluster, line)
    assert not answer.ok
    assert answer.text or answer.note
    assert answer.commands == ()


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("kube", "", ("kubectl",)),
        ("kubectl cor", "", ("cordon",)),
        ("kubectl get no", "", ("no", "nodes")),
        ("kubectl describe node ", "", ("n1", "n2", "n3")),
        ("kubectl scale rc/t", "", ("rc/tomcat",)),
        ("ssh ", "", ("master", "n1", "n2", "n3")),
        ("kubectl get pods | gr", "", ("grep",)),
        ("kubectl create secret g", "", ("generic",)),
        ("kubectl get pods --all-n", "", ("--all-namespaces",)),
        ("docker in", "n1", ("info", "inspect")),
        ("systemctl stop k", "n1", ("kube-proxy", "kubelet")),
        ("what ", "", ()),
    ],
)
def test_the_last_word_is_completed(
    cluster: Cluster, text: str, where: str, expected: tuple[str, ...]
) -> None:
    assert complete(cluster, text, where) == expected
