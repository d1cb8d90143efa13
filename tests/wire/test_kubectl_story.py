"""A story of forty lines: what the real kubectl prints when a cluster of each release is worked with."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Server

KUBECTL = Path(sys.executable).parent / "kubectl"
PAUSED = "Warning: the room is paused: what follows from this happens when it goes on\n"
SHORT_NAME = 'Warning: short name "deploy" could also match lower priority resource deployments.extensions\n'

MANIFEST = """
apiVersion: {version}
kind: Deployment
metadata: {{name: web, labels: {{app: web}}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: web, image: "nginx:1.27", ports: [{{containerPort: 80}}]}}
"""

STORIES = Path(__file__).parent / "stories"
"""A line of kubectl, `|`, and what it says among other things; nothing: it says nothing."""


class Kubectl:
    """kubectl in a home of its own, on one room."""

    def __init__(self, server: Server, release: str, home: Path, **fields: object) -> None:
        self.home = home
        code = server.new_room(release, **fields)
        config = server.manage("kubeconfig", code, "--server", server.url)
        (home / "kubeconfig").write_text(config)

    def __call__(self, line: str) -> str:
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "KUBECONFIG": str(self.home / "kubeconfig"),
            "KUBE_EDITOR": "sed -i s/nginx:1.28/nginx:1.30/",
        }
        done = subprocess.run(
            [str(KUBECTL), *shlex.split(line)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return (done.stdout + done.stderr).replace(PAUSED, "").replace(SHORT_NAME, "").strip()


def lines_of(story: str, directory: Path) -> Iterator[tuple[str, str]]:
    for line in (STORIES / f"{story}.txt").read_text().splitlines():
        said, _bar, expected = line.rpartition("|")
        yield said.strip().replace("DIR", str(directory)), expected.strip().replace(r"\n", "\n")


@pytest.mark.parametrize(
    ("release", "version", "stories"),
    [
        ("v1.7", "apps/v1beta1", ["everywhere"]),
        ("v1.8", "apps/v1beta2", ["everywhere"]),
        ("v1.36", "apps/v1", ["everywhere", "today"]),
    ],
)
def test_kubectl_says_what_it_says_of_a_real_cluster(
    server: Server, tmp_path: Path, release: str, version: str, stories: list[str]
) -> None:
    for name, replicas in (("two", 2), ("three", 3)):
        (tmp_path / f"{name}.yaml").write_text(MANIFEST.format(version=version, replicas=replicas))
    kubectl = Kubectl(server, release, tmp_path, playing=True, speed=60.0)
    wrong = []
    for line, expected in (pair for story in stories for pair in lines_of(story, tmp_path)):
        said = kubectl(line)
        if not (expected in said if expected else said == ""):
            wrong.append((line, expected, said))
    assert wrong == [], wrong


def test_a_write_in_a_paused_room_is_warned_of(server: Server, tmp_path: Path) -> None:
    kubectl = Kubectl(server, "v1.36", tmp_path)
    assert kubectl("create configmap a") == "configmap/a created"
    done = subprocess.run(
        [str(KUBECTL), "--kubeconfig", str(tmp_path / "kubeconfig"), "create", "configmap", "b"],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == PAUSED
