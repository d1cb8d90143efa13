"""`pods/NAME/log`: who is asked, and what fails on the way."""

import pytest

from clustersim import Command
from tests.web.kubeapi.asking import Client
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

PODS = "/api/v1/namespaces/default/pods"


async def pod_and_node(room: Room) -> tuple[str, str]:
    pod = (await Client(room).get(PODS)).json["items"][0]
    return pod["metadata"]["name"], pod["spec"]["nodeName"]


async def test_programs_of_the_model_write_no_lines(room: Room) -> None:
    name, _node = await pod_and_node(room)
    answer = await Client(room).get(f"{PODS}/{name}/log")
    assert (answer.code, answer.body) == (200, b"")


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
