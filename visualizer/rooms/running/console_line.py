"""Carries out a line of the console that changes something, for the socket and for pages, with the same
rights."""

from collections.abc import Callable, Mapping

from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.console import LONG, Answer, Reading, read_beforehand
from clustersim.faults.objects import Interrupt
from visualizer import workers
from visualizer.rooms.frames.stage import Act, Look
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.requests import Refused, RoomRequest
from visualizer.texts import Texts

Forbids = Callable[[Act | Look], Texts | None]
"""Why whoever typed it may not do that; None if they may."""


class NotDone(Exception):
    """What the line would change is not done, or no further, and why."""

    def __init__(self, reason: Texts) -> None:
        super().__init__(reason["en"])
        self.reason = reason


async def pasted_below(line: str, owner: object) -> Mapping[str, Reading]:
    """What is pasted below a command, read where it holds up no room. Raises workers.NotComputed."""
    return await workers.run(read_beforehand, line, owner=owner) if len(line) > LONG else {}


async def carry_out(hub: Hub, answer: Answer, actor: str, forbids: Forbids, id_: str) -> Answer:
    """Gives the commands of an answer to the room, in order. Nothing is done where one of them is forbidden.
    Raises NotDone."""
    cluster = hub.runner.player.cluster
    for command in answer.commands:
        asked = _set_going(command, cluster)
        act = Act(id=id_, seen_t=cluster.now, do=asked.do, target=asked.target, args=asked.args)
        if (forbidden := forbids(act)) is not None:
            raise NotDone(forbidden)
    acts: list[int] = []
    for command in answer.commands:
        try:
            acts.append((await hub.runner.ask(RoomRequest(actor, command))).act)
        except Refused as refusal:
            raise NotDone(refusal.reason) from None
    return answer.done(acts)


def _set_going(command: Command, cluster: Cluster) -> Command:
    """What somebody must be allowed to do to give a command: whoever may set something going may stop it."""
    if command.do != Interrupt.do:
        return command
    run = cluster.kubectl.invocations.of_act(int(command.target or 0))
    return command if run is None else Command(run.do, run.target)
