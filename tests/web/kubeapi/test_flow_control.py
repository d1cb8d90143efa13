"""Flow schemas and priority levels that are there from the beginning, and what is kept without effect."""

from typing import Any

from tests.web.kubeapi.asking import Client

FLOWS = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas"
LEVELS = "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"
MERGE = "application/merge-patch+json"


async def test_they_are_there_and_name_one_another(client: Client) -> None:
    flows = {one["metadata"]["name"]: one["spec"] for one in (await client.get(FLOWS)).json["items"]}
    levels = {one["metadata"]["name"]: one for one in (await client.get(LEVELS)).json["items"]}
    assert (len(flows), len(levels)) == (13, 8)
    assert {flow["priorityLevelConfiguration"]["name"] for flow in flows.values()} == set(levels)
    found = await client.get(f"{FLOWS}/global-default")
    assert found.json["spec"] == flows["global-default"]
    headers = dict(found.headers)
    assert headers["x-kubernetes-pf-flowschema-uid"] == found.json["metadata"]["uid"]
    assert headers["x-kubernetes-pf-prioritylevel-uid"] == levels["global-default"]["metadata"]["uid"]


async def test_one_is_changed_and_not_made_again(client: Client) -> None:
    path = f"{FLOWS}/service-accounts"
    changed = await client.send("PATCH", path, {"spec": {"matchingPrecedence": 8000}}, type_=MERGE)
    assert changed.json["spec"]["matchingPrecedence"] == 8000
    again = (await client.get(FLOWS)).json["items"]
    assert len(again) == 13
    found = next(one for one in again if one["metadata"]["name"] == "service-accounts")
    assert found["spec"] == changed.json["spec"]
    body: dict[str, Any] = {"metadata": {"name": "exempt"}, "spec": {}}
    assert (await client.send("POST", FLOWS, body)).code == 409
    assert (await client.send("DELETE", f"{FLOWS}/exempt")).code == 403


async def test_webhooks_are_kept_with_a_warning(client: Client) -> None:
    path = "/apis/admissionregistration.k8s.io/v1"
    hook = {
        "name": "a.b.c",
        "clientConfig": {"service": {"name": "n", "namespace": "ns"}},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    hooks = {"metadata": {"name": "a"}, "webhooks": [hook]}
    told = await client.send("POST", f"{path}/validatingwebhookconfigurations", hooks)
    assert any("webhooks are called here" in one for one in told.warnings)
