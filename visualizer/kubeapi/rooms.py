"""The cluster that a request is about: of a running room as it is now, or of a moment of a branch."""

from collections.abc import Callable

from channels.db import database_sync_to_async

from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND
from visualizer.kubeapi.address import Address
from visualizer.rooms.background import in_background
from visualizer.rooms.codes import tidy
from visualizer.rooms.hub import Hub
from visualizer.rooms.lookup import find
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.run_cache import run_cache
from visualizer.rooms.watches import Watches


class Place:
    """Where a request is answered. hub: None in the past, where one can only look."""

    def __init__(self, room: Room, cluster: Callable[[], Cluster], hub: Hub | None = None) -> None:
        self.room = room
        self._cluster = cluster
        self.hub = hub

    @property
    def cluster(self) -> Cluster:
        """As it is now: a room may have gone to another branch since."""
        return self._cluster()

    @property
    def watches(self) -> Watches:
        assert self.hub is not None
        return self.hub.watches


async def place_of(address: Address) -> Place:
    """Opens the room, or computes the moment. Raises NoSuchRoom, Stopped, NoSuchBranch."""
    if address.moment is None:
        hub = await rooms.open(tidy(address.code))
        return Place(hub.room, lambda: hub.runner.player.cluster, hub)
    room = await database_sync_to_async(find)(tidy(address.code))
    run = await run_cache.run(room, address.moment.branch)
    then = await in_background(run.at, round(address.moment.t * SECOND))
    return Place(room, lambda: then)
