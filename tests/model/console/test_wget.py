"""What wget of a container says (busybox networking/wget.c)."""

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import ALL, cluster_of, typed


def cluster(release: str) -> Cluster:
    world = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(world, "kubectl run web --image=nginx --restart=Never --port=80")
    typed(world, "kubectl expose pod web")
    typed(world, "kubectl run box --image=busybox --restart=Never -- sleep 1000")
    world.run_until(seconds(20))
    return world


@ALL
def test_wget_says_in_its_own_words_what_it_cannot_reach(release: str) -> None:
    world = cluster(release)
    for words, told in (
        ("-qO- nosuch", "wget: bad address 'nosuch'"),
        ("-qO- 10.0.0.1:81", "wget: can't connect to remote host (10.0.0.1): Connection refused"),
        ("-qO- 172.30.9.9", "wget: can't connect to remote host (172.30.9.9): Connection timed out"),
        ("-q -T 2 -O- 172.30.9.9", "wget: download timed out"),
        ("--timeout=1 172.30.9.9", "Connecting to 172.30.9.9 (172.30.9.9:80)\nwget: download timed out"),
    ):
        text = typed(world, f"kubectl exec box -- wget {words}")
        assert text.startswith(f"{told}\ncommand terminated with exit code 1")


def test_wget_looks_whether_a_page_is_there() -> None:
    world = cluster("v1.36")
    address = typed(world, "kubectl get svc web -o jsonpath={.spec.clusterIP}")
    told = typed(world, "kubectl exec box -- wget --spider --timeout=1 web")
    assert told == f"Connecting to web ({address}:80)\nremote file exists"
    assert typed(world, "kubectl exec box -- wget -q --spider web") == ""


@pytest.mark.parametrize("line", ["wget", "wget -q"])
def test_wget_wants_an_address(line: str) -> None:
    assert typed(cluster("v1.36"), f"kubectl exec box -- {line}").startswith("wget: missing URL")
