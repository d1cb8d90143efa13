"""Who hears of a leader's lock that was merely renewed."""

from clustersim.api.core_v1 import Endpoints
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta
from clustersim.client.informer import Informer
from clustersim.engine.time import SECOND
from tests.model.worlds import ApiWorld, Probe


def _lock(holder: str, renewed: int) -> Endpoints:
    record = f'{{"holderIdentity":"{holder}","renewTime":"{renewed}"}}'
    metadata = ObjectMeta(name="lock", namespace="kube-system", annotations={LEADER_ANNOTATION: record})
    return Endpoints(metadata=metadata)


def _world(*, routine: bool) -> tuple[ApiWorld, Probe]:
    """A world whose lock is watched from another machine than it is renewed from."""
    world = ApiWorld()
    watcher = Probe(world.engine, world.network, "watcher", "n2")
    world.engine.add(watcher)
    watcher.start()
    Informer(watcher.api, "endpoints", watcher.changed, routine=routine).start()
    world.run(SECOND)
    assert world.ask("create", _lock("one", 1)).ok
    watcher.state.changes.clear()
    return world, watcher


def test_an_ordinary_watch_is_sent_every_renewal() -> None:
    world, watcher = _world(routine=True)
    world.ask("update", _lock("one", 2))
    assert watcher.state.changes == [("lock", "lock")]


def test_a_watch_without_routine_is_spared_renewals() -> None:
    world, watcher = _world(routine=False)
    world.ask("update", _lock("one", 2))
    assert watcher.state.changes == []


def test_a_watch_without_routine_hears_of_another_holder() -> None:
    world, watcher = _world(routine=False)
    world.ask("update", _lock("two", 2))
    assert watcher.state.changes == [("lock", "lock")]


def test_a_renewal_starts_the_clock_of_retransmissions_where_the_link_is_cut() -> None:
    world, _watcher = _world(routine=False)
    world.network.cut("n2")
    world.ask("update", _lock("one", 2))
    assert [stalled.node for stalled in world.network.state.stalled.values()] == ["n2"]
