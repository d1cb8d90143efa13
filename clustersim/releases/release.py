"""What a release of Kubernetes is to the model: its name, its default settings, and which class each
component has."""

from collections.abc import Mapping
from typing import Any

import msgspec

from clustersim.engine.calendar import Calendar
from clustersim.engine.time import MINUTE, Micros
from clustersim.flags import Flags


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release.

    name: as people say it, "v1.7". version: as `kubectl version` prints it. runtime_version: of the container
    runtime that nodes of the time ran. kernel: of the machines of the time. flags: the defaults. components:
    the class of each component where its logic is that of this release, by process kind ("kubelet",
    "controller-manager", ...), and of the container runtime under "runtime". calendar: which moment simulated
    time 0 is in its worlds. http2: whether all clients speak HTTP/2 over TLS and notice that a connection is
    dead. node_roles: whether kubectl get nodes has a column ROLES. name_alphabet: of the random ends of pod
    names. measured_every: how often heapster, or metrics-server, asks kubelets what is used; measures_young:
    it counts containers that have not been there when it asked before.
    """

    name: str
    version: str
    runtime_version: str
    kernel: str
    calendar: Calendar
    flags: Flags = Flags()
    components: Mapping[str, type[Any]] = {}
    node_roles: bool = False
    http2: bool = False
    name_alphabet: str = "bcdfghjklmnpqrstvwxz2456789"
    measured_every: Micros = MINUTE
    measures_young: bool = False

    @property
    def runtime(self) -> str:
        """What really runs containers on its nodes: "docker" or "containerd"."""
        kind: str = self.components["runtime"].kind
        return kind
