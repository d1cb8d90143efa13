"""metrics.k8s.io: `kubectl top` of one's own, where metrics-server runs."""

import pytest

from clustersim import Command
from clustersim.addons import manifest_of
from clustersim.engine.time import MINUTE
from clustersim.yaml_documents import read_documents
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

API = "/apis/metrics.k8s.io/v1beta1"


async def measuring(client: Client, room: Room) -> None:
    """The add-on is applied, and has run for a while."""
    for document in read_documents(manifest_of("metrics-server")):
        version, kind = document.plain["apiVersion"], document.plain["kind"].lower() + "s"
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        namespace = document.plain["metadata"].get("namespace")
        within = f"/namespaces/{namespace}" if namespace else ""
        created = await client.send("POST", f"{group}{within}/{kind}", document.plain)
        assert created.code == 201
    run = (await rooms.open(room.code)).runner.player.run
    run.run_until(run.now + 2 * MINUTE)


async def test_without_the_add_on_there_is_no_such_group(client: Client) -> None:
    assert (await client.get(f"{API}/nodes")).code == 404
    groups = (await client.get("/apis")).json["groups"]
    assert "metrics.k8s.io" not in [group["name"] for group in groups]


async def test_nodes_and_pods_are_measured(client: Client, room: Room) -> None:
    await measuring(client, room)
    groups = (await client.get("/apis")).json["groups"]
    assert "metrics.k8s.io" in [group["name"] for group in groups]
    nodes = (await client.get(f"{API}/nodes")).json
    assert nodes["kind"] == "NodeMetricsList"
    assert sorted(node["metadata"]["name"] for node in nodes["items"]) == ["n1", "n2", "n3"]
    assert all(node["usage"]["memory"].endswith("Ki") for node in nodes["items"])
    pods = (await client.get(f"{API}/namespaces/default/pods?labelSelector=app%3Dtomcat")).json["items"]
    assert len(pods) == 3
    pod = pods[0]
    assert pod["containers"][0]["name"] == "tomcat"
    one = (await client.get(f"{API}/namespaces/default/pods/{pod['metadata']['name']}")).json
    assert one == {"kind": "PodMetrics", "apiVersion": "metrics.k8s.io/v1beta1", **pod}
    assert (await client.get(f"{API}/nodes/n9")).code == 404


async def test_a_node_whose_kubelet_is_away_is_not_measured(client: Client, room: Room) -> None:
    await measuring(client, room)
    run = (await rooms.open(room.code)).runner.player.run
    run.apply(Command("stop-kubelet", "n1"))
    nodes = (await client.get(f"{API}/nodes")).json["items"]
    assert sorted(node["metadata"]["name"] for node in nodes) == ["n2", "n3"]


async def test_measurements_are_only_looked_at(client: Client, room: Room) -> None:
    await measuring(client, room)
    assert (await client.send("DELETE", f"{API}/nodes/n1")).code == 405
    assert (await client.get(f"{API}/namespaces/default/services")).code == 404
