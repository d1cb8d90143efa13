"""Keeps booted worlds on disk, so that the same scenario need not boot twice.

A cache by content: the name of a file is a digest of the scenario and of the model's sources, so another
scenario, or another model, never finds it. Only for a directory that is one's own: reading is unpickling.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.scenario.canonical import canonical
from clustersim.scenario.version import engine_version
from clustersim.scenario_schema import Scenario
from clustersim.snapshots import read, write

SUFFIX: Final = ".world"


class KeptWorlds:
    """Those in one directory, which is made when the first is kept."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def cluster(self, scenario: Scenario) -> Cluster:
        """The cluster of a scenario at time zero: read if it is kept, booted and kept if not. What cannot be
        read is booted. Raises OSError where the directory cannot be written.
        """
        path = self.path_of(scenario)
        with suppress(Exception), path.open("rb") as file:
            return Cluster.adopt(read(file))
        cluster = Cluster(scenario)
        self.keep(cluster)
        return cluster

    def keep(self, cluster: Cluster) -> None:
        """Write a cluster that stands at time zero. Raises OSError where the directory cannot be written."""
        path = self.path_of(cluster.scenario)
        self.directory.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            write(cluster.snapshot(), file)
        new.replace(path)

    def path_of(self, scenario: Scenario) -> Path:
        """Where the world of a scenario is kept."""
        hashed = hashlib.blake2b(engine_version().encode(), digest_size=16)
        hashed.update(msgspec.msgpack.encode(canonical(scenario)))
        return self.directory / (hashed.hexdigest() + SUFFIX)
