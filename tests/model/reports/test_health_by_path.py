"""What the API server says of its health, by path: recorded of v1.36.2, and what people ask first
(kk#63609: `kubectl get cs` says little)."""

import pytest

from clustersim import Command
from tests.model.reports.typed import ALL, at, empty, typed


@ALL
def test_one_check_and_all_checks_can_be_asked_for(release: str) -> None:
    cluster = empty(release)
    assert typed(cluster, "kubectl get --raw /healthz/etcd") == "ok"
    told = typed(cluster, "kubectl get --raw '/healthz?verbose'").splitlines()
    assert told[0] == "[+]ping ok"
    assert "[+]etcd ok" in told
    assert told[-1] == "healthz check passed"
    assert typed(cluster, "kubectl get --raw /healthz/nothing").endswith(
        "could not find the requested resource"
    )


@pytest.mark.parametrize(("path", "count"), [("livez", 34), ("readyz", 36)])
def test_todays_paths_look_at_as_much_as_recorded(path: str, count: int) -> None:
    told = typed(empty("v1.36"), f"kubectl get --raw '/{path}?verbose'").splitlines()
    assert told[-1] == f"{path} check passed"
    assert sum(line.startswith("[+]") for line in told) == count


@ALL
def test_without_etcd_the_check_fails_and_says_which(release: str) -> None:
    cluster = empty(release)
    cluster.apply(Command("stop-etcd", "etcd"))
    at(cluster, "5s")
    told = typed(cluster, "kubectl get --raw /healthz")
    assert told.startswith("Error from server (InternalError): an error on the server (")
    assert "[-]etcd failed: reason withheld" in told
