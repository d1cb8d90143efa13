"""The real kubectl against a room of a real server."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import PATIENCE, Server
from tests.definitions import definition

Kubectl = Callable[..., str]

KUBECTL = Path(sys.executable).parent / "kubectl"


@pytest.fixture(scope="module", params=["v1.7", "v1.8", "v1.36"])
def config(server: Server, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """How kubectl reaches a paused room of each release."""
    config = tmp_path_factory.mktemp("home") / "kubeconfig"
    config.write_text(server.manage("kubeconfig", server.new_room(request.param), "--server", server.url))
    return config


@pytest.fixture(scope="module")
def kubectl(config: Path) -> Kubectl:
    """Runs kubectl on that room; returns what it prints."""

    def run(*arguments: str, stdin: str = "") -> str:
        assert KUBECTL.exists() or shutil.which("kubectl")
        done = subprocess.run(
            [str(KUBECTL), *arguments],
            env={"HOME": str(config.parent), "KUBECONFIG": str(config), "PATH": ""},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout + done.stderr

    return run


def test_the_nodes_are_listed(kubectl: Kubectl) -> None:
    head, *rows = kubectl("get", "nodes").splitlines()
    assert head.split()[:2] == ["NAME", "STATUS"]
    assert [row.split()[:2] for row in rows] == [["n1", "Ready"], ["n2", "Ready"], ["n3", "Ready"]]


def test_a_pod_is_described(kubectl: Kubectl) -> None:
    text = kubectl("describe", "pods", "-l", "app=mysql")
    assert "Controlled By:  ReplicationController/mysql" in text


def test_a_shell_in_a_container_reads_what_it_is_sent(kubectl: Kubectl) -> None:
    pod = kubectl("get", "pods", "-l", "app=mysql", "-o", "name").strip()
    typed = "hostname\nwhoami\n"
    assert kubectl("exec", "-i", pod, "--", "sh", stdin=typed) == f"{pod.removeprefix('pod/')}\nroot\n"
    assert "exit code 1" in kubectl("exec", pod, "--", "cat", "/etc/none")


def test_a_port_of_a_service_is_reached_from_here(kubectl: Kubectl, config: Path) -> None:
    asked = [str(KUBECTL), "--kubeconfig", str(config), "port-forward", "service/tomcat", ":8080"]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as forwarding:
        try:
            assert forwarding.stdout is not None
            address = re.search(r"127\.0\.0\.1:\d+", forwarding.stdout.readline())
            assert address is not None
            for _again in range(2):
                with urlopen(f"http://{address[0]}/", timeout=PATIENCE) as answer:
                    assert answer.status == 200
        finally:
            forwarding.kill()


def test_what_is_not_there_is_not_found(kubectl: Kubectl) -> None:
    assert kubectl("get", "pod", "nobody") == 'Error from server (NotFound): pods "nobody" not found\n'


CRONTABS = definition(
    "CronTab", "stable.example.com", names="shortNames: [ct]",
    schema="""\
type: object
properties: {spec: {type: object, properties: {replicas: {type: integer, maximum: 10}}}}
""",
    of_version="""\
subresources: {scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
additionalPrinterColumns: [{name: Copies, type: integer, jsonPath: .spec.replicas}]
""",
)  # fmt: skip
MINE = "apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: {name: mine}\nspec: {replicas: 3}\n"


@pytest.mark.parametrize("config", ["v1.36"], indirect=True, scope="module")
def test_a_kind_is_added_used_and_taken_away(kubectl: Kubectl) -> None:
    assert "created" in kubectl("apply", "-f", "-", stdin=CRONTABS)
    assert "condition met" in kubectl("wait", "--for=condition=Established", "crd", "--all")
    assert "crontab.stable.example.com/mine created" in kubectl("apply", "-f", "-", stdin=MINE)
    assert "less than or equal to 10" in kubectl("apply", "-f", "-", stdin=MINE.replace("3", "30"))
    assert 'unknown field "spec.foo"' in kubectl(
        "apply", "-f", "-", stdin=MINE.replace("spec: {", "spec: {foo: 1, ")
    )
    assert "scaled" in kubectl("scale", "ct/mine", "--replicas=5")
    assert [line.split() for line in kubectl("get", "ct").splitlines()] == [["NAME", "COPIES"], ["mine", "5"]]
    assert "replicas\t<integer>" in kubectl("explain", "ct.spec")
    assert "deleted" in kubectl("delete", "crd", "crontabs.stable.example.com")
    assert "could not find the requested resource" in kubectl("get", "ct")


def test_the_release_is_told(kubectl: Kubectl, request: pytest.FixtureRequest) -> None:
    release = request.node.callspec.params["config"]
    assert f"Server Version: {release}." in kubectl("version")
