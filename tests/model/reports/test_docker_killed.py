"""dockerd killed with kill -9, as people do to see what happens. The containers have shims of their own.

https://docs.docker.com/engine/daemon/live-restore/
"""

import pytest

from clustersim import Cluster, default_scenario
from tests.model.reports.typed import at, rows, typed


def restarts(cluster: Cluster, node: str) -> list[str]:
    found = rows(typed(cluster, "kubectl get pods -o wide"))
    return [row[3] for row in found if row[6] == node]


@pytest.mark.parametrize("line", ["kill -9 $(pidof dockerd)", "pkill -9 dockerd", "killall -KILL dockerd"])
def test_pods_answer_without_their_docker_and_begin_anew_when_it_is_back(line: str) -> None:
    cluster = Cluster(default_scenario("v1.7"))
    at(cluster, "10s")
    pid = typed(cluster, "ps aux | grep -v grep | grep -c tomcat", "n1")
    typed(cluster, line, "n1")
    at(cluster, "20s")
    assert "Cannot connect to the Docker daemon" in typed(cluster, "docker ps", "n1")
    assert typed(cluster, "ps aux | grep -v grep | grep -c tomcat", "n1") == pid
    assert int(pid) > 0
    assert set(restarts(cluster, "n1")) == {"0"}
    typed(cluster, "systemctl start docker", "n1")
    at(cluster, "60s")
    assert set(restarts(cluster, "n1")) == {"1"}


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_what_has_outlived_its_runtime_does_not_outlive_the_power(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    at(cluster, "10s")
    typed(cluster, "pkill -9 dockerd" if release == "v1.7" else "systemctl stop containerd", "n1")
    typed(cluster, "poweroff", "n1")
    at(cluster, "20s")
    containers = cluster.machines["n1"].state.disk["runtime"].containers.values()
    assert [one.state for one in containers] == ["exited"] * len(containers)
    assert containers
