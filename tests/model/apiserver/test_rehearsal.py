"""A rehearsal tells the answer of the request that follows it, and leaves no trace."""

from typing import Any

import pytest

from clustersim import Command, CommandError, default_scenario
from clustersim.api.errors import ApiError
from clustersim.apiserver.calls import ApiCall, request_of
from clustersim.apiserver.rehearsal import check_reachable, dry_run, rehearse
from clustersim.cluster import Cluster
from clustersim.faults.api_request import CLIENT, command_of

RELEASES = ["v1.7", "v1.8", "v1.36"]
CONTAINER = {"name": "c", "image": "nginx"}


@pytest.fixture(params=RELEASES)
def cluster(request: pytest.FixtureRequest) -> Cluster:
    cluster = Cluster(default_scenario(request.param))
    cluster.run_until(10_000_000)
    return cluster


def pod_of(cluster: Cluster) -> str:
    return str(min(cluster.objects("pods")).partition("/")[2])


def calls(cluster: Cluster) -> list[ApiCall]:
    pod = pod_of(cluster)
    generated: dict[str, Any] = {"metadata": {"generateName": "p-"}, "spec": {"containers": [CONTAINER]}}
    service = {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}], "selector": {"app": "tomcat"}}}
    return [
        ApiCall("create", "v1", "pods", "default", body=generated),
        ApiCall("create", "v1", "services", "default", body=service),
        ApiCall("patch", "v1", "nodes", name="n1", body={"spec": {"unschedulable": True}}),
        ApiCall("patch", "v1", "replicationcontrollers", "default", "tomcat", "scale", body=SCALE),
        ApiCall("delete", "v1", "pods", "default", pod),
        ApiCall("create", "v1", "pods", "default", pod, "eviction", body={}),
        ApiCall("deletecollection", "v1", "pods", "default", labels="app=tomcat"),
    ]


SCALE = {"spec": {"replicas": 7}}


@pytest.mark.parametrize("index", range(7))
def test_the_request_leads_to_what_was_rehearsed(cluster: Cluster, index: int) -> None:
    call = calls(cluster)[index]
    server, before = cluster.world.apiserver, cluster.state_hash()
    outcome = rehearse(server, request_of(call, server).request, CLIENT)
    assert cluster.state_hash() == before
    cluster.apply(command_of(call), "alice")
    assert cluster.world.etcd.store.revision == outcome.revision > 1
    if call.verb == "create" and not call.subresource:
        key = f"default/{outcome.body.metadata.name}"
        assert cluster.object(call.resource, key) == outcome.body


def test_a_request_that_is_refused_changes_nothing(cluster: Cluster) -> None:
    before = cluster.state_hash()
    call = ApiCall("delete", "v1", "pods", "default", "nobody")
    with pytest.raises(CommandError, match="not found"):
        cluster.apply(command_of(call))
    assert cluster.state_hash() == before


def test_an_api_server_that_does_not_run_refuses_and_one_without_etcd_lets_wait(cluster: Cluster) -> None:
    server = cluster.world.apiserver
    check_reachable(server)
    cluster.apply(Command("stop-etcd"))
    with pytest.raises(ApiError) as late:
        check_reachable(server)
    cluster.apply(Command("stop-apiserver"))
    with pytest.raises(ApiError) as refused:
        check_reachable(server)
    assert (late.value.status, refused.value.status) == (504, 503)


def test_a_write_is_a_cause_of_what_follows(cluster: Cluster) -> None:
    call = ApiCall("delete", "v1", "pods", "default", pod_of(cluster))
    act = cluster.apply(command_of(call), "alice")
    (write,) = [event for event in cluster.record.since(act) if event.kind == "write"]
    assert (write.actor, write.causes) == (CLIENT, (act,))


def test_a_dry_run_has_the_version_of_what_is_there_and_none_of_what_would_be_new(cluster: Cluster) -> None:
    server = cluster.world.apiserver
    new, patched = calls(cluster)[1:3]
    assert dry_run(server, request_of(new, server).request, CLIENT).body.metadata.resource_version == ""
    node = cluster.object("nodes", "n1")
    body = dry_run(server, request_of(patched, server).request, CLIENT).body
    assert body.spec.unschedulable
    assert body.metadata.resource_version == node.metadata.resource_version
