"""A pass that is sure to find nothing asks docker nothing, and leaves behind what it would have."""

import random
from collections import Counter

import msgspec
import pytest

from clustersim.kubelet.pleg import Record, differences, state_of
from clustersim.runtime.records import CREATED, EXITED, RUNNING, Container, Listing
from tests.model.kubelet.node_world import NodeWorld


def asked(world: NodeWorld) -> Counter[str]:
    """Counts from now on by which part of the kubelet docker is asked for its list."""
    found: Counter[str] = Counter()
    serve = world.docker.serve_ps

    def counted(call: int) -> None:
        pending = world.network.pending(call)
        assert pending is not None
        found[pending.then.args[0]] += 1
        serve(call)

    world.docker.serve_ps = counted  # type: ignore[method-assign]
    return found


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_a_pod_that_starts_has_nobody_but_the_pleg_ask_for_the_list(release: str) -> None:
    world = NodeWorld(release)
    world.run(30)
    found = asked(world)
    world.create_pod("web")
    world.run(100)
    assert found.keys() == {"pleg"}


def test_a_ticking_world_asks_all_the_same() -> None:
    world = NodeWorld("v1.8", ticking=True)
    world.run(30)
    found = asked(world)
    world.create_pod("web")
    world.run(100)
    assert found.keys() == {"pleg", "housekeeping", "container-gc"}


def test_what_runs_and_is_not_wanted_is_asked_for_and_killed() -> None:
    world = NodeWorld("v1.8")
    world.create_pod("web")
    world.run(30)
    found = asked(world)
    world.kubelet.kill()
    world.delete_pod("web", grace=0)
    world.kubelet.start()
    world.run(100)
    assert found["housekeeping"] > 0
    assert [c.state for c in world.containers("web") if c.state == RUNNING] == []


def test_what_was_listed_is_listed_again_only_until_something_is_another() -> None:
    world = NodeWorld("v1.8")
    world.create_pod("web")
    world.run(30)
    before = world.docker.listing()
    assert world.docker.listing() is before
    world.docker.set_serving(before.containers[0].id, serving=False)
    assert [one.serving for one in world.docker.listing().containers] == [False]
    world.docker.kill_sandbox(before.sandboxes[0].id)
    assert [one.ready for one in world.docker.listing().sandboxes] == [False]
    world.docker.kill()
    assert [one.state for one in world.docker.listing().containers] == [EXITED]


# --- what two lists tell otherwise ---------------------------------------------------------------------


def _changed(listing: Listing, template: Listing, chance: random.Random) -> Listing:
    """Some records are another, gone or new."""
    containers: list[Container] = []
    for one in listing.containers:
        state = chance.choice((one.state, one.state, CREATED, RUNNING, EXITED))
        if chance.random() < 0.8:
            changed = msgspec.structs.replace(one, state=state)
            containers.append(one if state == one.state and chance.random() < 0.5 else changed)
    boxes = [
        one if chance.random() < 0.7 else msgspec.structs.replace(one, ready=False)
        for one in listing.sandboxes
        if chance.random() < 0.9
    ]
    for _ in range(chance.randrange(3)):
        name = f"{chance.getrandbits(60):x}"
        containers.append(msgspec.structs.replace(template.containers[0], id=f"c{name}"))
        boxes.append(msgspec.structs.replace(template.sandboxes[0], id=f"s{name}"))
    return Listing(tuple(containers), tuple(boxes))


def _template() -> Listing:
    world = NodeWorld("v1.8")
    world.create_pod("web")
    world.run(30)
    return world.docker.listing()


def _by_id(before: Listing, now: Listing) -> list[tuple[str, str, str]]:
    """The same as `differences`, looked up one by one: id, state before, state now."""

    def records(listing: Listing) -> dict[str, Record]:
        return {one.id: one for one in (*listing.sandboxes, *listing.containers)}

    def told(one: Record | None) -> str:
        return "" if one is None else state_of(one)

    old, new = records(before), records(now)
    ids = [*old, *(key for key in new if key not in old)]
    rows = [(key, told(old.get(key)), told(new.get(key))) for key in ids]
    return [row for row in rows if row[1] != row[2]]


def test_differences_of_lists_are_those_of_their_records() -> None:
    chance = random.Random(1)
    before = template = _template()
    for _ in range(60):
        now = _changed(before, template, chance)
        found = [
            (one.id, "" if old is None else state_of(old), "" if new is None else state_of(new))
            for one, old, new in differences(before, now)
        ]
        assert found == _by_id(before, now)
        before = now
