"""The console of a room: what it prints, what it changes, and who may."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from clustersim.console import LONGEST_LINE
from tests.conftest import PATIENCE
from tests.web.viewers import Frame, Viewer, cookie_of
from visualizer.rooms.models import CommandEntry, Room
from visualizer.rooms.registry import rooms

pytestmark = pytest.mark.django_db(transaction=True)

BUDGET = (
    "kubectl apply -f -\napiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: p}\n"
    "spec: {minAvailable: 3, selector: {matchLabels: {app: tomcat}}}\n"
)

Type = Callable[..., Awaitable[Frame]]


async def typed(viewer: Viewer, line: str, **more: Any) -> Frame:
    await viewer.say(type="console", id="1", line=line, **more)
    return await viewer.hear("console-output")


def done(entry: CommandEntry) -> tuple[str, str]:
    return entry.command["do"], entry.command["target"]


def cluster_of(room: Room) -> Any:
    hub = rooms.running(room.code)
    assert hub is not None
    return hub.runner.player.cluster


async def test_a_line_is_answered_with_what_kubectl_prints(viewer: Viewer) -> None:
    output = await typed(viewer, "kubectl get nodes")
    assert output["id"] == "1"
    assert output["ok"]
    assert output["text"].splitlines()[0].split() == ["NAME", "STATUS", "AGE", "VERSION"]
    assert [line.split()[1] for line in output["text"].splitlines()[1:]] == ["Ready"] * 3


async def test_looking_changes_nothing(room: Room, viewer: Viewer) -> None:
    before = cluster_of(room).state_hash()
    for line in ("kubectl get jobs", "kubectl describe node n1", "ssh n1", "kubectl get pods -o yaml"):
        await typed(viewer, line)
    await typed(viewer, "docker ps", where="n1")
    assert cluster_of(room).state_hash() == before


async def test_what_changes_something_is_a_command_of_the_room(room: Room, viewer: Viewer) -> None:
    output = await typed(viewer, "kubectl scale rc tomcat --replicas=5")
    assert output["text"] == 'replicationcontroller "tomcat" scaled'
    [entry] = [entry async for entry in CommandEntry.objects.all()]
    assert (entry.actor, done(entry)) == ("visitor", ("scale", "rc/default/tomcat"))
    tick = await viewer.hear("tick")
    assert any(
        event["kind"] == "act" and "rc/default/tomcat" in event["text"]["en"] for event in tick["events"]
    )


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("systemctl stop kubelet; systemctl is-active kubelet", "n1"),
        ("ssh n1 'systemctl stop kubelet; systemctl is-active kubelet'", ""),
    ],
)
async def test_a_line_sees_what_it_did_on_a_machine(
    room: Room, viewer: Viewer, line: str, where: str
) -> None:
    output = await typed(viewer, line, where=where)
    assert (output["text"], output["follow"]) == ("inactive", None)
    [entry] = [entry async for entry in CommandEntry.objects.all()]
    assert done(entry) == ("stop-kubelet", "n1")


async def test_a_script_goes_on_from_what_came_with_its_answer(viewer: Viewer) -> None:
    line = "for n in n1 n2; do echo $n; sleep 0.001; done"
    await viewer.say(type="transport", action="play")
    first = await typed(viewer, line)
    assert first["text"] == "n1"
    assert first["follow"] is not None
    texts, follow = [], first["follow"]
    async with asyncio.timeout(PATIENCE):  # the room steps ten times a second
        while follow is not None:
            await asyncio.sleep(0.1)
            output = await typed(viewer, line, follow=follow)
            texts, follow = [*texts, output["text"]], output["follow"]
    assert [text for text in texts if text] == ["n2"]


async def test_whoever_may_not_act_may_read(room: Room, viewer: Viewer) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=False)
    hub = rooms.running(room.code)
    assert hub is not None
    hub.room.may_act = False
    assert (await typed(viewer, "kubectl get pods"))["ok"]
    refused = await typed(viewer, "kubectl delete node n1")
    assert not refused["ok"]
    assert refused["note"]["en"] == "In this room you can watch, not act."
    assert await CommandEntry.objects.acount() == 0


async def test_staff_may_act_where_visitors_may_not(room: Room, staff: User) -> None:
    await Room.objects.filter(pk=room.pk).aupdate(may_act=False)
    viewer = Viewer(room.code, await cookie_of(staff))
    await viewer.join()
    assert (await typed(viewer, "systemctl stop kubelet", where="n1"))["ok"]
    [entry] = [entry async for entry in CommandEntry.objects.all()]
    assert (entry.actor, done(entry)) == ("alice", ("stop-kubelet", "n1"))
    await rooms.close_all()


async def test_one_is_where_one_went(viewer: Viewer) -> None:
    assert (await typed(viewer, "ssh n2"))["where"] == "n2"
    assert (await typed(viewer, "hostname", where="n2"))["text"] == "n2"
    assert (await typed(viewer, "exit", where="n2"))["where"] == ""


async def test_the_past_is_only_looked_at(viewer: Viewer) -> None:
    stopped = await viewer.act("stop-kubelet", "n1")
    assert stopped["type"] == "accepted", stopped
    await viewer.play_until(60_000_000)
    now = await typed(viewer, "kubectl get nodes")
    then = await typed(viewer, "kubectl get nodes", t=10_000_000)
    assert [line.split()[1] for line in now["text"].splitlines()[1:]] == ["NotReady", "Ready", "Ready"], now
    assert [line.split()[1] for line in then["text"].splitlines()[1:]] == ["Ready"] * 3, then
    refused = await typed(viewer, "kubectl cordon n1", t=10_000_000)
    assert not refused["ok"]
    assert "This is the past" in refused["note"]["en"], refused
    assert [done(entry)[0] async for entry in CommandEntry.objects.all()] == ["stop-kubelet"]


async def test_a_watch_goes_on_with_what_has_changed(viewer: Viewer) -> None:
    first = await typed(viewer, "kubectl get pods -w")
    assert len(first["text"].splitlines()) == 5
    await typed(viewer, "kubectl scale rc tomcat --replicas=4")
    await viewer.play_until(5_000_000)
    more = await typed(viewer, "kubectl get pods -w", follow=first["follow"])
    states = [line.split()[2] for line in more["text"].splitlines()]
    assert states == ["Pending", "Pending", "ContainerCreating", "Running"]
    assert more["follow"]["since"] > first["follow"]["since"]


async def test_a_word_is_completed(viewer: Viewer) -> None:
    output = await typed(viewer, "kubectl get no", complete=True)
    assert output["candidates"] == ["no", "nodes"]


async def test_too_many_lines_at_once_are_refused_and_the_connection_stays(
    viewer: Viewer, no_refill: None
) -> None:
    for number in range(30):
        await viewer.say(type="console", id=str(number), line="kubectl get pods")
    outputs = [await viewer.hear("console-output") for _ in range(30)]
    assert any(not output["ok"] for output in outputs)
    assert [output["ok"] for output in outputs if output["id"] == "0"] == [True]


async def test_a_line_that_is_too_long_is_refused(viewer: Viewer) -> None:
    await viewer.say(type="console", id="1", line="x" * (LONGEST_LINE + 1))
    assert (await viewer.hear("error"))["message"]["en"]


async def test_a_whole_manifest_is_pasted_and_made(room: Room, viewer: Viewer) -> None:
    comment = "# a line of a licence, as published manifests have\n" * 3000
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n"
    output = await typed(viewer, f"kubectl create -f -\n{comment}{service}")
    assert output["text"] == 'service "s" created'
    assert cluster_of(room).object("services", "default/s") is not None


async def test_an_object_is_edited_in_the_page_s_own_editor(room: Room, viewer: Viewer) -> None:
    opened = await typed(viewer, "kubectl edit rc tomcat")
    assert "replicas: 3" in opened["edit"]
    changed = opened["edit"].replace("replicas: 3", "replicas: 4", 1)
    output = await typed(viewer, f"kubectl edit rc tomcat\n{changed}")
    assert output["text"] == 'replicationcontroller "tomcat" edited'
    assert cluster_of(room).object("replicationcontrollers", "default/tomcat").spec.replicas == 4


async def test_a_drain_goes_on_line_by_line_and_is_interrupted(viewer: Viewer) -> None:
    await typed(viewer, BUDGET)
    await viewer.play_until(60_000_000)
    line = "kubectl drain n1"
    await viewer.say(type="transport", action="play")
    first = await typed(viewer, line)
    assert first["text"] == 'node "n1" cordoned'
    assert len(first["follow"]["acts"]) == 1
    await viewer.play_until(900_000_000)
    more = await typed(viewer, line, follow=first["follow"])
    assert more["follow"]["told"] >= 2
    assert (await typed(viewer, line, follow=more["follow"], interrupt=True))["ok"]
    ended = await typed(viewer, line, follow=more["follow"])
    assert (ended["follow"], ended["ok"]) == (None, False)
    assert [done(entry)[0] async for entry in CommandEntry.objects.all()][-2:] == ["drain", "interrupt"]


async def test_ctrl_c_ends_a_program_that_is_watched_and_takes_its_pod_away(
    room: Room, viewer: Viewer
) -> None:
    script = "while true; do date; sleep 1; done"
    line = f'kubectl run -it box --rm --image=busybox --restart=Never -- sh -c "{script}"'
    await viewer.say(type="transport", action="play")
    output = await typed(viewer, line)
    while not output["follow"].get("told"):
        await viewer.play_until(cluster_of(room).now + 2_000_000)
        output = await typed(viewer, line, follow=output["follow"])
    ended = await typed(viewer, line, follow=output["follow"], interrupt=True)
    assert ended["text"].splitlines()[0] == 'pod "box" deleted'
    dids = [done(entry)[0] async for entry in CommandEntry.objects.all()]
    assert dids[-2:] == ["crash-container", "delete-pod"]
