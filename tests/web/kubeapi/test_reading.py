"""Reads as clients make them: tables, lists in pages, and how they are refused."""

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


of_v1_7 = pytest.mark.parametrize("room", ["v1.7"], indirect=True)


async def make(client: Client, *names: str) -> None:
    for name in names:
        made = await client.send("POST", CONFIGMAPS, {"metadata": {"name": name, "labels": {"mine": "yes"}}})
        assert made.code == 201


# --- discovery ---------------------------------------------------------------------------------------------


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
