"""One recording against the model."""

from collections.abc import Iterator
from itertools import islice, permutations
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from clustersim.command import CommandError
from clustersim.conformance.final import compare_final
from clustersim.conformance.history import history
from clustersim.conformance.milestones import extract
from clustersim.conformance.milestones.bindings import pod_bound_to_node
from clustersim.conformance.observation import Observation
from clustersim.conformance.recording import Recording, RecordingError, UnsupportedError, read
from clustersim.conformance.report import FileResult
from clustersim.conformance.run import observed
from clustersim.conformance.score import compare, violated
from clustersim.conformance.setup import Prepared, prepare
from clustersim.conformance.validation import check
from clustersim.engine.random import RandomStream
from clustersim.engine.time import MILLISECOND

MOST_ORDERS: Final = 24
"""How many orders of lost nodes are looked at: all of four nodes."""

FEW_ORDERS: Final = 3
"""How many of those orders together with other races."""

MOST_CHANCES: Final = 24
"""How many ways are looked at in which other races may fall out."""

PASS_COSTS: Final = (MILLISECOND, 5 * MILLISECOND)
"""What passes of the node controller took in recordings that show all of them."""


def compare_file(path: Path) -> FileResult:
    """Read, run and compare; what cannot be compared says why."""
    try:
        recording = read(path)
        check(recording)
        return compare_recording(str(path), recording)
    except UnsupportedError as error:
        return FileResult(str(path), unsupported=str(error))
    except RecordingError as error:
        return FileResult(str(path), broken=str(error))
    except Exception as error:
        # The other files are still worth comparing; this one fails, and says at what.
        return FileResult(str(path), broken=f"the model failed with {type(error).__name__}: {error}")


def compare_recording(path: str, recording: Recording) -> FileResult:
    """Run and compare; nodes lost at the same pass in whichever order agrees, since that is chance.

    Their own milestones are compared as a set anyway. But which of them is evicted first also decides whose
    pods are replaced first, so the model is run with the lost nodes in another order when it disagrees. The
    same holds for what else is chance: how long candidates for a lock pause, when the scheduler last renewed
    its own, which of equal nodes it takes first, on which side of a pass a quarantine ends, how fast the
    machine was.
    """
    search = _Search(path, recording, prepare(recording))
    orders = list(_orders(recording))
    for order in orders:
        search.try_order(order)
    for chance in range(1, MOST_CHANCES + 1):
        search.try_chance(chance, search.order, search.scatter)
        for order in ((), *orders[:FEW_ORDERS]):
            search.try_chance(chance, order, chance)
    return search.best


class _Search:
    """The best of several runs so far. order: in which lost nodes came in it, () for the usual one; scatter:
    where in its span lay what is only known to lie within one, 0 for its beginning."""

    def __init__(self, path: str, recording: Recording, prepared: Prepared) -> None:
        self.path, self.recording, self.prepared = path, recording, prepared
        self.best = _attempt(path, recording, prepared)
        self.order: tuple[str, ...] = ()
        self.scatter = 0

    def try_order(self, order: tuple[str, ...]) -> None:
        """The lost nodes come in another order."""
        note = f"nodes lost at the same pass in the order {', '.join(order)}"
        self._try(_phased(self.prepared, visit_order=order), note, order)

    def try_chance(self, chance: int, order: tuple[str, ...], scatter: int) -> None:
        """Other races fall out otherwise, too."""
        note = f"races fall out in way {chance}"
        again = _paced(_phased(self.prepared, chance=chance), chance)
        if scatter:
            again = _scattered(again, scatter)
        if order:
            again = _phased(again, visit_order=order)
            note += f", nodes in the order {', '.join(order)}"
        self._try(again, note, order, scatter)

    def _try(self, prepared: Prepared, note: str, order: tuple[str, ...], scatter: int = 0) -> None:
        if self.best.passes:
            return
        result = _attempt(self.path, self.recording, prepared)
        if _is_better(result, self.best):
            self.best, self.order, self.scatter = replace(result, note=note), order, scatter


def _attempt(path: str, recording: Recording, prepared: Prepared) -> FileResult:
    try:
        return judge(path, recording, observed(prepared), fitted=prepared.fitted)
    except CommandError as error:
        return FileResult(path, unsupported=f"an action is refused: {error}")


def _is_better(result: FileResult, best: FileResult) -> bool:
    if result.unsupported or best.unsupported:
        return not result.unsupported
    return result.failures < best.failures


def _orders(recording: Recording) -> Iterator[tuple[str, ...]]:
    """Other orders of the nodes that were lost; it matters only for those that fall due at the same pass."""
    lost = dict.fromkeys(m.of for m in recording.milestones if m.name == "node-not-ready" and not m.unscored)
    yield from islice(permutations(sorted(lost)), 1, MOST_ORDERS)


def _phased(prepared: Prepared, **changes: Any) -> Prepared:
    scenario = prepared.scenario
    phase = replace(scenario.phase, **changes)
    return replace(prepared, scenario=replace(scenario, phase=phase))


def _paced(prepared: Prepared, chance: int) -> Prepared:
    """How long a pass of the node controller takes is a matter of the machine and what else runs on it."""
    cost = RandomStream(chance, "monitor-pass", {}).between(*PASS_COSTS)
    flags = prepared.scenario.flags
    manager = replace(flags.controller_manager, monitor_pass_cost=cost)
    scenario = replace(prepared.scenario, flags=replace(flags, controller_manager=manager))
    return replace(prepared, scenario=scenario)


def _scattered(prepared: Prepared, chance: int) -> Prepared:
    """What is only known to lie within a span lies somewhere in it."""
    nodes = tuple(
        replace(node, ready_at=RandomStream(chance, node.name, {}).between(*prepared.loose[node.name]))
        if node.name in prepared.loose
        else node
        for node in prepared.scenario.nodes
    )
    return replace(prepared, scenario=replace(prepared.scenario, nodes=nodes))


def judge(path: str, recording: Recording, seen: Observation, *, fitted: bool = False) -> FileResult:
    """What was seen of a run against what was recorded."""
    milestones = extract(recording, seen)
    rows = compare(recording, milestones, fitted=fitted)
    rows += compare_final(recording, seen)
    happened = (*milestones, *pod_bound_to_node(history(recording, seen)))
    broken = []
    for never in recording.never:
        if (found := violated(never, happened)) is not None:
            why = f" ({never.why})" if never.why else ""
            broken.append(f"{never.name} of {never.of} at {found.t / 1e6:.3f}{why}")
    return FileResult(path, tuple(rows), tuple(broken), fitted)
