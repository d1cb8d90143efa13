"""The range of Services' addresses, and addresses as objects."""

import ipaddress

import pytest

from tests.web.kubeapi.asking import Client


async def test_the_range_of_services_is_an_object_that_is_there(client: Client) -> None:
    path = "/apis/networking.k8s.io/v1/servicecidrs"
    found = (await client.get(f"{path}/kubernetes")).json
    service = (await client.get("/api/v1/namespaces/default/services/kubernetes")).json
    network = ipaddress.ip_network(found["spec"]["cidrs"][0])
    assert str(network[1]) == service["spec"]["clusterIP"]
    assert found["status"]["conditions"][0]["status"] == "True"
    assert [one["metadata"]["name"] for one in (await client.get(path)).json["items"]] == ["kubernetes"]


@pytest.mark.parametrize(
    ("name", "code"), [("fe80::42:1dff:fe84:f9e2", 201), ("10.0.0.1", 201), ("fe80:0::1", 422), ("x", 422)]
)
async def test_an_address_is_called_what_it_is(client: Client, name: str, code: int) -> None:
    body = {"metadata": {"name": name}, "spec": {"parentRef": {"resource": "services", "name": "s"}}}
    answer = await client.send("POST", "/apis/networking.k8s.io/v1/ipaddresses", body)
    assert answer.code == code
