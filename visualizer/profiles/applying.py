"""A profile applied to a room: as in life, the components whose flags change are restarted with them."""

from clustersim import Command
from clustersim.flags import Flags
from visualizer.rooms.registry import rooms
from visualizer.rooms.runner import RoomRequest


def commands(now: Flags, wanted: Flags) -> list[Command]:
    """What turns one set of settings into the other: one command for each component that is concerned."""
    return [Command("set-flags", component, dict(texts)) for component, texts in wanted.texts(now).items()]


async def apply(code: str, wanted: Flags, actor: str) -> list[str]:
    """The components that were restarted with new flags. Raises Refused, and what opening a room raises."""
    hub = await rooms.open(code)
    changes = commands(hub.runner.player.cluster.flags, wanted)
    for command in changes:
        await hub.runner.ask(RoomRequest(actor, command))
    return [str(command.target) for command in changes]
