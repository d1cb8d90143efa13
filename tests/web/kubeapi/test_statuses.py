"""Statuses through the API, and which fields are whose."""

import json
from typing import Any

import pytest

from tests.web.kubeapi.asking import MERGE, Client

pytestmark = pytest.mark.django_db(transaction=True)


CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
INGRESSES = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"
BACKEND = {"spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}}
ADDRESSES = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}


async def test_a_status_is_written_with_annotations_and_by_whom(client: Client) -> None:
    await client.send("POST", INGRESSES, {"metadata": {"name": "web"}, **BACKEND})
    metadata = {"annotations": {"mine": "yes"}}
    patch = {"metadata": metadata, "status": ADDRESSES, "spec": {"ingressClassName": "x"}}
    patched = await client.send("PATCH", f"{INGRESSES}/web/status?fieldManager=m", patch, type_=MERGE)
    assert (patched.json["metadata"]["annotations"], patched.json["status"]) == ({"mine": "yes"}, ADDRESSES)
    assert "ingressClassName" not in patched.json["spec"]
    [entry] = [one for one in patched.json["metadata"]["managedFields"] if one.get("subresource") == "status"]
    assert (entry["manager"], entry["operation"]) == ("m", "Update")
    assert "f:loadBalancer" in entry["fieldsV1"]["f:status"]
    body = {**patched.json, "metadata": {**patched.json["metadata"], "labels": {"a": "b"}}}
    put = await client.send("PUT", f"{INGRESSES}/web/status", body)
    assert put.json["metadata"]["labels"] == {"a": "b"}


async def test_a_status_is_applied_and_nothing_is_created_by_that(client: Client) -> None:
    manifest = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}}
    path, apply = f"{INGRESSES}/web/status?fieldManager=m&force=true", "application/apply-patch+yaml"
    body = json.dumps({**manifest, "status": ADDRESSES}).encode()
    assert (await client.send("PATCH", path, body, type_=apply)).code == 404
    await client.send("POST", INGRESSES, {"metadata": {"name": "web"}, **BACKEND})
    applied = await client.send("PATCH", path, body, type_=apply)
    assert (applied.code, applied.json["status"]) == (200, ADDRESSES)
    entries = applied.json["metadata"]["managedFields"]
    assert [(one["manager"], one.get("subresource")) for one in entries if one["operation"] == "Apply"] == [
        ("m", "status")
    ]


_POLICY = {
    "a": 1,
    "failurePolicy": "Ignore",
    "matchConstraints": {
        "matchPolicy": "Equivalent",
        "namespaceSelector": {},
        "objectSelector": {},
        "resourceRules": [
            {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"], "scope": "*"}
        ],
    },
    "validations": [{"expression": "true"}],
}
_ATTACHMENT = {"attacher": "a", "nodeName": "n", "source": {"persistentVolumeName": "p"}}


@pytest.mark.parametrize(
    ("path", "kind", "spec", "free"),
    [
        ("/apis/storage.k8s.io/v1/volumeattachments", "VolumeAttachment", _ATTACHMENT, False),
        ("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas", "FlowSchema", {"a": 1}, True),
        (
            "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
            "ValidatingAdmissionPolicy",
            _POLICY,
            True,
        ),
        ("/apis/networking.k8s.io/v1/servicecidrs", "ServiceCIDR", {"cidrs": ["10.9.0.0/16"]}, False),
    ],
)
async def test_what_nothing_acts_on_has_a_status_all_the_same(
    client: Client, path: str, kind: str, spec: dict[str, Any], free: bool
) -> None:
    await client.send("POST", path, {"metadata": {"name": "one"}, "spec": spec, "status": {"b": 1}})
    assert (await client.get(f"{path}/one")).json.get("status") is None
    patch = {"metadata": {"annotations": {"a": "b"}}, "status": {"attached": True}, "spec": {"a": 2}}
    patched = (await client.send("PATCH", f"{path}/one/status", patch, type_=MERGE)).json
    assert (patched["kind"], patched["status"], patched["spec"]) == (kind, {"attached": True}, spec)
    assert "annotations" not in patched["metadata"]
    if free:
        body = {"status": None, "spec": {"a": 3}}
        kept = (await client.send("PATCH", f"{path}/one", body, type_=MERGE)).json
        assert (kept["status"], kept["spec"]) == ({"attached": True}, {**spec, "a": 3})


async def test_a_map_that_is_new_is_managed_itself(client: Client) -> None:
    body = {"metadata": {"name": "a", "labels": {"x": "y"}}, "data": {"k": "v"}}
    made = await client.send("POST", f"{CONFIGMAPS}?fieldManager=m", body)
    [entry] = made.json["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {
        "f:data": {".": {}, "f:k": {}},
        "f:metadata": {"f:labels": {".": {}, "f:x": {}}},
    }
    other = await client.send("PATCH", f"{CONFIGMAPS}/a?fieldManager=n", {"data": {"l": "w"}}, type_=MERGE)
    of_other = next(one for one in other.json["metadata"]["managedFields"] if one["manager"] == "n")
    assert of_other["fieldsV1"] == {"f:data": {"f:l": {}}}


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


async def test_a_definition_whose_conditions_were_written_over_is_established_again(client: Client) -> None:
    version = {"name": "v1", "served": True, "storage": True}
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    spec = {
        "group": "example.com",
        "scope": "Cluster",
        "names": {"plural": "things", "kind": "Thing"},
        "versions": [{**version, "schema": schema}],
    }
    await client.send("POST", DEFINITIONS, {"metadata": {"name": "things.example.com"}, "spec": spec})
    conditions = [{"type": "Mine", "status": "True", "reason": "R", "message": "m"}]
    path = f"{DEFINITIONS}/things.example.com"
    await client.send("PATCH", f"{path}/status", {"status": {"conditions": conditions}}, type_=MERGE)
    kept = {one["type"] for one in (await client.get(path)).json["status"]["conditions"]}
    assert kept == {"Mine", "NamesAccepted", "Established"}
    assert (await client.get("/apis/example.com/v1/things")).code == 200


async def test_managers_share_a_list_of_an_added_kind_whose_schema_tells_its_items_apart(
    client: Client,
) -> None:
    text = {"type": "string"}
    items = {"type": "object", "properties": {"name": text, "value": text}, "required": ["name"]}
    apart = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    lists = {
        "named": {"type": "array", "items": items, **apart},
        "plain": {"type": "array", "items": text},
    }
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": lists}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {
        "group": "example.com",
        "scope": "Cluster",
        "names": {"plural": "things", "kind": "Thing"},
        "versions": [version],
    }
    await client.send("POST", DEFINITIONS, {"metadata": {"name": "things.example.com"}, "spec": spec})
    head = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}

    async def apply(manager: str, **said: Any) -> Any:
        path = f"/apis/example.com/v1/things/a?fieldManager={manager}"
        body = json.dumps({**head, "spec": said}).encode()
        return await client.send("PATCH", path, body, type_="application/apply-patch+yaml")

    await apply("one", named=[{"name": "x", "value": "1"}], plain=["a"])
    both = await apply("two", named=[{"name": "y", "value": "2"}])
    assert [item["name"] for item in both.json["spec"]["named"]] == ["x", "y"]
    entry = next(one for one in both.json["metadata"]["managedFields"] if one["manager"] == "two")
    assert entry["fieldsV1"] == {
        "f:spec": {"f:named": {'k:{"name":"y"}': {".": {}, "f:name": {}, "f:value": {}}}}
    }
    less = await apply("one", plain=["a"])
    assert less.json["spec"] == {"named": [{"name": "y", "value": "2"}], "plain": ["a"]}
    assert (await apply("two", plain=["b"])).code == 409
