"""What a path of the API means."""

import pytest

from visualizer.kubeapi.address import Moment, parse_address
from visualizer.kubeapi.paths import Target, parse_target


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/api/v1/nodes", Target("list", "", "v1", "nodes")),
        ("GET", "/api/v1/nodes/n1", Target("get", "", "v1", "nodes", "", "n1")),
        ("GET", "/api/v1/namespaces", Target("list", "", "v1", "namespaces")),
        ("GET", "/api/v1/namespaces/a", Target("get", "", "v1", "namespaces", "", "a")),
        (
            "PUT",
            "/api/v1/namespaces/a/finalize",
            Target("update", "", "v1", "namespaces", "", "a", "finalize"),
        ),
        ("GET", "/api/v1/namespaces/a/pods", Target("list", "", "v1", "pods", "a")),
        ("DELETE", "/api/v1/namespaces/a/pods", Target("deletecollection", "", "v1", "pods", "a")),
        ("GET", "/api/v1/namespaces/a/pods/p/log", Target("get", "", "v1", "pods", "a", "p", "log")),
        (
            "POST",
            "/apis/apps/v1/namespaces/a/deployments",
            Target("create", "apps", "v1", "deployments", "a"),
        ),
        (
            "PATCH",
            "/apis/apps/v1/namespaces/a/deployments/d/scale",
            Target("patch", "apps", "v1", "deployments", "a", "d", "scale"),
        ),
    ],
)
def test_a_path_names_what_it_is_about(method: str, path: str, target: Target) -> None:
    assert parse_target(method, path) == target


def test_a_list_that_watches_is_a_watch() -> None:
    found = parse_target("GET", "/api/v1/pods", watch=True)
    assert found is not None
    assert found.verb == "watch"


@pytest.mark.parametrize("path", ["/", "/metrics", "/api", "/apis/apps", "/api/v1/namespaces/a/pods/p/x/y"])
def test_other_paths_name_nothing(path: str) -> None:
    found = parse_target("GET", path)
    assert found is None or not found.resource


def test_a_token_stands_in_the_address_or_is_a_bearer() -> None:
    in_path = parse_address("/k8s/ABCDEF/token/secret/api/v1/nodes", {})
    assert in_path is not None
    assert (in_path.code, in_path.secret, in_path.path) == ("ABCDEF", "secret", "/api/v1/nodes")
    assert in_path.base == "/k8s/ABCDEF/token/secret"
    as_bearer = parse_address("/k8s/ABCDEF/api/", {b"authorization": b"Bearer other"})
    assert as_bearer is not None
    assert (as_bearer.secret, as_bearer.path) == ("other", "/api")
    both = parse_address("/k8s/ABCDEF/token/secret/api", {b"authorization": b"Bearer of-an-account"})
    assert both is not None
    assert both.secret == "secret"


def test_a_moment_of_a_branch_is_an_address_of_its_own() -> None:
    found = parse_address("/k8s/ABCDEF/branches/7/at/300.5/api/v1/pods", {})
    assert found is not None
    assert found.moment == Moment(7, 300.5)
    assert found.path == "/api/v1/pods"


@pytest.mark.parametrize("path", ["/k8s/", "/k8s/A/branches/x/at/1/api", "/k8s/A/branches/1/at/1e99/api"])
def test_what_is_no_address_is_refused(path: str) -> None:
    assert parse_address(path, {}) is None
