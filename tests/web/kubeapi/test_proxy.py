"""`proxy` of pods and Services: what the programs behind them answer."""

import json

import pytest

from clustersim import Command
from tests.web.kubeapi.asking import Client, client_of
from tests.web.kubeapi.pods import NETEXEC, PORTER, V1, after, made, pod, printed, served
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("way", "method"),
    [("pods/p", method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")]
    + [
        (way, method)
        for way in ("pods/http:p:80", "services/s:http", "services/s:80")
        for method in ("GET", "POST")
    ],
)
async def test_every_method_gets_through_to_the_program(
    room: Room, client: Client, way: str, method: str
) -> None:
    await served(client, PORTER, 80)
    await after(room, 30)
    answer = await client.send(method, f"{V1}/{way}/proxy/some/path?a=b")
    assert (answer.code, json.loads(answer.body)) == (200, {"Method": method, "Body": "foo"})


async def test_what_a_program_says_depends_on_the_path_and_links_lead_back(
    room: Room, client: Client
) -> None:
    await served(client, NETEXEC, "web")
    page = '<a href="/there">link</a>'
    linked = {"command": ["/agnhost", "porter"], "env": [{"name": "SERVE_PORT_160", "value": page}]}
    await made(client, "pods", pod("q", linked))
    await after(room, 30)
    assert (await client.get(f"{V1}/pods/p/proxy/hostname")).body == b"p"
    assert (await client.get(f"{V1}/services/s:http/proxy/echo?msg=hello&code=201")).body == b"hello"
    assert (await client.get(f"{V1}/services/s:http/proxy/echo?msg=hello&code=201")).code == 201
    rewritten = (await client.get(f"{V1}/pods/q:160/proxy/")).body.decode()
    assert rewritten == f'<a href="{V1}/pods/q:160/proxy/there">link</a>'
    moved = await client.get(f"{V1}/pods/p/proxy?x=y")
    assert moved.code == 301
    assert dict(moved.headers)["location"].endswith("/pods/p/proxy/?x=y")


@pytest.mark.parametrize(
    ("way", "code", "said"),
    [
        ("pods/none", 404, 'pods "none" not found'),
        ("pods/p:9", 503, "connect: connection refused"),
        ("pods/p:nothing", 400, 'invalid pod port "nothing"'),
        ("services/s:81", 503, 'no service port 81 found for service "s"'),
        ("services/s:other", 503, 'no endpoints available for service "s"'),
        ("services/none", 404, 'services "none" not found'),
    ],
)
async def test_what_cannot_be_reached_is_told(
    room: Room, client: Client, way: str, code: int, said: str
) -> None:
    await served(client, PORTER, 80)
    await after(room, 30)
    answer = await client.get(f"{V1}/{way}/proxy/")
    assert (answer.code, said in answer.json["message"]) == (code, True)


async def test_a_pod_of_a_dead_node_answers_nothing(room: Room, client: Client) -> None:
    await served(client, PORTER, 80)
    await after(room, 30)
    node = (await client.get(f"{V1}/pods/p")).json["spec"]["nodeName"]
    (await rooms.open(room.code)).runner.player.run.apply(Command("power-off", node))
    answer = await client.get(f"{V1}/pods/p/proxy/")
    assert (answer.code, "i/o timeout" in answer.json["message"]) == (503, True)


async def test_who_may_not_look_may_not_look_through_a_proxy(room: Room, client: Client) -> None:
    await served(client, PORTER, 80)
    await after(room, 30)
    watcher = await client_of(room, Role.WATCH)
    assert (await watcher.get(f"{V1}/pods/p/proxy/")).code == (await watcher.get(f"{V1}/pods/p")).code


async def test_a_server_of_files_serves_those_that_are_there(room: Room, client: Client) -> None:
    await served(client, {"args": ["test-webserver"]}, 80)
    await after(room, 30)
    await printed(client, "p", "echo hello > /page")
    assert (await client.get(f"{V1}/pods/p/proxy/page")).body == b"hello\n"
    assert (await client.get(f"{V1}/pods/p/proxy/none")).code == 404


async def test_the_images_of_the_update_demo_tell_which_they_are(room: Room, client: Client) -> None:
    for name in ("nautilus", "kitten"):
        image = f"registry.k8s.io/e2e-test-images/{name}:1.8"
        await made(client, "pods", pod(name, {"image": image, "ports": [{"containerPort": 80}]}))
    await after(room, 30)
    for name in ("nautilus", "kitten"):
        answer = await client.get(f"{V1}/pods/{name}/proxy/data.json")
        assert answer.json == {"image": f"{name}.jpg"}


async def test_a_file_of_an_image_that_is_moved_away_is_missed_by_its_probe(
    room: Room, client: Client
) -> None:
    probe = {"httpGet": {"path": "/localhost.crt", "port": 80}, "periodSeconds": 1}
    await served(client, {"args": ["test-webserver"], "readinessProbe": probe}, 80)

    async def ready() -> bool:
        await after(room, 30)
        status = (await client.get(f"{V1}/pods/p")).json["status"]["containerStatuses"][0]
        return bool(status["ready"])

    assert await ready()
    await printed(client, "p", "mv -v /localhost.crt /tmp/")
    assert not await ready()
    await printed(client, "p", "mv -v /tmp/localhost.crt /")
    assert await ready()


async def test_a_kubelet_is_asked_through_the_api_server(room: Room, client: Client) -> None:
    """`kubectl get --raw /api/v1/nodes/n1/proxy/stats/summary`, as so many pages show it."""
    await after(room, 5)
    way = "/api/v1/nodes/n1/proxy"
    assert (await client.get(f"{way}/healthz")).body == b"ok"
    assert (await client.get(f"{way}/stats/summary")).json["node"]["nodeName"] == "n1"
    assert (await client.get(f"{way}/nosuch")).code == 404
    assert (await client.get("/api/v1/nodes/none/proxy/pods")).json["message"] == 'nodes "none" not found'
    (await rooms.open(room.code)).runner.player.run.apply(Command("stop-kubelet", "n1"))
    answer = await client.get(f"{way}/healthz")
    assert (answer.code, "10250: connect: connection refused" in answer.json["message"]) == (503, True)
