"""Pods that are made and looked into through the API."""

from typing import Any
from urllib.parse import quote

from tests.web.kubeapi.asking import Client
from tests.web.kubeapi.sockets import ended, entered
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

V1 = "/api/v1/namespaces/default"
AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.59"
PORTER = {
    "command": ["/agnhost", "porter", "--json-response"],
    "env": [{"name": "SERVE_PORT_80", "value": "foo"}],
    "readinessProbe": {"httpGet": {"port": 80}, "initialDelaySeconds": 1},
}
NETEXEC = {"args": ["netexec", "--http-port=8000"], "ports": [{"name": "web", "containerPort": 8000}]}
VESSEL = {"image": "busybox", "command": ["sh", "-c", "sleep 100000"]}


async def after(room: Room, seconds: int) -> None:
    """So many seconds pass in the room."""
    player = (await rooms.open(room.code)).runner.player
    player.run.run_until(player.now + seconds * 1_000_000)


async def made(client: Client, what: str, body: dict[str, Any]) -> None:
    """An object in the namespace default."""
    answer = await client.send("POST", f"{V1}/{what}", body)
    assert answer.code == 201, answer.body


def pod(name: str, container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A pod of one container, by default of agnhost."""
    whole = {"name": "c", "image": AGNHOST, **container}
    return {"metadata": {"name": name}, "spec": {"containers": [whole], "restartPolicy": "Never", **spec}}


def script(text: str, **more: Any) -> dict[str, Any]:
    """A container that runs a script of its shell."""
    return {"image": "busybox", "command": ["/bin/sh", "-c", text], **more}


async def log_of(client: Client, name: str) -> str:
    """What its container has written."""
    return (await client.get(f"{V1}/pods/{name}/log")).body.decode("utf-8", "surrogateescape")


async def printed(client: Client, name: str, script: str) -> str:
    """What a script prints that is run in its container."""
    query = f"command=sh&command=-c&command={quote(script)}"
    return (await ended((await entered(client, query, name))[0]))[0]


async def served(client: Client, container: dict[str, Any], port: Any) -> None:
    """The pod p with that container, and the Service s in front of it."""
    body = pod("p", container)
    body["metadata"]["labels"] = {"app": "p"}
    await made(client, "pods", body)
    ports = [{"name": "http", "port": 80, "targetPort": port}]
    await made(
        client, "services", {"metadata": {"name": "s"}, "spec": {"selector": {"app": "p"}, "ports": ports}}
    )
