"""What a node offers: what pods may use of it, and which images are there."""

import pytest

from clustersim.api.core_v1 import ResourceRequirements
from clustersim.flags import Flags
from clustersim.flags.checks import refusal
from tests.model.kubelet.node_world import NodeWorld


def _asking(memory: str) -> ResourceRequirements:
    return ResourceRequirements(requests={"memory": memory})


def _amounts(world: NodeWorld) -> tuple[dict[str, str], dict[str, str]]:
    world.run(8)
    status = world.etcd.get("nodes", "n1").status
    return status.capacity, status.allocatable


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_pods_may_not_use_what_hard_eviction_keeps_free(release: str) -> None:
    capacity, offered = _amounts(NodeWorld(release))
    storage = {"ephemeral-storage": ("100Gi", "96636764000")} if release == "v1.36" else {}
    expected = {"cpu": ("2", "2"), "memory": ("2Gi", "1948Mi"), "pods": ("110", "110"), **storage}
    assert {name: (capacity[name], offered[name]) for name in capacity} == expected


def test_what_is_reserved_is_not_for_pods() -> None:
    kubelet = {"kube_reserved": ("cpu=100m", "memory=256Mi"), "system_reserved": ("cpu=1", "memory=1Ki")}
    _capacity, offered = _amounts(NodeWorld(kubelet=kubelet))
    assert (offered["cpu"], offered["memory"]) == ("900m", "1732607Ki")


def test_more_than_there_is_leaves_nothing() -> None:
    _capacity, offered = _amounts(NodeWorld(kubelet={"system_reserved": ("memory=3Gi",)}))
    assert offered["memory"] == "0"


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_no_pod_is_taken_in_beyond_what_is_allocatable(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("large", resources=_asking("1949Mi"))
    world.create_pod("fits", resources=_asking("1948Mi"))
    world.run(20)
    large, fits = world.pod("large"), world.pod("fits")
    assert large is not None
    assert fits is not None
    assert (large.status.phase, large.status.reason) == ("Failed", "OutOfmemory")
    assert "capacity: 2042626048" in large.status.message
    assert fits.status.phase == "Running"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gpu=1", 'cannot reserve "gpu" resource'),
        ("cpu=-1", 'resource quantity for "cpu" cannot be negative: -1'),
        ("cpu=much", "quantities must match the regular expression "),
        ("cpu=100m,memory=1Gi", None),
    ],
)
def test_only_some_resources_can_be_reserved(text: str, told: str | None) -> None:
    found = refusal(Flags().with_texts({"kubelet": {"kube-reserved": text}}))
    assert (found is None) if told is None else (found is not None and told in str(found.message))


@pytest.mark.parametrize(
    ("release", "names"),
    [
        ("v1.7", ["nginx:latest", "tomcat:8"]),
        ("v1.8", ["nginx:latest", "tomcat:8"]),
        ("v1.36", ["docker.io/library/nginx:latest", "docker.io/library/tomcat:8"]),
    ],
)
def test_a_node_tells_which_images_it_has(release: str, names: list[str]) -> None:
    world = NodeWorld(release)
    world.run(10)
    world.create_pod("web", "tomcat:8")
    world.create_pod("other", "nginx")
    world.run(60)
    told = world.etcd.get("nodes", "n1").status.images
    assert sorted(image.names[0] for image in told) == names
