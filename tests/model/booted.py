"""Worlds that boot once: for tests of what happens after time zero."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from clustersim import Cluster, Scenario
from clustersim.cluster import Snapshot
from clustersim.scenario.canonical import canonical

MOST = 40
"""So many worlds are kept."""

_boot = Cluster.__init__
_kept: dict[bytes, Snapshot] = {}


def _stand_at_zero(cluster: Cluster, scenario: Scenario, **options: Any) -> None:
    """As Cluster(scenario): `cluster/test_snapshots.py` says that a snapshot goes on alike."""
    key = msgspec.msgpack.encode(canonical(scenario))
    if options or key not in _kept:
        _boot(cluster, scenario, **options)
        if not options:
            _keep(key, cluster.snapshot())
    else:
        vars(cluster).update(vars(Cluster.restore(_kept[key])))


def _keep(key: bytes, world: Snapshot) -> None:
    if len(_kept) == MOST:
        del _kept[next(iter(_kept))]
    _kept[key] = world


@pytest.fixture(scope="module", autouse=True)
def booted_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cluster, "__init__", _stand_at_zero)
        yield
