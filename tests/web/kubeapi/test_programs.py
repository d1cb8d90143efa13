"""What programs in containers hear from each other."""

import json

import pytest

from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.pods import NETEXEC, V1, VESSEL, after, made, pod, printed, served
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


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
