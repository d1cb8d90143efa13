"""Writes through the API: in the log, answered as the API server does, and nothing else than that."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from clustersim import seconds
from tests.web.kubeapi.asking import MERGE, Client
from tests.web.kubeapi.sockets import pod_named
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
YAML = "application/yaml"


def configmap(name: str = "settings", **data: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": data}


def deployment(name: str = "web", replicas: int = 2) -> dict[str, Any]:
    labels = {"app": name}
    spec = {"containers": [{"name": "web", "image": "nginx"}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def logged(room: Room) -> int:
    return CommandEntry.objects.filter(branch__room=room).count()


async def test_what_is_created_is_there_and_in_the_log(client: Client, room: Room) -> None:
    made = await client.send("POST", CONFIGMAPS, configmap(a="1"))
    assert (made.code, made.json["kind"], made.json["data"]) == (201, "ConfigMap", {"a": "1"})
    assert (await client.get(f"{CONFIGMAPS}/settings")).json == made.json
    entry = await CommandEntry.objects.aget(branch__room=room)
    assert (entry.actor, entry.command["do"]) == ("alice", "api-request")


async def test_a_paused_room_says_that_what_follows_waits(client: Client) -> None:
    made = await client.send("POST", CONFIGMAPS, configmap())
    assert "the room is paused" in made.warnings[0]


async def test_what_is_refused_is_not_in_the_log(client: Client, room: Room) -> None:
    await client.send("POST", CONFIGMAPS, configmap())
    again = await client.send("POST", CONFIGMAPS, configmap())
    assert (again.code, again.json["reason"]) == (409, "AlreadyExists")
    invalid = await client.send("POST", DEPLOYMENTS, {"metadata": {"name": "web"}})
    assert (invalid.code, invalid.json["reason"]) == (422, "Invalid")
    assert invalid.json["details"]["causes"]
    assert await sync_to_async(logged)(room) == 1


async def test_a_dry_run_answers_and_stores_nothing(client: Client, room: Room) -> None:
    made = await client.send("POST", f"{CONFIGMAPS}?dryRun=All", configmap())
    assert (made.code, made.json["metadata"]["name"]) == (201, "settings")
    assert (await client.get(f"{CONFIGMAPS}/settings")).code == 404
    assert await sync_to_async(logged)(room) == 0


async def test_a_generated_name_is_the_one_that_was_answered(client: Client) -> None:
    made = await client.send("POST", CONFIGMAPS, {"metadata": {"generateName": "s-"}})
    name = made.json["metadata"]["name"]
    assert (await client.get(f"{CONFIGMAPS}/{name}")).json["metadata"]["uid"] == made.json["metadata"]["uid"]


async def test_an_update_that_somebody_overtook_is_a_conflict(client: Client) -> None:
    made = (await client.send("POST", CONFIGMAPS, configmap(a="1"))).json
    changed = {**made, "data": {"a": "2"}}
    assert (await client.send("PUT", f"{CONFIGMAPS}/settings", changed)).json["data"] == {"a": "2"}
    late = await client.send("PUT", f"{CONFIGMAPS}/settings", {**made, "data": {"a": "3"}})
    assert (late.code, late.json["reason"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("type_", "patch"),
    [
        (MERGE, {"data": {"b": "2"}}),
        ("application/strategic-merge-patch+json", {"data": {"b": "2"}}),
        ("application/json-patch+json", [{"op": "add", "path": "/data/b", "value": "2"}]),
        ("application/apply-patch+yaml", b"apiVersion: v1\nkind: ConfigMap\ndata: {b: '2'}\n"),
    ],
)
async def test_a_patch_of_each_kind_changes_what_it_says(client: Client, type_: str, patch: Any) -> None:
    await client.send("POST", CONFIGMAPS, configmap(a="1"))
    answer = await client.send("PATCH", f"{CONFIGMAPS}/settings?fieldManager=me", patch, type_=type_)
    assert (answer.code, answer.json["data"]) == (200, {"a": "1", "b": "2"})


async def test_a_patch_of_an_unknown_type_is_not_supported(client: Client) -> None:
    answer = await client.send("PATCH", f"{CONFIGMAPS}/settings", {}, type_="application/json")
    assert (answer.code, answer.json["reason"]) == (415, "UnsupportedMediaType")


async def test_an_apply_creates_what_is_not_there(client: Client) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}, "data": {"a": "1"}}
    apply = "application/apply-patch+yaml"
    made = await client.send("PATCH", f"{CONFIGMAPS}/new?fieldManager=me", body, type_=apply)
    assert (made.code, made.json["metadata"]["managedFields"][0]["operation"]) == (201, "Apply")


async def test_a_long_body_of_yaml_is_read_as_a_short_one_is(client: Client) -> None:
    body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: long}\ndata:\n" + "".join(
        f"  key{n}: '{n}'\n" for n in range(2000)
    )
    made = await client.send("POST", CONFIGMAPS, body.encode(), type_="application/yaml")
    assert (made.code, made.json["data"]["key1999"]) == (201, "1999")
    broken = await client.send("POST", CONFIGMAPS, (body + "}").encode(), type_="application/yaml")
    assert (broken.code, "error converting YAML to JSON" in broken.json["message"]) == (400, True)


async def test_two_managers_who_disagree_conflict_until_one_insists(client: Client) -> None:
    apply = "application/apply-patch+yaml"
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}, "data": {"a": "1"}}
    await client.send("PATCH", f"{CONFIGMAPS}/new?fieldManager=one", body, type_=apply)
    body["data"] = {"a": "2"}
    refused = await client.send("PATCH", f"{CONFIGMAPS}/new?fieldManager=two", body, type_=apply)
    assert (refused.code, refused.json["details"]["causes"][0]["reason"]) == (409, "FieldManagerConflict")
    forced = await client.send("PATCH", f"{CONFIGMAPS}/new?fieldManager=two&force=true", body, type_=apply)
    assert forced.json["data"] == {"a": "2"}


async def test_a_scale_is_read_and_written_as_such(client: Client) -> None:
    await client.send("POST", DEPLOYMENTS, deployment())
    scale = (await client.get(f"{DEPLOYMENTS}/web/scale")).json
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 2})
    scale["spec"]["replicas"] = 5
    assert (await client.send("PUT", f"{DEPLOYMENTS}/web/scale", scale)).json["spec"] == {"replicas": 5}
    patched = await client.send("PATCH", f"{DEPLOYMENTS}/web/scale", {"spec": {"replicas": 3}}, type_=MERGE)
    assert patched.json["spec"] == {"replicas": 3}
    assert (await client.get(f"{DEPLOYMENTS}/web")).json["spec"]["replicas"] == 3


async def test_a_pod_is_deleted_in_grace_and_a_configmap_at_once(client: Client) -> None:
    name = (await client.get(PODS)).json["items"][0]["metadata"]["name"]
    answer = await client.send("DELETE", f"{PODS}/{name}", {"propagationPolicy": "Background"})
    assert answer.json["kind"] == "Pod"
    assert answer.json["metadata"]["deletionTimestamp"]
    await client.send("POST", CONFIGMAPS, configmap())
    gone = await client.send("DELETE", f"{CONFIGMAPS}/settings")
    assert (gone.json["status"], gone.json["details"]["name"]) == ("Success", "settings")


async def test_a_collection_is_deleted_by_its_labels(client: Client) -> None:
    for name in ("a", "b"):
        body = {"metadata": {"name": name, "labels": {"which": name}}}
        await client.send("POST", CONFIGMAPS, body)
    deleted = await client.send("DELETE", f"{CONFIGMAPS}?labelSelector=which%20in%20(a)")
    assert [item["metadata"]["name"] for item in deleted.json["items"]] == ["a"]
    left = (await client.get(CONFIGMAPS)).json["items"]
    assert "b" in [item["metadata"]["name"] for item in left]


async def test_an_eviction_deletes_a_pod(client: Client) -> None:
    name = (await client.get(PODS)).json["items"][0]["metadata"]["name"]
    evicted = await client.send("POST", f"{PODS}/{name}/eviction", {"metadata": {"name": name}})
    assert (evicted.code, evicted.json["status"]) == (201, "Success")
    assert (await client.get(f"{PODS}/{name}")).json["metadata"]["deletionTimestamp"]


async def test_an_eviction_that_a_budget_forbids_is_429_and_names_no_time_once_the_budget_was_counted(
    client: Client, room: Room
) -> None:
    pod = (await client.get(PODS)).json["items"][0]["metadata"]
    spec = {"minAvailable": 100, "selector": {"matchLabels": pod["labels"]}}
    await client.send(
        "POST",
        "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
        {"metadata": {"name": "all"}, "spec": spec},
    )
    cluster = (await rooms.open(room.code)).runner.player.cluster
    path, body = f"{PODS}/{pod['name']}/eviction", {"metadata": {"name": pod["name"]}}
    told = []
    for _ in range(2):
        refused = await client.send("POST", path, body)
        assert (refused.code, refused.json["reason"]) == (429, "TooManyRequests")
        told.append(dict(refused.headers).get("retry-after"))
        cluster.run_until(cluster.now + seconds(5))
    assert told == ["10", None]


async def test_a_pod_is_bound_through_either_address(client: Client) -> None:
    for name, path in (("one", f"{PODS}/one/binding"), ("two", "/api/v1/namespaces/default/bindings")):
        spec = {"containers": [{"name": "c", "image": "nginx"}], "schedulerName": "mine"}
        await client.send("POST", PODS, {"metadata": {"name": name}, "spec": spec})
        body = {"metadata": {"name": name}, "target": {"kind": "Node", "name": "n2"}}
        assert (await client.send("POST", path, body, type_="")).code == 201
        assert (await client.get(f"{PODS}/{name}")).json["spec"]["nodeName"] == "n2"


async def test_an_unknown_field_is_refused_or_warned_of_as_one_asks(client: Client) -> None:
    body = {**configmap(), "color": "red"}
    strict = await client.send("POST", f"{CONFIGMAPS}?fieldValidation=Strict", body)
    assert (strict.code, 'unknown field "color"' in strict.json["message"]) == (400, True)
    warned = await client.send("POST", CONFIGMAPS, body)
    assert warned.code == 201
    assert any("unknown field" in warning for warning in warned.warnings)


async def test_what_is_made_in_a_namespace_that_ends_is_refused_with_its_cause(client: Client) -> None:
    await client.send("POST", "/api/v1/namespaces", {"metadata": {"name": "ending"}})
    await client.send("DELETE", "/api/v1/namespaces/ending")
    refused = await client.send(
        "POST", CONFIGMAPS.replace("/default/", "/ending/"), {"metadata": {"name": "a"}}
    )
    assert (refused.code, refused.json["details"]["causes"][0]["reason"]) == (403, "NamespaceTerminating")


async def test_an_immutable_secret_does_not_become_mutable(client: Client) -> None:
    secrets = CONFIGMAPS.replace("configmaps", "secrets")
    await client.send("POST", secrets, {"metadata": {"name": "a"}, "immutable": True})
    refused = await client.send("PATCH", f"{secrets}/a", {"immutable": False}, type_=MERGE)
    assert (refused.code, refused.json["details"]["causes"][0]["field"]) == (422, "immutable")


@pytest.mark.parametrize(("about", "code"), [("default", 201), ("other", 422), ("", 201)])
async def test_an_event_is_where_what_it_is_about_is(client: Client, about: str, code: int) -> None:
    body = {"metadata": {"name": "e"}, "involvedObject": {"namespace": about}, "reason": "R"}
    assert (await client.send("POST", "/api/v1/namespaces/default/events", body)).code == code


async def test_the_approval_of_a_request_is_read_at_its_own_address(client: Client) -> None:
    path = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    request = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K"
    spec = {"request": request, "signerName": "example.com/x", "usages": ["client auth"]}
    await client.send("POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert (await client.get(f"{path}/a/approval")).json["kind"] == "CertificateSigningRequest"
    chosen = await client.get(f"{path}?fieldSelector=spec.signerName%3Dexample.com%2Fx")
    assert [one["metadata"]["name"] for one in chosen.json["items"]] == ["a"]


TWICE = b'{"metadata": {"name": "a"}, "odd": 1, "data": {"a": "1", "a": "2"}}'
TWICE_IN_YAML = b"metadata:\n  name: a\ndata:\n  a: one\n  a: two\n"


async def test_what_is_said_twice_is_refused_or_warned_of_as_one_asks(client: Client) -> None:
    refused = await client.send("POST", f"{CONFIGMAPS}?fieldValidation=Strict", TWICE)
    assert refused.code == 400
    assert 'strict decoding error: unknown field "odd", duplicate field "data.a"' in refused.json["message"]
    yaml = await client.send("POST", f"{CONFIGMAPS}?fieldValidation=Strict", TWICE_IN_YAML, type_=YAML)
    assert 'yaml: unmarshal errors:\n  line 5: key "a" already set in map' in yaml.json["message"]
    made = await client.send("POST", CONFIGMAPS, TWICE)
    assert made.json["data"] == {"a": "2"}
    assert any('duplicate field \\"data.a\\"' in warning for warning in made.warnings)
    path = f"{CONFIGMAPS}/a?fieldManager=m&fieldValidation=Strict"
    patched = await client.send("PATCH", path, TWICE_IN_YAML, type_="application/apply-patch+yaml")
    assert patched.json["message"].startswith("error decoding YAML: error converting YAML to JSON: yaml:")
    ignored = await client.send("PUT", f"{CONFIGMAPS}/a?fieldValidation=Ignore", TWICE)
    assert [one for one in ignored.warnings if "field" in one] == []


async def test_a_version_that_is_no_number_does_not_hinder_creation(client: Client) -> None:
    made = await client.send("POST", CONFIGMAPS, {"metadata": {"name": "a", "resourceVersion": "v1"}})
    assert (made.code, made.json["metadata"]["resourceVersion"] != "v1") == (201, True)
    refused = await client.send("POST", CONFIGMAPS, {"metadata": {"name": "b", "resourceVersion": "7"}})
    assert (refused.code, "reason" in refused.json) == (500, False)


async def test_what_was_emptied_by_an_apply_is_filled_by_the_next(client: Client) -> None:
    path = f"{CONFIGMAPS}/a?fieldManager=m"
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    found = []
    for data in ({"x": "1"}, {}, {"y": "2"}):
        body = json.dumps({**manifest, "data": data}).encode()
        applied = await client.send("PATCH", path, body, type_="application/apply-patch+yaml")
        found.append(applied.json.get("data"))
    assert found == [{"x": "1"}, None, {"y": "2"}]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_a_model_cannot_do_is_refused_in_words(client: Client, method: str) -> None:
    name = await pod_named(client, "tomcat")
    answer = await client.send(method, f"{PODS}/{name}/portforward")
    assert (answer.code, answer.json["kind"]) == (400, "Status")
    assert "of this model" in answer.json["message"]


async def test_without_an_api_server_nothing_is_answered_and_nothing_logged(
    client: Client, room: Room
) -> None:
    hub = await rooms.open(room.code)
    hub.runner.player.cluster.process("apiserver").kill()
    for method, path, body in (("GET", PODS, None), ("POST", CONFIGMAPS, configmap()), ("GET", "/api", None)):
        answer = await client.send(method, path, body)
        assert (answer.code, answer.json["reason"]) == (503, "ServiceUnavailable")
    assert await sync_to_async(logged)(room) == 0


async def test_without_etcd_requests_time_out(client: Client, room: Room) -> None:
    hub = await rooms.open(room.code)
    hub.runner.player.cluster.process("etcd").kill()
    assert (await client.send("POST", CONFIGMAPS, configmap())).code == 504


async def test_the_components_are_asked_whenever_somebody_looks(room: Room, client: Client) -> None:
    path = "/api/v1/componentstatuses"
    names = [item["metadata"]["name"] for item in (await client.get(path)).json["items"]]
    assert sorted(names) == ["controller-manager", "etcd-0", "scheduler"]
    (await rooms.open(room.code)).runner.player.cluster.process("scheduler").kill()
    condition = (await client.get(f"{path}/scheduler")).json["conditions"][0]
    assert (condition["type"], condition["status"]) == ("Healthy", "False")


async def test_a_binding_that_is_none_is_refused(client: Client) -> None:
    for body in ({"metadata": "100m"}, {"metadata": None}, {}):
        answer = await client.send("POST", "/api/v1/namespaces/default/bindings", body)
        assert answer.code in (400, 404, 422)


async def test_the_api_server_tells_what_of_its_health_is_not_well(room: Room, client: Client) -> None:
    assert (await client.get("/livez")).body == b"ok"
    lines = (await client.get("/readyz?verbose")).body.decode().splitlines()
    assert lines[0] == "[+]ping ok"
    assert lines[-1] == "readyz check passed"
    (await rooms.open(room.code)).runner.player.cluster.process("etcd").kill()
    answer = await client.get("/readyz")
    assert (answer.code, b"[-]etcd failed: reason withheld" in answer.body) == (500, True)
    assert (await client.get("/readyz/ping")).code == 200
    assert (await client.get("/readyz/nothing")).code == 404


async def test_an_ephemeral_container_is_put_in_at_its_own_address(client: Client) -> None:
    name = (await client.get(PODS)).json["items"][0]["metadata"]["name"]
    part = f"{PODS}/{name}/ephemeralcontainers"
    entries = {entry["name"]: entry for entry in (await client.get("/api/v1")).json["resources"]}
    assert entries["pods/ephemeralcontainers"]["verbs"] == ["get", "patch", "update"]
    pod = (await client.get(part)).json
    pod["spec"]["ephemeralContainers"] = [{"name": "debugger", "image": "busybox"}]
    put = await client.send("PUT", part, pod)
    assert (put.code, put.json["spec"]["ephemeralContainers"][0]["name"]) == (200, "debugger")
    another = {"spec": {"ephemeralContainers": [{"name": "second", "image": "busybox"}]}}
    patched = await client.send("PATCH", part, another, type_="application/strategic-merge-patch+json")
    assert {one["name"] for one in patched.json["spec"]["ephemeralContainers"]} == {"debugger", "second"}
    assert (await client.send("DELETE", part)).code == 405


async def test_plain_writes_are_remembered_by_the_name_of_the_program(client: Client) -> None:
    body = {"metadata": {"name": "a"}, "data": {"k": "v"}}
    await client.send("POST", CONFIGMAPS, body)
    [entry] = (await client.get(f"{CONFIGMAPS}/a")).json["metadata"]["managedFields"]
    assert (entry["operation"], entry["fieldsV1"]) == ("Update", {"f:data": {".": {}, "f:k": {}}})
    applied = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", **body, "data": {"k": "w"}}).encode()
    path = f"{CONFIGMAPS}/a?fieldManager=m"
    told = await client.send("PATCH", path, applied, type_="application/apply-patch+yaml")
    assert told.code == 409
    assert told.json["message"] == (
        f'Apply failed with 1 conflict: conflict with "{entry["manager"]}" using v1: .data.k'
    )


async def test_what_is_sent_back_as_it_came_changes_nothing(client: Client) -> None:
    """The fields of components are told, and may come back."""
    path = "/api/v1/nodes/n2"
    before = (await client.get(path)).json
    assert {one["manager"] for one in before["metadata"]["managedFields"]} == {"kubelet"}
    after = (await client.send("PUT", path, before)).json
    assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


async def test_what_makes_pods_that_a_namespace_does_not_allow_is_warned_of(client: Client) -> None:
    body = {"metadata": {"labels": {"pod-security.kubernetes.io/warn": "baseline"}}}
    await client.send("PATCH", "/api/v1/namespaces/default", body, type_=MERGE)
    spec = {"hostNetwork": True, "containers": [{"name": "a", "image": "x"}]}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": spec}
    made = {
        "metadata": {"name": "w"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template},
    }
    answer = await client.send("POST", "/apis/apps/v1/namespaces/default/deployments", made)
    assert "would violate PodSecurity" in str(answer.headers)
