"""Where periodic loops stand at zero: a scenario may tell a moment before zero at which a pass was seen.

Once its process has settled, the loop is put on the grid through that moment; from there on it goes its own
way, with the cost of its own passes.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.engine.process import Process
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import Flags
from clustersim.scenario.schema import Scenario

SETTLED: Final[Micros] = 3 * SECOND
"""How long after the start of its process a loop surely runs."""


class Alignment(msgspec.Struct, frozen=True):
    """At `moment` the loop of that process is set so that its next pass begins at `at`."""

    process: str
    loop: str
    moment: Micros
    at: Micros


def alignments(scenario: Scenario, flags: Flags, leading: Micros) -> Iterator[Alignment]:
    """What the scenario tells of its loops; `leading`: since when the controller-manager leads."""
    manager, phase, moment = flags.controller_manager, scenario.phase, leading + SETTLED
    passes = (
        ("node-monitor", phase.monitor_pass, manager.node_monitor_period + manager.monitor_pass_cost),
        ("pod-gc", phase.gc_pass, manager.pod_gc_period),
    )
    for loop, seen, step in passes:
        if seen is not None and moment < 0:
            yield Alignment("controller-manager", loop, moment, next_on_grid(seen, step, moment + SECOND))
    for node in scenario.nodes:
        if node.heartbeat_at is not None and (
            node.ready_at is None or node.heartbeat_at - node.ready_at > 2 * SETTLED
        ):
            moment = node.heartbeat_at - SETTLED
            yield Alignment(f"kubelet@{node.name}", "heartbeat", moment, node.heartbeat_at)


def next_on_grid(seen: Micros, step: Micros, earliest: Micros) -> Micros:
    """The first moment from `earliest` on that lies whole steps from the one seen."""
    return seen - (seen - earliest) // step * step


def align(process: Process, loop: str, at: Micros) -> None:
    """Put a running loop on its grid; nothing happens if it does not run."""
    if process.running and loop in process.loops and loop in process.state.loops:
        process.loops[loop].start(at - process.now)
