"""An image is one, whatever it is called: with its registry or without, with the tag latest or without."""

import pytest

from clustersim.images import familiar, name_and_tag
from tests.model.kubelet.node_world import NodeWorld
from tests.model.reports.typed import at, empty, rows, typed


@pytest.mark.parametrize(
    ("asked", "kept", "shown"),
    [
        ("nginx", "nginx:latest", ("nginx", "latest")),
        ("docker.io/library/nginx:1.27", "nginx:1.27", ("nginx", "1.27")),
        ("index.docker.io/bitnami/redis", "bitnami/redis:latest", ("bitnami/redis", "latest")),
        ("localhost:5000/app", "localhost:5000/app:latest", ("localhost:5000/app", "latest")),
        ("quay.io/library/app:2", "quay.io/library/app:2", ("quay.io/library/app", "2")),
        ("nginx@sha256:abc", "nginx@sha256:abc", ("nginx", "<none>")),
    ],
)
def test_a_runtime_keeps_an_image_under_its_short_name(asked: str, kept: str, shown: tuple[str, str]) -> None:
    assert familiar(asked) == kept
    assert name_and_tag(kept) == shown


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_an_image_that_is_there_under_another_name_is_not_pulled_again(release: str) -> None:
    world = NodeWorld(release)
    world.run(8)
    world.create_pod("first", "nginx", image_pull_policy="IfNotPresent")
    world.run(20)
    world.create_pod("second", "docker.io/library/nginx:latest", image_pull_policy="IfNotPresent")
    world.run(30)
    assert len(world.notices("Pulling")) == 1
    assert world.docker.disk.images.keys() == {"nginx:latest"}
    assert world.is_ready("second")


@pytest.mark.parametrize(("release", "line"), [("v1.8", "docker"), ("v1.36", "crictl")])
def test_who_removes_an_image_may_call_it_by_any_of_its_names(release: str, line: str) -> None:
    cluster = empty(release)
    typed(cluster, f"ssh n1 {line} pull docker.io/library/redis")
    at(cluster, "20s")
    ((name, tag, *_rest),) = rows(typed(cluster, f"ssh n1 {line} images"))
    assert (name.rpartition("/")[2], tag) == ("redis", "latest")
    typed(cluster, f"ssh n1 {line} rmi redis")
    assert not rows(typed(cluster, f"ssh n1 {line} images"))
