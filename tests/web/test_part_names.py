"""What the parts of the picture are called."""

import pytest

from clustersim import Cluster, default_scenario
from visualizer.lessons.part_names import part_name, part_names


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster(default_scenario("v1.36"))


@pytest.mark.parametrize(
    ("part", "en", "zh"),
    [
        ("apiserver", "API server", "API server"),
        ("n1", "n1", "n1"),
        ("n1.docker", "containerd on n1", "n1 上的 containerd"),
        ("n1.machine", "machine on n1", "n1 上的 机器"),
        ("svc/default/tomcat", "Service tomcat", "Service tomcat"),
        ("pod:gone", "pod", "pod"),
    ],
)
def test_a_part_is_called_as_on_the_picture(cluster: Cluster, part: str, en: str, zh: str) -> None:
    assert part_name(part, cluster) == {"en": en, "zh": zh}


def test_several_parts_stand_beside_each_other(cluster: Cluster) -> None:
    told = part_names(["apiserver", "n1.kubelet"], ", ", cluster)
    assert told == {"en": "API server, kubelet on n1", "zh": "API server, n1 上的 kubelet"}


def test_a_pod_is_called_by_its_name(cluster: Cluster) -> None:
    pod = next(iter(cluster.objects("pods").values())).metadata
    assert part_name(f"pod:{pod.uid}", cluster)["en"] == f"pod {pod.name}"
