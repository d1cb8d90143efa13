"""Roles that are there from the beginning, and who has them."""

from typing import Any

from tests.web.kubeapi.asking import Client

GROUP = "/apis/rbac.authorization.k8s.io/v1"
ROLES = f"{GROUP}/clusterroles"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
MERGE = "application/merge-patch+json"


async def test_roles_of_the_beginning_come_in_pages(client: Client) -> None:
    page = (await client.get(f"{ROLES}?limit=10")).json
    assert (len(page["items"]), page["metadata"]["remainingItemCount"]) == (10, 59)
    assert page["metadata"]["continue"]


async def test_a_role_that_gathers_has_the_rules_of_those_that_join_it(client: Client) -> None:
    view, edit, admin = [(await client.get(f"{ROLES}/{name}")).json for name in ("view", "edit", "admin")]
    assert view["metadata"]["labels"]["rbac.authorization.k8s.io/aggregate-to-edit"] == "true"
    assert admin["aggregationRule"]["clusterRoleSelectors"][0]["matchLabels"] == {
        "rbac.authorization.k8s.io/aggregate-to-admin": "true"
    }
    assert all(rule in edit["rules"] for rule in view["rules"])
    assert all(rule in admin["rules"] for rule in edit["rules"])
    assert not any("secrets" in rule["resources"] for rule in view["rules"])


async def test_bindings_of_the_beginning_count_for_reviews(client: Client) -> None:
    asked = {"verb": "create", "group": "", "resource": "pods", "subresource": "binding"}
    answers: list[Any] = []
    for user in ("system:kube-scheduler", "system:kube-proxy"):
        made = await client.send("POST", REVIEWS, {"spec": {"user": user, "resourceAttributes": asked}})
        answers.append(made.json["status"]["allowed"])
    assert answers == [True, False]


async def test_one_that_is_changed_is_kept(client: Client) -> None:
    labels = {"metadata": {"labels": {"mine": "yes"}}}
    assert (await client.send("PATCH", f"{ROLES}/view", labels, type_=MERGE)).code == 200
    found = (await client.get(f"{ROLES}?labelSelector=mine")).json["items"]
    assert [one["metadata"]["name"] for one in found] == ["view"]
    assert (await client.send("POST", ROLES, {"metadata": {"name": "edit"}, "rules": []})).code == 409
