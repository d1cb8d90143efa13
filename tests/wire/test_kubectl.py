"""The real kubectl against a room of a real server."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Server

Kubectl = Callable[..., str]

KUBECTL = Path(sys.executable).parent / "kubectl"


@pytest.fixture(scope="module")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all tests of this module ask."""
    directory = tmp_path_factory.mktemp("api")
    server = Server(directory)
    server.manage("migrate", "--verbosity", "0")
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["v1.7", "v1.8", "v1.36"])
def kubectl(api_server: Server, tmp_path: Path, request: pytest.FixtureRequest) -> Kubectl:
    """Runs kubectl on a new room of each release; returns what it prints."""
    code = api_server.shell(
        "from clustersim import default_scenario; from visualizer.rooms.models import Room;"
        f"print(Room.objects.open_with(default_scenario({request.param!r})).code)"
    )
    config = tmp_path / "kubeconfig"
    config.write_text(api_server.manage("kubeconfig", code, "--server", api_server.url))

    def run(*arguments: str, stdin: str = "") -> str:
        assert KUBECTL.exists() or shutil.which("kubectl")
        done = subprocess.run(
            [str(KUBECTL), *arguments],
            env={"HOME": str(tmp_path), "KUBECONFIG": str(config), "PATH": ""},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
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


def test_what_is_not_there_is_not_found(kubectl: Kubectl) -> None:
    assert kubectl("get", "pod", "nobody") == 'Error from server (NotFound): pods "nobody" not found\n'


def test_the_release_is_told(kubectl: Kubectl, request: pytest.FixtureRequest) -> None:
    release = request.node.callspec.params["kubectl"]
    assert f"Server Version: {release}." in kubectl("version")
