"""What a server has, as clients find out: groups, versions, resources, and their schemas."""

import json
import re
from typing import Any

import pytest

from tests.web.kubeapi.asking import Client

pytestmark = pytest.mark.django_db(transaction=True)


AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"
JSON_PATCH = "application/json-patch+json"
SCHEMA = "/spec/versions/0/schema/openAPIV3Schema"

every_release = pytest.mark.parametrize("room", ["v1.7", "v1.8", "v1.36"], indirect=True)


@every_release
async def test_every_group_and_version_that_is_named_has_its_list_of_resources(client: Client) -> None:
    assert (await client.get("/api")).json["versions"] == ["v1"]
    groups = (await client.get("/apis")).json
    assert groups["kind"] == "APIGroupList"
    for group in groups["groups"]:
        assert group["preferredVersion"] == group["versions"][0]
        for version in group["versions"]:
            answer = await client.get(f"/apis/{version['groupVersion']}")
            assert (answer.code, answer.json["groupVersion"]) == (200, version["groupVersion"])


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
async def test_discovery_in_one_document_repeats_the_type_it_was_asked_for(
    client: Client, version: str
) -> None:
    asked = AGGREGATED.format(version)
    for path in ("/api", "/apis"):
        answer = await client.get(path, accept=f"{asked},application/json")
        assert dict(answer.headers)["content-type"] == asked
        assert answer.json["apiVersion"] == f"apidiscovery.k8s.io/{version}"


async def test_both_forms_of_discovery_tell_the_same_resources(client: Client) -> None:
    asked = AGGREGATED.format("v2")
    found = {}
    for path in ("/api", "/apis"):
        for group in (await client.get(path, accept=asked)).json["items"]:
            for version in group["versions"]:
                name = group["metadata"].get("name")
                found[f"/apis/{name}/{version['version']}" if name else "/api/v1"] = version["resources"]
    assert {"/api/v1", "/apis/apps/v1"} <= found.keys()
    for path, resources in found.items():
        plain = (await client.get(path)).json["resources"]
        parts = [
            f"{one['resource']}/{sub['subresource']}"
            for one in resources
            for sub in one.get("subresources", ())
        ]
        names = [one["resource"] for one in resources]
        assert sorted(entry["name"] for entry in plain) == sorted([*names, *parts])


async def test_a_drain_finds_the_eviction_of_pods_among_the_resources(client: Client) -> None:
    entries = {entry["name"]: entry for entry in (await client.get("/api/v1")).json["resources"]}
    eviction = entries["pods/eviction"]
    assert (eviction["kind"], eviction["group"], eviction["version"]) == ("Eviction", "policy", "v1")


async def test_a_scale_is_discovered_as_one_of_autoscaling(client: Client) -> None:
    entries = {entry["name"]: entry for entry in (await client.get("/apis/apps/v1")).json["resources"]}
    scale = entries["deployments/scale"]
    assert (scale["kind"], scale["group"], scale["version"]) == ("Scale", "autoscaling", "v1")


async def test_get_all_means_pods_services_and_workloads(client: Client) -> None:
    found = [
        entry["name"]
        for path in ("/api/v1", "/apis/apps/v1", "/apis/batch/v1", "/apis/autoscaling/v2")
        for entry in (await client.get(path)).json["resources"]
        if "all" in entry.get("categories", ())
    ]
    assert set(found) == {
        "pods", "replicationcontrollers", "services", "daemonsets", "deployments", "replicasets",
        "statefulsets", "cronjobs", "jobs", "horizontalpodautoscalers",
    }  # fmt: skip


async def test_addresses_may_end_in_a_slash(client: Client) -> None:
    for path in ("/version/", "/apis/", "/api/v1/"):
        assert (await client.get(path)).code == 200


# --- schemas -----------------------------------------------------------------------------------------------


@every_release
async def test_the_old_schema_comes_as_protobuf_under_a_type_without_an_at(client: Client) -> None:
    answer = await client.get(
        "/openapi/v2", accept="application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    )
    type_ = dict(answer.headers)["content-type"]
    assert (answer.code, type_) == (200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")


@every_release
async def test_every_schema_that_is_named_is_served(client: Client) -> None:
    paths = (await client.get("/openapi/v3")).json["paths"]
    assert "api/v1" in paths
    for path, entry in paths.items():
        assert f"/openapi/v3/{path}" in entry["serverRelativeURL"]
        schemas = (await client.get(f"/openapi/v3/{path}")).json["components"]["schemas"]
        assert schemas or path != "api/v1"


@every_release
async def test_schemas_name_what_stands_in_their_paths_and_lead_to_what_is_there(client: Client) -> None:
    for path in (await client.get("/openapi/v3")).json["paths"]:
        document = (await client.get(f"/openapi/v3/{path}")).json
        for place, operations in document["paths"].items():
            named = [one["name"] for one in operations.get("parameters", ())]
            assert sorted(named) == sorted(re.findall(r"{(\w+)}", place))
        for reference in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
            assert reference in document["components"]["schemas"]


@every_release
async def test_the_old_schema_is_json_for_those_who_do_not_ask_for_protobuf(client: Client) -> None:
    document = (await client.get("/openapi/v2")).json
    assert (document["swagger"], "io.k8s.api.core.v1.Pod" in document["definitions"]) == ("2.0", True)
    text = json.dumps(document)
    assert "#/components/" not in text
    for reference in re.findall(r'"#/definitions/([^"]+)"', text):
        assert reference in document["definitions"]
    post = document["paths"]["/api/v1/namespaces/{namespace}/pods"]["post"]
    assert [one["schema"] for one in post["parameters"] if one["in"] == "body"] == [
        {"$ref": "#/definitions/io.k8s.api.core.v1.Pod"}
    ]


async def test_the_old_schema_has_the_kinds_that_somebody_added(client: Client) -> None:
    spec = {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "crontabs", "kind": "CronTab"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {"size": {"x-kubernetes-int-or-string": True}},
                    }
                },
            }
        ],
    }
    await client.send(
        "POST",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        {"metadata": {"name": "crontabs.example.com"}, "spec": spec},
    )
    definitions = (await client.get("/openapi/v2")).json["definitions"]
    assert definitions["com.example.v1.CronTab"]["properties"]["size"]["format"] == "int-or-string"


def defined(plural: str, group: str) -> dict[str, Any]:
    """A definition of something in a group, with a short name."""
    schema = {"openAPIV3Schema": {"type": "object"}}
    return {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": plural.title(), "shortNames": ["exmp"]},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


async def test_added_groups_are_told_in_the_order_of_their_names(client: Client) -> None:
    """kubectl takes the first of two that have the same short name."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for plural, group in (("examples", "test.com"), ("foos", "bar.com")):
        assert (await client.send("POST", definitions, defined(plural, group))).code == 201
    names = [group["name"] for group in (await client.get("/apis")).json["groups"]]
    assert names.index("bar.com") < names.index("test.com")


@pytest.mark.parametrize(
    ("path", "name", "digest"),
    [
        ("/api/v1", "configmaps", "qFsyl6wFWjQ="),
        ("/api/v1", "events", "r2yiGXH7wu8="),
        ("/apis/events.k8s.io/v1", "events", "r2yiGXH7wu8="),
        ("/api/v1", "pods/status", None),
        ("/api/v1", "bindings", None),
        ("/api/v1", "componentstatuses", None),
    ],
)
async def test_a_digest_tells_by_which_version_something_is_stored(
    client: Client, path: str, name: str, digest: str | None
) -> None:
    entries = {entry["name"]: entry for entry in (await client.get(path)).json["resources"]}
    assert entries[name].get("storageVersionHash") == digest


async def test_the_schema_of_an_added_kind_explains_what_every_object_has(client: Client) -> None:
    """test/e2e/apimachinery/crd_publish_openapi.go: kubectl explain."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert (await client.send("POST", definitions, defined("foos", "bar.com"))).code == 201
    found = (await client.get("/openapi/v3/apis/bar.com/v1")).json["components"]["schemas"]
    texts = {name: one["description"] for name, one in found["com.bar.v1.Foos"]["properties"].items()}
    assert texts["apiVersion"].startswith("APIVersion defines the versioned schema")
    assert texts["kind"].startswith("Kind is a string value representing the REST resource")
    assert texts["metadata"].startswith("Standard object's metadata. More info: https://git.k8s.io/")


async def test_objects_are_shown_with_the_defaults_of_today(client: Client) -> None:
    """test/e2e/apimachinery/custom_resource_definition.go: defaulting from storage. A condition without time
    says nothing of it."""
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert (await client.send("POST", definitions, defined("foos", "bar.com"))).code == 201
    path = "/apis/bar.com/v1/namespaces/default/foos"
    assert (await client.send("POST", path, {"kind": "Foos", "metadata": {"name": "old"}})).code == 201
    properties = {"size": {"type": "integer", "default": 3}}
    change = [{"op": "add", "path": f"{SCHEMA}/properties", "value": properties}]
    changed = await client.send("PATCH", f"{definitions}/foos.bar.com", change, type_=JSON_PATCH)
    assert changed.code == 200
    assert (await client.get(f"{path}/old")).json["size"] == 3
    assert [one["size"] for one in (await client.get(path)).json["items"]] == [3]
    told = [{"op": "add", "path": "/status/conditions", "value": [{"message": "patched"}]}]
    patched = await client.send("PATCH", f"{definitions}/foos.bar.com/status", told, type_=JSON_PATCH)
    assert "lastTransitionTime" not in patched.json["status"]["conditions"][0]
