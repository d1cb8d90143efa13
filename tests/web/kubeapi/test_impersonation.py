"""Requests in another's name (`kubectl --as`): what their roles let them do, and no more."""

from typing import Any

import pytest

from tests.web.kubeapi.asking import Client, client_of
from visualizer.rooms.models import Room
from visualizer.rooms.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

V1 = "/api/v1/namespaces/default"
RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
AUTH = "/apis/authorization.k8s.io/v1"
ANN = ((b"impersonate-user", b"ann"),)


async def let(client: Client, subject: dict[str, Any], *verbs: str) -> None:
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": list(verbs)}]
    role = {"metadata": {"name": "r"}, "rules": rules}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r"}
    binding = {"metadata": {"name": "b"}, "roleRef": ref, "subjects": [subject]}
    for what, body in (("roles", role), ("rolebindings", binding)):
        assert (await client.send("POST", f"{RBAC}/{what}", body)).code == 201


async def test_without_a_role_everything_is_refused(client: Client) -> None:
    answer = await client.get(f"{V1}/configmaps", more=ANN)
    told = 'cannot list resource "configmaps" in API group "" in the namespace "default"'
    assert (answer.code, answer.json["message"]) == (403, f'configmaps is forbidden: User "ann" {told}')
    body = {"metadata": {"name": "c"}}
    assert (await client.send("POST", f"{V1}/configmaps", body, more=ANN)).code == 403


@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "ann"}, ANN),
        (
            {"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "team"},
            (*ANN, (b"impersonate-group", b"others"), (b"impersonate-group", b"team")),
        ),
        (
            {"kind": "ServiceAccount", "namespace": "default", "name": "robot"},
            ((b"impersonate-user", b"system:serviceaccount:default:robot"),),
        ),
    ],
)
async def test_roles_let_them_do_what_they_say(client: Client, subject: Any, headers: Any) -> None:
    await let(client, subject, "list", "create")
    assert (await client.get(f"{V1}/configmaps", more=headers)).code == 200
    body = {"metadata": {"name": "c"}}
    assert (await client.send("POST", f"{V1}/configmaps", body, more=headers)).code == 201
    assert (await client.get(f"{V1}/configmaps/c", more=headers)).code == 403
    assert (await client.get("/api/v1/namespaces/kube-system/configmaps", more=headers)).code == 403
    for verb, allowed in (("list", True), ("delete", False), ("watch", False)):
        attributes = {"verb": verb, "resource": "configmaps", "namespace": "default"}
        review = {"spec": {"resourceAttributes": attributes}}
        answer = await client.send("POST", f"{AUTH}/selfsubjectaccessreviews", review, more=headers)
        assert answer.json["status"]["allowed"] is allowed


async def test_nobody_may_do_more_by_another_name(room: Room) -> None:
    watcher = await client_of(room, Role.WATCH)
    admin = ((b"impersonate-user", b"root"), (b"impersonate-group", b"system:masters"))
    assert (await watcher.get(f"{V1}/configmaps", more=admin)).code == 200
    answer = await watcher.send("POST", f"{V1}/configmaps", {"metadata": {"name": "c"}}, more=admin)
    assert answer.code == 403


async def test_a_review_tells_whose_name_it_is(client: Client) -> None:
    headers = (
        *ANN, (b"impersonate-uid", b"42"), (b"impersonate-group", b"team"),
        (b"impersonate-extra-scopes%2fof", b"a"), (b"impersonate-extra-scopes%2fof", b"b"),
    )  # fmt: skip
    answer = await client.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, more=headers)
    assert answer.json["status"]["userInfo"] == {
        "username": "ann", "uid": "42", "groups": ["team", "system:authenticated"],
        "extra": {"scopes/of": ["a", "b"]},
    }  # fmt: skip


async def test_groups_of_nobody_are_an_error(client: Client) -> None:
    answer = await client.get(f"{V1}/configmaps", more=((b"impersonate-group", b"team"),))
    assert answer.code == 500


async def test_nobody_gives_away_what_they_may_not_do(client: Client) -> None:
    subject = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "ann"}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"}
    own = {"metadata": {"name": "own"}, "roleRef": ref, "subjects": [subject]}
    assert (await client.send("POST", f"{RBAC}/rolebindings", own)).code == 201
    for name, code in (("edit", 201), ("cluster-admin", 403)):
        more = {"metadata": {"name": name}, "roleRef": {**ref, "name": name}, "subjects": [subject]}
        answer = await client.send("POST", f"{RBAC}/rolebindings", more, more=ANN)
        assert answer.code == code
    assert "is attempting to grant RBAC permissions not currently held" in answer.json["message"]
