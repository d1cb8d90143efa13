"""`pods/NAME/log`: who is asked, and what fails on the way."""

import pytest

from clustersim import Command
from tests.web.kubeapi.asking import Client, client_of
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"


async def pod_and_node(room: Room) -> tuple[str, str]:
    pod = (await Client(room).get(PODS)).json["items"][0]
    return pod["metadata"]["name"], pod["spec"]["nodeName"]


async def test_of_a_program_that_is_not_modelled_nothing_is_known_and_that_is_said(room: Room) -> None:
    name, _node = await pod_and_node(room)
    answer = await Client(room).get(f"{PODS}/{name}/log")
    assert (answer.code, answer.body) == (200, b"")
    assert "does not know all" in answer.warnings[0]


@pytest.mark.parametrize(
    ("do", "said"), [("power-off", "no route to host"), ("stop-kubelet", "connection refused"),
                     ("cut-network", "i/o timeout"), ("hang-kubelet", "does not answer")],
)  # fmt: skip
async def test_what_fails_on_the_way_to_a_container_is_told(room: Room, do: str, said: str) -> None:
    name, node = await pod_and_node(room)
    (await rooms.open(room.code)).runner.player.run.apply(Command(do, node))
    answer = await Client(room).get(f"{PODS}/{name}/log")
    assert answer.code in (500, 504)
    assert said in answer.json["message"]


async def test_a_container_that_is_not_there_is_not_valid(room: Room) -> None:
    name, _node = await pod_and_node(room)
    answer = await Client(room).get(f"{PODS}/{name}/log?container=nobody")
    assert (answer.code, answer.json["message"]) == (400, f"container nobody is not valid for pod {name}")


COUNTER = {
    "metadata": {"name": "counter"},
    "spec": {
        "containers": [
            {"name": "c", "image": "busybox", "command": ["sh", "-c", "while true; do date; sleep 1; done"]}
        ]
    },
}


async def counting(room: Room) -> Client:
    """A pod that writes the date every second has run for 20 s."""
    client = await client_of(room)
    assert (await client.send("POST", PODS, COUNTER)).code == 201
    hub = await rooms.open(room.code)
    hub.runner.player.run.run_until(hub.runner.player.now + 20_000_000)
    return client


async def test_the_last_lines_come_with_their_moments(room: Room) -> None:
    client = await counting(room)
    whole = (await client.get(f"{PODS}/counter/log")).body.decode().splitlines()
    assert len(whole) >= 15
    last = await client.get(f"{PODS}/counter/log?tailLines=2&timestamps=true")
    lines = last.body.decode().splitlines()
    assert [line.split("Z ", 1)[1] for line in lines] == whole[-2:]
    assert (await client.get(f"{PODS}/counter/log?limitBytes=7")).body == whole[0][:7].encode()
    assert len((await client.get(f"{PODS}/counter/log?sinceSeconds=5")).body.splitlines()) in (5, 6)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("tailLines=-1", "tailLines: Invalid value: -1: must be greater than or equal to 0"),
        ("limitBytes=0", "limitBytes: Invalid value: 0: must be greater than 0"),
        ("sinceSeconds=0", "sinceSeconds: Invalid value: 0: must be greater than 0"),
    ],
)
async def test_wrong_wishes_are_refused_in_the_words_of_the_api(room: Room, query: str, told: str) -> None:
    client = await counting(room)
    answer = await client.get(f"{PODS}/counter/log?{query}")
    assert (answer.code, answer.json["message"]) == (422, f'PodLogOptions "counter" is invalid: {told}')


async def test_a_pod_without_a_node_has_no_log_and_nobody_is_asked(room: Room) -> None:
    client = await client_of(room)
    spec = {**COUNTER["spec"], "nodeSelector": {"no": "where"}}
    assert (await client.send("POST", PODS, {**COUNTER, "spec": spec})).code == 201
    answer = await client.get(f"{PODS}/counter/log")
    assert (answer.code, answer.body) == (204, b"")
