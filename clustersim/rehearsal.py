"""A rehearsal: what the API server would answer to a write, tried on a copy of what is in etcd.

kubectl prints a refusal before it says that anything was done, so whoever prints must know the answer before
the request is on its way. The copy shares all objects; nobody watches it, no time passes in it.
"""

from collections import deque
from typing import TYPE_CHECKING

from clustersim.apiserver.server import ApiServer
from clustersim.engine.engine import Engine
from clustersim.engine.process import RUNNING
from clustersim.etcd import Store
from clustersim.network import Network
from clustersim.world import build_api_server

if TYPE_CHECKING:
    from clustersim.world import World


def rehearse(world: "World") -> ApiServer:
    """An API server of the world's release, settings and objects that answers at once."""
    flags, store = world.state.flags, world.etcd.store
    engine = Engine(world.engine.seed, world.engine.now, record=False)
    engine.state.positions = dict(world.engine.state.positions)
    network = Network(engine, flags.network, multiplexed=False)
    engine.add(network)
    etcd, server = build_api_server(engine, network, world.scenario, flags)
    objects = {resource: dict(found) for resource, found in store.objects.items()}
    etcd.store = Store(store.revision, store.revision, objects, deque())
    etcd.status.phase = server.status.phase = RUNNING
    server.state.serving = server.state.sweeping = True
    return server
