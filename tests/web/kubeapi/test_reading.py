"""Reads as clients make them: discovery, schemas, tables, lists in pages, and how they are refused."""

import json
import re
import time
from typing import Any

import pytest

from tests.web.kubeapi.asking import Client
from visualizer.rooms.flow import Allowances
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"


JSON_PATCH = "application/json-patch+json"
SCHEMA = "/spec/versions/0/schema/openAPIV3Schema"

every_release = pytest.mark.parametrize("room", ["v1.7", "v1.8", "v1.36"], indirect=True)
of_v1_7 = pytest.mark.parametrize("room", ["v1.7"], indirect=True)


async def make(client: Client, *names: str) -> None:
    for name in names:
        made = await client.send("POST", CONFIGMAPS, {"metadata": {"name": name, "labels": {"mine": "yes"}}})
        assert made.code == 201


# --- discovery ---------------------------------------------------------------------------------------------


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


# --- tables ------------------------------------------------------------------------------------------------


async def test_a_table_has_columns_cells_and_the_metadata_of_each_object(client: Client) -> None:
    table = (await client.get(PODS, accept=TABLE)).json
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert int(table["metadata"]["resourceVersion"]) > 0
    names = [column["name"] for column in table["columnDefinitions"]]
    assert [column["priority"] for column in table["columnDefinitions"]] == [0] * 5 + [1] * 4
    for row in table["rows"]:
        assert len(row["cells"]) == len(names)
        assert row["object"]["kind"] == "PartialObjectMetadata"
        assert row["cells"][0] == row["object"]["metadata"]["name"]
        assert row["object"]["metadata"]["namespace"] == "default"
        assert row["object"]["metadata"]["uid"]
        assert row["object"]["metadata"]["labels"]


@pytest.mark.parametrize(
    ("asked", "kind"), [("Object", "Pod"), ("Metadata", "PartialObjectMetadata"), ("None", None)]
)
async def test_rows_carry_as_much_of_an_object_as_is_asked_for(
    client: Client, asked: str, kind: str | None
) -> None:
    table = (await client.get(f"{PODS}?includeObject={asked}", accept=TABLE)).json
    assert {row.get("object", {}).get("kind") for row in table["rows"]} == {kind}


async def test_the_table_of_one_object_has_its_version(client: Client) -> None:
    await make(client, "a")
    version = (await client.get(f"{CONFIGMAPS}/a")).json["metadata"]["resourceVersion"]
    table = (await client.get(f"{CONFIGMAPS}/a", accept=TABLE)).json
    assert table["metadata"] == {"resourceVersion": version}
    assert len(table["rows"]) == 1


@of_v1_7
async def test_columns_of_a_table_are_those_of_the_rooms_release(client: Client) -> None:
    table = (await client.get("/api/v1/nodes", accept=TABLE)).json
    shown = [column["name"] for column in table["columnDefinitions"] if not column["priority"]]
    assert shown == ["Name", "Status", "Age", "Version"]


# --- lists -------------------------------------------------------------------------------------------------


async def test_pages_go_on_until_there_is_no_token(client: Client) -> None:
    await make(client, "a", "b", "c")
    names: list[str] = []
    left: list[Any] = []
    token = ""
    while True:
        page = (await client.get(f"{CONFIGMAPS}?limit=2&continue={token}")).json
        names += [item["metadata"]["name"] for item in page["items"]]
        left.append(page["metadata"].get("remainingItemCount"))
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert (names, left) == (["a", "b", "c", "kube-root-ca.crt"], [2, None])


async def test_the_version_of_a_list_is_that_of_the_whole_store(client: Client) -> None:
    before = int((await client.get(PODS)).json["metadata"]["resourceVersion"])
    await make(client, "a")
    assert int((await client.get(PODS)).json["metadata"]["resourceVersion"]) == before + 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        *((PODS, name) for name in ("metadata.name", "metadata.namespace", "spec.nodeName", "status.phase")),
        *((PODS, name) for name in ("spec.schedulerName", "status.podIP", "spec.restartPolicy")),
        ("/api/v1/nodes", "spec.unschedulable"),
        *(
            ("/api/v1/events", f"involvedObject.{name}")
            for name in ("kind", "name", "namespace", "uid", "apiVersion", "fieldPath")
        ),
        *(("/api/v1/events", name) for name in ("reason", "type", "source")),
    ],
)
async def test_what_kubectl_selects_by_can_be_selected_by(client: Client, path: str, field: str) -> None:
    every = (await client.get(path)).json["items"]
    some = (await client.get(f"{path}?fieldSelector={field}%3Dnothing-has-this")).json["items"]
    others = (await client.get(f"{path}?fieldSelector={field}%21%3Dnothing-has-this")).json["items"]
    assert (some, others) == ([], every)


async def test_terms_of_a_selector_come_in_any_order(client: Client) -> None:
    terms = ("status.phase%21%3DFailed", "spec.nodeName%3Dn1", "status.phase%21%3DSucceeded")
    found = [
        (await client.get(f"{PODS}?fieldSelector={'%2C'.join(order)}")).json["items"]
        for order in (terms, terms[::-1])
    ]
    assert found[0] == found[1]
    assert {item["spec"]["nodeName"] for item in found[0]} == {"n1"}


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (f"{PODS}/x", 'pods "x" not found'),
        ("/apis/apps/v1/namespaces/default/deployments/x", 'deployments.apps "x" not found'),
    ],
)
async def test_what_is_not_there_is_named_with_its_group(client: Client, path: str, message: str) -> None:
    status = (await client.get(path)).json
    assert (status["kind"], status["status"], status["reason"]) == ("Status", "Failure", "NotFound")
    assert (status["code"], status["message"], status["details"]["name"]) == (404, message, "x")


async def test_an_address_that_is_not_served_is_refused_with_a_status(client: Client) -> None:
    for path in ("/apis/example.org/v1", "/apis/example.org/v1/things", "/nowhere"):
        answer = await client.get(path)
        assert (answer.code, answer.json["kind"], answer.json["reason"]) == (404, "Status", "NotFound")


async def test_a_method_that_an_address_does_not_know_is_not_allowed(client: Client) -> None:
    asked = [("PUT", PODS), ("PATCH", PODS), ("POST", f"{PODS}/x"), ("POST", "/version"), ("TRACE", PODS)]
    for method, path in asked:
        answer = await client.send(method, path, {})
        assert (answer.code, answer.json["reason"]) == (405, "MethodNotAllowed")


async def test_a_client_that_would_rather_have_protobuf_takes_json(client: Client) -> None:
    accept = "application/vnd.kubernetes.protobuf,application/json"
    assert (await client.get(PODS, accept=accept)).json["kind"] == "PodList"


async def test_an_event_of_events_k8s_io_always_has_its_time(client: Client) -> None:
    events = (await client.get("/apis/events.k8s.io/v1/events")).json["items"]
    assert events
    assert all(event["eventTime"] for event in events)


async def test_events_are_selected_by_the_names_of_their_version(client: Client) -> None:
    """test/e2e/instrumentation/events.go."""
    made = {
        "metadata": {"name": "told", "namespace": "default"},
        "eventTime": "2017-09-26T07:00:00.000000Z",
        "reportingController": "tester",
        "reportingInstance": "one",
        "action": "Test",
        "reason": "Test",
        "type": "Normal",
        "regarding": {"kind": "Pod", "name": "p", "namespace": "default"},
    }
    path = "/apis/events.k8s.io/v1/namespaces/default/events"
    assert (await client.send("POST", path, made)).code == 201
    for asked in (
        "/api/v1/namespaces/default/events?fieldSelector=source%3Dtester",
        f"{path}?fieldSelector=reportingController%3Dtester",
        f"{path}?fieldSelector=regarding.name%3Dp,reportingController%3Dtester",
    ):
        found = (await client.get(asked)).json["items"]
        assert [one["metadata"]["name"] for one in found] == ["told"], asked


@pytest.mark.parametrize("room", ["v1.8", "v1.36"], indirect=True)
async def test_what_is_deprecated_is_warned_of(client: Client, room: Room) -> None:
    answer = await client.get("/api/v1/namespaces/default/endpoints")
    warned = ["v1 Endpoints is deprecated in v1.33+" in warning for warning in answer.warnings]
    assert (answer.code, warned) == (200, [True] if room.release == "v1.36" else [])
    assert (await client.get("/api/v1/services")).warnings == []


async def test_versions_of_added_kinds_are_deprecated_as_their_definition_says(client: Client) -> None:
    schema = {"openAPIV3Schema": {"type": "object"}}
    told = {
        "v1alpha1": {"deprecated": True, "deprecationWarning": "let it be"},
        "v1beta1": {"deprecated": True},
    }
    names = ("v1", "v1beta1", "v1alpha1", "v2beta1")
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema, **told.get(name, {})}
        for name in names
    ]
    kind = {"plural": "things", "kind": "Thing"}
    spec = {"group": "example.com", "scope": "Cluster", "names": kind, "versions": versions}
    made = {"metadata": {"name": "things.example.com"}, "spec": spec}
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    assert (await client.send("POST", definitions, made)).code == 201
    warnings = {name: (await client.get(f"/apis/example.com/{name}/things")).warnings for name in names}
    assert warnings == {
        "v1": [],
        "v1beta1": ['299 - "example.com/v1beta1 Thing is deprecated; use example.com/v1 Thing"'],
        "v1alpha1": ['299 - "let it be"'],
        "v2beta1": [],
    }
    thing = {"apiVersion": "example.com/v1alpha1", "kind": "Thing", "metadata": {"name": "a"}}
    assert (
        '299 - "let it be"'
        in (await client.send("POST", "/apis/example.com/v1alpha1/things", thing)).warnings
    )


async def test_who_asks_too_much_waits_for_a_turn_and_is_refused_when_too_many_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.app, "_limits", Allowances(20.0, 1, most=10))
    begun = time.monotonic()
    assert [(await client.get("/version")).code for _ in range(5)] == [200] * 5
    assert time.monotonic() - begun > 0.15
    monkeypatch.setattr(client.app, "_limits", Allowances(0.01, 1, most=10))
    assert (await client.get("/version")).code == 200
    refused = await client.get("/version")
    assert (refused.code, ("retry-after", "1") in refused.headers) == (429, True)
