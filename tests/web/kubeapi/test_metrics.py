"""What Prometheus finds when it scrapes a room."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from clustersim import Command
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("room", ["v1.7", "v1.8", "v1.36"], indirect=True),
]

Scraped = dict[tuple[str, frozenset[tuple[str, str]]], float]
MINUTE = 60_000_000


async def scrape(room: Room) -> Scraped:
    answer = await Client(room).get("/metrics")
    assert answer.code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.body.decode())
        for sample in family.samples
    }


def value(scraped: Scraped, metric: str, **labels: str) -> float:
    return scraped[metric, frozenset(labels.items())]


def names(scraped: Scraped) -> set[str]:
    return {name for name, _labels in scraped}


async def test_available_replicas_fall_when_a_node_dies_and_come_back(room: Room) -> None:
    tomcat = {"namespace": "default", "replicationcontroller": "tomcat"}
    name = "kube_replicationcontroller_status_available_replicas"
    run = (await rooms.open(room.code)).runner.player.run
    evictions = "node_collector_evictions_" + ("total" if room.release == "v1.36" else "number")
    scraped = await scrape(room)
    assert value(scraped, name, **tomcat) == 3
    before = value(scraped, evictions, zone="")
    run.apply(Command("power-off", "n1"))
    run.run_until(run.now + MINUTE)
    scraped = await scrape(room)
    assert value(scraped, name, **tomcat) < 3
    condition = {"node": "n1", "condition": "Ready"}
    assert value(scraped, "kube_node_status_condition", **condition, status="unknown") == 1
    assert value(scraped, "node_collector_unhealthy_nodes_in_zone", zone="") == 1
    assert 66 < value(scraped, "node_collector_zone_health", zone="") < 67
    run.run_until(run.now + 8 * MINUTE)
    scraped = await scrape(room)
    assert value(scraped, name, **tomcat) == 3
    assert value(scraped, evictions, zone="") == before + 1


async def test_names_are_those_of_the_release(room: Room) -> None:
    found = names(await scrape(room))
    old = {
        "kube_pod_container_status_restarts",
        "kube_node_status_capacity_cpu_cores",
        "apiserver_request_count",
    }
    new = {"kube_pod_container_status_restarts_total", "kube_node_status_capacity", "apiserver_request_total"}
    today = room.release == "v1.36"
    assert (new if today else old) <= found
    assert not found & (old if today else new)
    assert ("kube_pod_created" in found) == (room.release != "v1.7")


async def test_a_component_that_does_not_run_tells_nothing(room: Room) -> None:
    cluster = (await rooms.open(room.code)).runner.player.cluster
    cluster.process("apiserver").kill()
    cluster.process("controller-manager").kill()
    found = names(await scrape(room))
    assert "kube_node_info" in found
    assert not [name for name in found if name.startswith(("apiserver_", "node_collector_"))]
