"""The runs of the recordings that the model can repeat and in which milestones come."""

from contextlib import suppress
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from clustersim.command import CommandError
from clustersim.conformance.compare import MOST_CHANCES
from clustersim.conformance.recording import UnsupportedError, read
from clustersim.conformance.setup import prepare
from clustersim.conformance.validation import check
from clustersim.explain.milestones import Shown, milestones
from clustersim.run import Inputs, Run

GOLDEN = Path(__file__).parents[2] / "golden"


def _repeatable(path: Path) -> bool:
    """Of a recording in which nothing comes, such as a kubelet that is back in time, nothing can be asked."""
    try:
        recording = read(path)
        check(recording)
        prepare(recording)
    except UnsupportedError:
        return False
    return bool(recording.milestones)


REPEATABLE = tuple(
    str(path.relative_to(GOLDEN))
    for release in ("v1.7.5", "v1.8.0", "v1.36.2")
    for path in sorted((GOLDEN / release).glob("*.json"))
    if _repeatable(path)
)


@cache
def run_of(name: str) -> Run:
    """The whole run of a recording; of those whose actions are aimed at a pod that chance puts somewhere, the
    first in which it is there.
    """
    scenario = prepare(read(GOLDEN / name)).scenario
    for chance in range(MOST_CHANCES):
        phase = replace(scenario.phase, chance=chance or scenario.phase.chance)
        found = replace(scenario, phase=phase)
        with suppress(CommandError):
            return Run(Inputs(found), found.until)
    raise AssertionError(f"no chance puts the pods of {name} where its actions look for them")


@cache
def shown_in(name: str) -> tuple[Shown, ...]:
    """Its milestones that an event shows; counts over many pods have none."""
    return tuple(shown for shown in milestones(run_of(name).head) if shown.event)
