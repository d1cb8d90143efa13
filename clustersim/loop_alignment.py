"""Sets periodic loops so that their passes come when they were recorded.

A scenario may give the moment, before zero, of one pass of a loop.

Once its process has settled, the loop is put on the grid through that moment; from there on it goes its own
way, with the cost of its own passes.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from clustersim.engine.process import Process
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.flags import Flags
from clustersim.scenario_schema import Scenario

SETTLED: Final[Micros] = 3 * SECOND
"""How long after the start of its process a loop surely runs."""

SOONER: Final[Micros] = 300 * MILLISECOND
"""How much sooner than expected a first pass may come."""


class Alignment(msgspec.Struct, frozen=True):
    """At `moment` the loop of that process is set so that its next pass begins at `at`."""

    process: str
    loop: str
    moment: Micros
    at: Micros


def first_passes(scenario: Scenario, flags: Flags, expected: Micros) -> dict[str, Micros]:
    """When loops of the controller-manager begin in a start after which that is expected at `expected`.

    Its caches fill faster or slower; the grid of later passes tells.
    """
    return {
        loop: next_on_grid(seen, step, expected - SOONER) for loop, seen, step in _passes(scenario, flags)
    }


def alignments(scenario: Scenario, flags: Flags, leading: Micros) -> Iterator[Alignment]:
    """What the scenario tells of its loops; `leading`: since when the controller-manager leads."""
    moment = leading + SETTLED
    for loop, seen, step in _passes(scenario, flags):
        if moment < 0:
            yield Alignment("controller-manager", loop, moment, next_on_grid(seen, step, moment + SECOND))
    for node in scenario.nodes:
        if node.heartbeat_at is not None and (
            node.ready_at is None or node.heartbeat_at - node.ready_at > 2 * SETTLED
        ):
            moment = node.heartbeat_at - SETTLED
            yield Alignment(f"kubelet@{node.name}", "heartbeat", moment, node.heartbeat_at)


def _passes(scenario: Scenario, flags: Flags) -> Iterator[tuple[str, Micros, Micros]]:
    manager, phase = flags.controller_manager, scenario.phase
    if phase.monitor_pass is not None:
        step = manager.node_monitor_period + manager.monitor_pass_cost
        yield "node-monitor", phase.monitor_pass, step
    if phase.gc_pass is not None:
        yield "pod-gc", phase.gc_pass, manager.pod_gc_period


def next_on_grid(seen: Micros, step: Micros, earliest: Micros) -> Micros:
    """The first moment from `earliest` on that lies whole steps from the one seen."""
    return seen - (seen - earliest) // step * step


def align(process: Process, loop: str, at: Micros) -> None:
    """Put a running loop on its grid; nothing happens if it does not run."""
    if process.running and loop in process.loops and loop in process.state.loops:
        process.loops[loop].start(at - process.now)
