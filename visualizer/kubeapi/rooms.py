"""The cluster that a request is about: of a running room as it is now, or of a moment of a branch."""

from collections.abc import Callable

from channels.db import database_sync_to_async

from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND
from visualizer import workers
from visualizer.kubeapi.address import Address
from visualizer.rooms.codes import tidy
from visualizer.rooms.computing.opening import source_of_branch, take_over
from visualizer.rooms.computing.recalling import moment, with_run
from visualizer.rooms.lookup import find
from visualizer.rooms.models import Room
from visualizer.rooms.registry import rooms
from visualizer.rooms.running.hub import Hub
from visualizer.rooms.running.watches import Watches


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
    """Opens the room, or computes the moment. Raises NoSuchRoom, Stopped, NoSuchBranch,
    workers.NotComputed."""
    if address.moment is None:
        hub = await rooms.open(tidy(address.code))
        return Place(hub.room, lambda: hub.runner.player.cluster, hub)
    room = await database_sync_to_async(find)(tidy(address.code))
    source = await source_of_branch(room, address.moment.branch)
    t = min(round(address.moment.t * SECOND), source.until)
    then = (await take_over(await workers.run(with_run, moment, source, t, owner=room.pk))).head
    return Place(room, lambda: then)
