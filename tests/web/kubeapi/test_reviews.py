"""What is only answered: rights, names, and tokens of service accounts."""

from typing import Any

import pytest

from clustersim.apiserver.tokens import ISSUER
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)

AUTHENTICATION = "/apis/authentication.k8s.io/v1"
AUTHORIZATION = "/apis/authorization.k8s.io/v1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token"


@pytest.mark.parametrize(
    ("room", "kinds"),
    [
        (
            "v1.7",
            {"TokenReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"},
        ),
        (
            "v1.36",
            {
                "SelfSubjectReview", "TokenReview", "LocalSubjectAccessReview", "SelfSubjectAccessReview",
                "SelfSubjectRulesReview", "SubjectAccessReview",
            },
        ),
    ],
    indirect=["room"],
)  # fmt: skip
async def test_reviews_are_discovered(client: Client, kinds: set[str]) -> None:
    found = [
        resource["kind"]
        for group in (AUTHENTICATION, AUTHORIZATION)
        for resource in (await client.get(group)).json["resources"]
    ]
    assert set(found) == kinds


async def access(client: Client, user: str, path: str = "") -> Any:
    """The status of a review of whether somebody may list the pods of a namespace."""
    asked = {"verb": "list", "resource": "pods", "namespace": "default"}
    body = {"spec": {"user": user, "resourceAttributes": asked}}
    answer = await client.send("POST", path or f"{AUTHORIZATION}/subjectaccessreviews", body)
    return answer.json["status"] if answer.code == 201 else answer.code


async def test_what_others_may_do_follows_from_their_roles(client: Client) -> None:
    local = f"{AUTHORIZATION}/namespaces/default/localsubjectaccessreviews"
    assert await access(client, "bob") == {"allowed": False}
    role = {"kind": "ClusterRole", "name": "view", "apiGroup": "rbac.authorization.k8s.io"}
    subjects = [{"kind": "User", "name": "bob", "apiGroup": "rbac.authorization.k8s.io"}]
    binding = {"metadata": {"name": "bob"}, "roleRef": role, "subjects": subjects}
    await client.send("POST", f"{RBAC}/namespaces/default/rolebindings", binding)
    why = 'RBAC: allowed by RoleBinding "bob/default" of ClusterRole "view" to User "bob"'
    told = {"allowed": True, "reason": why}
    assert [await access(client, "bob"), await access(client, "bob", local)] == [told] * 2
    assert await access(client, "bob", local.replace("/default/", "/other/")) == 422
    assert await access(client, "") == 422


async def test_a_token_of_a_service_account_is_known_again(client: Client) -> None:
    made = await client.send("POST", TOKEN, {"spec": {"audiences": ["vault", ISSUER]}})
    assert (made.code, made.json["kind"]) == (201, "TokenRequest")
    token = made.json["status"]["token"]
    assert token.count(".") == 2
    reviews = f"{AUTHENTICATION}/tokenreviews"
    known = (await client.send("POST", reviews, {"spec": {"token": token, "audiences": ["vault"]}})).json
    assert known["status"]["authenticated"] is True
    assert known["status"]["user"]["username"] == "system:serviceaccount:default:default"
    assert known["status"]["audiences"] == ["vault"]
    for spec in ({"token": f"{token}x"}, {"token": token, "audiences": ["other"]}, {"token": ""}):
        assert "error" in (await client.send("POST", reviews, {"spec": spec})).json["status"]


async def test_a_token_of_an_account_that_is_gone_is_not_good(client: Client) -> None:
    token = (await client.send("POST", TOKEN, {})).json["status"]["token"]
    await client.send("DELETE", TOKEN.removesuffix("/token"))
    review = await client.send("POST", f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}})
    assert "authenticated" not in review.json["status"]


async def test_a_token_for_too_short_a_time_is_refused(client: Client) -> None:
    refused = await client.send("POST", TOKEN, {"spec": {"expirationSeconds": 10}})
    assert (refused.code, refused.json["details"]["kind"]) == (422, "TokenRequest")
    missing = await client.send("POST", TOKEN.replace("/default/token", "/none/token"), {})
    assert missing.json["message"] == 'serviceaccounts "none" not found'


async def test_who_may_only_look_gets_no_token(room: Room, client: Client) -> None:
    assert (await Client(room).send("POST", TOKEN, {})).code == 403


@pytest.mark.parametrize("room", ["v1.8"], indirect=True)
async def test_old_releases_make_no_tokens(client: Client) -> None:
    assert (await client.send("POST", TOKEN, {})).code == 404
