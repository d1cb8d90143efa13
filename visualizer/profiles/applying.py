"""Applies a profile to a room: as in life, the components whose flags change are restarted with them."""

from collections.abc import Iterable, Sequence

from asgiref.sync import async_to_sync
from django.utils.translation import gettext as _

from clustersim import Command
from clustersim.flags import Flags
from visualizer.profiles.models import Profile
from visualizer.rooms.kept import log
from visualizer.rooms.lookup import NoSuchRoom, Stopped
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.requests import Refused, RoomRequest
from visualizer.texts import in_page_language


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


async def _flags_in_force(code: str) -> Flags:
    return (await rooms.open(code)).runner.player.cluster.flags


def restarts(profile: Profile, room: Room) -> Sequence[tuple[str, dict[str, str]]]:
    """What would be restarted in a room: each component with the flags that change."""
    try:
        now = async_to_sync(_flags_in_force)(room.code)
    except (log.LeaseLost, log.Taken, NoSuchRoom, Stopped):
        return ()
    return tuple(profile.flags.texts(now).items())


def apply_to_rooms(profile: Profile, chosen: Iterable[Room], actor: str) -> list[tuple[bool, str]]:
    """The profile in each of these rooms: whether it went well, and what to say."""
    results: list[tuple[bool, str]] = []
    for room in chosen:
        try:
            restarted = async_to_sync(apply)(room.code, profile.flags, actor)
        except Refused as refused:
            results.append((False, f"{room.code}: {in_page_language(refused.reason)}"))
        except (log.LeaseLost, log.Taken, NoSuchRoom, Stopped):
            results.append((False, _("%(room)s does not run here.") % {"room": room.code}))
        else:
            results.append((True, _told(room, restarted)))
    return results


def _told(room: Room, restarted: list[str]) -> str:
    if not restarted:
        return _("%(room)s: nothing changed, all settings were the same.") % {"room": room.code}
    return _("%(room)s: restarted with new flags: %(components)s.") % {
        "room": room.code,
        "components": ", ".join(restarted),
    }
