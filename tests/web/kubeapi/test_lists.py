"""Lists as of one version of the store: pages, exact versions, options that do not go together."""

from typing import Any

import pytest

from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
MINE = f"{CONFIGMAPS}?labelSelector=mine"


async def make(client: Client, *names: str) -> str:
    """Makes them; the version of the last."""
    version = ""
    for name in names:
        body = {"metadata": {"name": name, "labels": {"mine": "yes"}}}
        version = (await client.send("POST", CONFIGMAPS, body)).json["metadata"]["resourceVersion"]
    return version


def names(listed: Any) -> list[str]:
    return [item["metadata"]["name"] for item in listed["items"]]


async def test_every_page_shows_the_store_as_it_was_at_the_first(client: Client) -> None:
    await make(client, "a", "b", "c", "d")
    first = (await client.get(f"{MINE}&limit=2")).json
    await client.send("DELETE", f"{CONFIGMAPS}/c")
    await make(client, "e")
    rest = (await client.get(f"{MINE}&continue={first['metadata']['continue']}")).json
    assert names(first) + names(rest) == ["a", "b", "c", "d"]
    assert rest["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_how_many_are_left_is_not_said_where_labels_choose(client: Client) -> None:
    await make(client, "a", "b", "c")
    assert "remainingItemCount" not in (await client.get(f"{MINE}&limit=1")).json["metadata"]
    assert (await client.get(f"{CONFIGMAPS}?limit=1")).json["metadata"]["remainingItemCount"] == 3


async def test_a_token_that_is_too_old_comes_back_as_one_that_goes_on_all_the_same(
    client: Client, room: Room
) -> None:
    await make(client, "a", "b")
    token = (await client.get(f"{MINE}&limit=1")).json["metadata"]["continue"]
    cluster = (await rooms.open(room.code)).runner.player.cluster
    cluster.world.etcd.store.compacted = cluster.world.etcd.store.revision + 1
    gone = await client.get(f"{MINE}&limit=1&continue={token}")
    assert (gone.code, gone.json["reason"]) == (410, "Expired")
    assert "The provided continue parameter is too old" in gone.json["message"]
    again = await client.get(f"{MINE}&limit=1&continue={gone.json['metadata']['continue']}")
    assert names(again.json) == ["b"]


@pytest.mark.parametrize("token", ["garbage", "e30", "AAAA"])
async def test_a_token_that_is_none_is_refused(client: Client, token: str) -> None:
    refused = await client.get(f"{CONFIGMAPS}?limit=1&continue={token}")
    assert (refused.code, refused.json["reason"]) == (400, "BadRequest")
    assert refused.json["message"].startswith("continue key is not valid")


async def test_a_list_is_had_exactly_as_it_was(client: Client) -> None:
    version = await make(client, "a")
    await make(client, "b")
    exact = (await client.get(f"{MINE}&resourceVersion={version}&resourceVersionMatch=Exact")).json
    assert (names(exact), exact["metadata"]["resourceVersion"]) == (["a"], version)
    newer = f"{MINE}&resourceVersion={version}&resourceVersionMatch=NotOlderThan"
    assert names((await client.get(newer)).json) == ["a", "b"]


@pytest.mark.parametrize("path", [CONFIGMAPS, f"{CONFIGMAPS}/kube-root-ca.crt"])
async def test_what_is_not_there_yet_is_not_waited_for(client: Client, path: str) -> None:
    refused = await client.get(f"{path}?resourceVersion=99999999")
    assert (refused.code, refused.json["reason"]) == (504, "Timeout")
    assert refused.json["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"
    assert ("retry-after", "1") in refused.headers


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("resourceVersion=abc", 400, 'parsing "abc": invalid syntax'),
        ("resourceVersionMatch=Exact", 422, "is forbidden unless resourceVersion is provided"),
        ("resourceVersionMatch=Exact&resourceVersion=0", 422, '"exact" is forbidden'),
        ("resourceVersionMatch=Foo&resourceVersion=1", 422, 'Unsupported value: "Foo"'),
        ("sendInitialEvents=true", 422, "sendInitialEvents is forbidden for list"),
        ("watch=true&sendInitialEvents=true", 422, "sendInitialEvents requires setting"),
        ("watch=true&resourceVersionMatch=NotOlderThan", 422, "forbidden for watch unless"),
        ("limit=1&continue=e30&resourceVersion=1", 400, "is not allowed when using continue"),
    ],
)
async def test_options_that_do_not_go_together_are_refused(
    client: Client, query: str, code: int, said: str
) -> None:
    refused = await client.get(f"{CONFIGMAPS}?{query}")
    assert refused.code == code
    assert said in refused.json["message"]
