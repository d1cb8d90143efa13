"""kubectl port-forward and kubectl proxy on the workstation, and curl of what they listen for."""

import pytest

from clustersim.console import run
from tests.model.console.test_staying import Typist
from tests.model.reports.typed import at, cluster_of

MADE = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {a: b}}
spec: {containers: [{name: c, image: web, ports: [{containerPort: 80, name: http}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {a: b}, ports: [{port: 8000, targetPort: http, name: www}]}
"""


def typist_of(release: str = "v1.36") -> Typist:
    typist = Typist(cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n"))
    typist(MADE)
    at(typist.cluster, "20s")
    return typist


@pytest.fixture
def typist() -> Typist:
    return typist_of()


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_port_of_a_pod_answers_on_the_workstation(release: str) -> None:
    typist = typist_of(release)
    assert typist("kubectl port-forward web 8080:80 &").splitlines() == [
        "[1] 4301",
        "Forwarding from 127.0.0.1:8080 -> 80",
        "Forwarding from [::1]:8080 -> 80",
    ]
    told = typist("curl -s localhost:8080")
    assert told.startswith("Handling connection for 8080\n")
    assert told.endswith("\nweb")
    assert typist("curl -s http://127.0.0.1:8080 2>/dev/null") == "web"
    assert "Connection refused" in typist("curl -s localhost:8081")


@pytest.mark.parametrize("port", ["8080:8000", "8080:www"])
def test_a_port_of_a_service_is_that_of_its_pod(typist: Typist, port: str) -> None:
    assert "127.0.0.1:8080 -> 80" in typist(f"kubectl port-forward svc/web {port}")
    assert typist.answer.note is not None
    assert "kill %1" in typist.answer.note.text()
    assert typist("curl -s localhost:8080").endswith("\nweb")


def test_without_a_port_of_ones_own_any_is_taken(typist: Typist) -> None:
    assert "127.0.0.1:35001 -> 80" in typist("kubectl port-forward pod/web :80 &")
    assert "127.0.0.1:80 -> 80" in typist("kubectl port-forward pod/web http &")


@pytest.mark.parametrize(
    ("ports", "told"),
    [
        ("svc/web 9:9", "error: Service web does not have a service port 9"),
        ("svc/web nope", "error: Service 'web' does not have a named port 'nope'"),
        ("web nope", "error: Pod 'web' does not have a named port 'nope'"),
        ("web 1:2:3", "error: invalid port format '1:2:3'"),
        ("web 8080:", "error: remote port cannot be empty"),
        ("web 70000:80", "value out of range"),
        ("web 80:0", "error: remote port must be > 0"),
    ],
)
def test_what_cannot_be_forwarded_is_told(typist: Typist, ports: str, told: str) -> None:
    assert told in typist(f"kubectl port-forward {ports} &")
    assert typist("jobs") == ""


def test_a_port_is_listened_at_once_until_its_job_is_killed(typist: Typist) -> None:
    typist("kubectl port-forward web 8080:80 &")
    told = typist("kubectl port-forward web 8080:80 &").splitlines()
    assert told[0].startswith("Unable to listen on port 8080: ")
    assert told[-1] == "error: unable to listen on any of the requested ports: [{8080 80}]"
    typist("kubectl proxy &")
    assert [line.split()[:2] for line in typist("jobs").splitlines()] == [
        ["[1]-", "Running"],
        ["[2]+", "Running"],
    ]
    assert typist("kill %1").startswith("[1]+  Terminated ")
    assert "Connection refused" in typist("curl -s localhost:8080")
    assert typist("kill %7") == "-bash: kill: %7: no such job"


def test_with_its_pod_the_connection_is_lost(typist: Typist) -> None:
    typist("kubectl port-forward web 8080:80 &")
    typist("kubectl delete pod web --now")
    typist.cluster.run_until(typist.cluster.now + 40_000_000)
    assert typist("curl -s localhost:8080").endswith("curl: (52) Empty reply from server")


def test_where_no_program_listens_kubectl_says_so(typist: Typist) -> None:
    typist("kubectl port-forward web 8080:81 &")
    told = typist("curl -s localhost:8080")
    assert "error forwarding port 81 to pod web" in told
    assert told.endswith("curl: (52) Empty reply from server")


def test_a_proxy_gives_what_the_api_server_says(typist: Typist) -> None:
    assert typist("kubectl proxy &").splitlines()[1] == "Starting to serve on 127.0.0.1:8001"
    assert typist("curl -s localhost:8001/api/v1/namespaces/default/pods/web | jq -r .metadata.name") == "web"
    missing = "curl -s localhost:8001/api/v1/namespaces/default/pods/nope | jq -r .code"
    assert typist(missing) == "404"
    assert "Starting to serve on 127.0.0.1:8080" in typist("kubectl proxy --port=8080 &")


def test_nothing_else_runs_in_the_background(typist: Typist) -> None:
    for line in ("sleep 5 &", "kubectl get pods &"):
        answer = run(typist.cluster, line)
        assert not answer.ok
        assert answer.note is not None
        assert "kubectl port-forward" in answer.note.text()
    piped = run(typist.cluster, "kubectl port-forward web 8080:80 | cat")
    assert piped.note is not None
    assert piped.note.text().startswith("On a line of its own")


def test_variables_that_say_nonsense_listen_nowhere(typist: Typist) -> None:
    for value in ("", "{}", '{"port": 0, "job": 1, "line": ""}', "x"):
        answer = run(typist.cluster, "curl localhost:8080", "", None, {"listens 8080": value})
        assert "Connection refused" in answer.text
