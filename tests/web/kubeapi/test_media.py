"""The media types that clients take: what they get, and that they are told where nothing fits."""

import gzip
import json

import pytest
import yaml

from tests.web.kubeapi.asking import Client
from visualizer.kubeapi.media import Media, negotiated
from visualizer.kubeapi.responses import WireError

pytestmark = pytest.mark.django_db(transaction=True)

NODES = "/api/v1/nodes"
CONFIGMAPS = "/api/v1/namespaces/default/configmaps"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", Media()),
        ("*/*", Media()),
        ("application/vnd.kubernetes.protobuf, */*", Media()),
        ("application/json;q=0.5, application/yaml", Media("application/yaml")),
        ("application/json;as=Table;v=v1;g=meta.k8s.io", Media(form="table")),
        (
            "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
            Media(form="table", meta_version="meta.k8s.io/v1beta1"),
        ),
        ("application/json;as=Table;v=v9;g=meta.k8s.io, application/json", Media()),
        ("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", Media(form="metadata")),
    ],
)
def test_the_first_that_can_be_had_is_taken(accept: str, media: Media) -> None:
    assert negotiated(accept) == media


@pytest.mark.parametrize(
    "accept",
    [
        "application/xml",
        "application/vnd.kubernetes.protobuf",
        "application/json;as=Table;v=v9;g=meta.k8s.io",
    ],
)
async def test_who_takes_nothing_that_can_be_had_is_told_what_can(client: Client, accept: str) -> None:
    with pytest.raises(WireError):
        negotiated(accept)
    for method, body in (("GET", None), ("POST", {"metadata": {"name": "a"}})):
        refused = await client.send(method, CONFIGMAPS, body, accept=accept)
        assert (refused.code, refused.json["reason"]) == (406, "NotAcceptable")
    assert (await client.get(f"{CONFIGMAPS}/a")).code == 404


async def test_what_is_only_answered_has_no_table(client: Client) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    body = {"spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}}}
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    assert (await client.send("POST", path, body, accept=table)).code == 406


async def test_an_answer_comes_as_yaml_short_or_long(client: Client) -> None:
    for path in (f"{NODES}/n1", "/api/v1/events", "/api/v1/pods"):
        answer = await client.get(path, accept="application/yaml")
        assert ("content-type", "application/yaml") in answer.headers
        assert yaml.safe_load(answer.body) == (await client.get(path)).json
    assert not (await client.get(f"{NODES}/n1", accept="application/yaml")).body.startswith(b"{")


async def test_a_write_answers_in_the_form_that_is_asked_for(client: Client) -> None:
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    made = await client.send("POST", CONFIGMAPS, {"metadata": {"name": "a"}}, accept=table)
    assert (made.code, made.json["kind"], made.json["rows"][0]["cells"][0]) == (201, "Table", "a")


async def test_what_is_long_is_packed_for_those_who_can_unpack_it(client: Client) -> None:
    data = {f"k{number}": "x" * 900 for number in range(200)}
    await client.send("POST", CONFIGMAPS, {"metadata": {"name": "long"}, "data": data})
    packed = await client.get(f"{CONFIGMAPS}/long", more=((b"accept-encoding", b"gzip"),))
    assert ("content-encoding", "gzip") in packed.headers
    assert json.loads(gzip.decompress(packed.body))["data"] == data
    short = await client.get(f"{NODES}/n1", more=((b"accept-encoding", b"gzip"),))
    assert short.json["kind"] == "Node"


async def test_rows_carry_nothing_that_is_not_known(client: Client) -> None:
    table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    refused = await client.get(f"{NODES}?includeObject=All", accept=table)
    assert (refused.code, refused.json["message"]) == (400, 'unrecognized includeObject value: "All"')
