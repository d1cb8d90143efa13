"""`proxy` of pods and Services, and what programs in containers hear from each other."""

import json
from typing import Any

import pytest

from clustersim import Command
from tests.web.kubeapi.asking import Client, client_of
from tests.web.kubeapi.test_volumes import V1, after, made, pod, printed
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

PORTER = {
    "command": ["/agnhost", "porter", "--json-response"],
    "env": [{"name": "SERVE_PORT_80", "value": "foo"}],
    "readinessProbe": {"httpGet": {"port": 80}, "initialDelaySeconds": 1},
}
NETEXEC = {"args": ["netexec", "--http-port=8000"], "ports": [{"name": "web", "containerPort": 8000}]}
VESSEL = {"image": "busybox", "command": ["sh", "-c", "sleep 100000"]}


async def served(client: Client, container: dict[str, Any], port: Any) -> None:
    """A pod with that container, and a Service in front of it."""
    body = pod("p", container)
    body["metadata"]["labels"] = {"app": "p"}
    await made(client, "pods", body)
    ports = [{"name": "http", "port": 80, "targetPort": port}]
    await made(
        client, "services", {"metadata": {"name": "s"}, "spec": {"selector": {"app": "p"}, "ports": ports}}
    )


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


async def test_programs_hear_each_other_by_name_by_address_and_in_the_name_of_a_third(
    room: Room, client: Client
) -> None:
    await served(client, NETEXEC, "web")
    await made(client, "pods", pod("vessel", VESSEL))
    outside = {"type": "ExternalName", "externalName": "s.default.svc.cluster.local"}
    await made(client, "services", {"metadata": {"name": "alias"}, "spec": outside})
    await after(room, 30)
    own = (await client.get(f"{V1}/pods/p")).json["status"]["podIP"]
    assert await printed(client, "vessel", "curl -q -s http://s/hostname") == "p\n"
    assert await printed(client, "vessel", "echo hostName | nc -v -t -w 2 s 80") == "p"
    assert await printed(client, "vessel", f"nc -z -w 1 {own} 9; echo $?") == "1\n"
    dial = f"{own}:8000/dial?request=hostname&protocol=http&host={own}&port=8000&tries=2"
    said = await printed(client, "vessel", f"curl -g -q -s 'http://{dial}'")
    assert json.loads(said) == {"responses": ["p", "p"]}
    assert "s.default.svc.cluster.local" in await printed(client, "vessel", "nslookup alias")


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


async def test_a_port_of_the_machine_leads_to_the_pod_that_asked_for_it(room: Room, client: Client) -> None:
    ports = [{"containerPort": 8000, "hostPort": 54323, "hostIP": "127.0.0.1"}]
    for name, address in (("own", "127.0.0.1"), ("outside", "10.0.0.11")):
        container = {**NETEXEC, "ports": [{**ports[0], "hostIP": address}]}
        await made(client, "pods", pod(name, container, nodeName="n1"))
    await made(client, "pods", pod("host", VESSEL, nodeName="n1", hostNetwork=True))
    await after(room, 30)
    for address, name in (("127.0.0.1", "own"), ("10.0.0.11", "outside")):
        asked = f"curl -g --interface 10.0.0.11 http://{address}:54323/hostname"
        assert await printed(client, "host", asked) == f"{name}\n"
    assert await printed(client, "own", "curl -s http://localhost:8000/hostname") == "own\n"


async def test_each_connection_to_a_port_of_nodes_may_get_another_endpoint(
    room: Room, client: Client
) -> None:
    for number in range(3):
        body = pod(f"p{number}", NETEXEC)
        body["metadata"]["labels"] = {"app": "p"}
        await made(client, "pods", body)
    spec = {"type": "NodePort", "selector": {"app": "p"}, "ports": [{"port": 80, "targetPort": 8000}]}
    await made(client, "services", {"metadata": {"name": "s"}, "spec": spec})
    await made(client, "pods", pod("vessel", VESSEL))
    await after(room, 30)
    port = (await client.get(f"{V1}/services/s")).json["spec"]["ports"][0]["nodePort"]
    loop = f"for i in $(seq 0 15); do curl -s http://10.0.0.11:{port}/hostname; done"
    assert len(set((await printed(client, "vessel", loop)).split())) > 1
