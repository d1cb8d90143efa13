"""Who may do what through the API: by token, by role, by step of a lesson, and in the past."""

from typing import Any

import pytest

from tests.web.kubeapi.asking import MERGE, Client, client_of
from visualizer.kubeapi import access
from visualizer.kubeapi.models import Token
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import ALONE, ROLES, Actor
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


def configmap(name: str = "settings") -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": {}}


async def test_without_a_token_one_can_only_look(room: Room) -> None:
    anybody = Client(room)
    assert (await anybody.get(PODS)).code == 200
    refused = await anybody.send("POST", CONFIGMAPS, configmap())
    assert (refused.code, refused.json["reason"]) == (403, "Forbidden")


async def test_the_past_can_only_be_looked_at(room: Room, client: Client) -> None:
    client.base += f"/branches/{room.branch_id}/at/0"
    assert (await client.get(PODS)).code == 200
    assert (await client.send("POST", CONFIGMAPS, configmap())).code == 403
    assert (await client.get(f"{PODS}?watch=true")).code == 405


async def test_a_token_is_good_until_it_is_withdrawn(room: Room, client: Client) -> None:
    await Token.objects.aupdate(revoked="2026-01-01T00:00:00Z")
    assert (await client.get(PODS)).code == 401


async def test_a_visitor_who_may_no_longer_act_does_not_act_with_an_old_token(room: Room) -> None:
    visitor = await client_of(room, Role.ACT)
    assert (await visitor.send("POST", CONFIGMAPS, configmap())).code == 201
    await Room.objects.filter(pk=room.pk).aupdate(may_act=False)
    hub = await rooms.open(room.code)
    await hub.changed()
    assert (await visitor.send("POST", CONFIGMAPS, configmap("other"))).code == 403


async def test_whoever_asks_is_told_its_rights(room: Room, client: Client) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    body = {"spec": {"resourceAttributes": {"verb": "create", "resource": "pods"}}}
    assert (await client.send("POST", path, body)).json["status"] == {"allowed": True}
    assert (await Client(room).send("POST", path, body)).json["status"]["allowed"] is False


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("PATCH", "/api/v1/nodes/n2", {"spec": {"unschedulable": True}}, True),
        ("PATCH", "/api/v1/nodes/n1", {"spec": {"unschedulable": True}}, False),
        ("DELETE", f"{PODS}/on-n2", None, True),
        ("DELETE", f"{PODS}/on-n1", None, False),
        ("DELETE", PODS, None, False),
        ("POST", CONFIGMAPS, {"metadata": {"name": "a"}}, False),
        (
            "PATCH",
            "/api/v1/namespaces/default/replicationcontrollers/tomcat",
            {"spec": {"replicas": 0}},
            False,
        ),
    ],
)
async def test_whoever_owns_a_node_changes_that_node_and_its_pods_and_nothing_else(
    room: Room,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    body: Any,
    allowed: bool,
) -> None:
    for node in ("n1", "n2"):
        spec = {"containers": [{"name": "c", "image": "nginx"}], "nodeName": node}
        await client.send("POST", PODS, {"metadata": {"name": f"on-{node}"}, "spec": spec})
    steps = ("console", "cordon", "drain", "apply", "create", "delete", "delete-pod")
    owner = Actor(Role.ACT, ROLES, allow=steps, node="n2", joined=True)
    monkeypatch.setattr(access, "actor_in", lambda room, role, who: owner)
    answer = await client.send(method, path, body, type_=MERGE if method == "PATCH" else "application/json")
    assert (answer.code < 300) == allowed
    if not allowed:
        assert (answer.code, answer.json["message"].endswith("You can act on your own node only.")) == (
            403,
            True,
        )


async def test_a_step_that_withholds_the_console_withholds_looking(
    room: Room, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        access, "actor_in", lambda room, role, who: Actor(Role.ACT, ALONE, allow=("inspect",))
    )
    for path in (PODS, f"{PODS}?watch=true", "/metrics"):
        assert (await client.get(path)).code == 403
    assert (await client.get("/api/v1")).code == 200
