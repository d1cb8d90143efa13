"""The runs of the recordings that the model can repeat."""

from functools import cache
from pathlib import Path

from clustersim.conformance.recording import UnsupportedError, read
from clustersim.conformance.setup import prepare
from clustersim.conformance.validation import check
from clustersim.explain.milestones import Shown, milestones
from clustersim.run import Inputs, Run

GOLDEN = Path(__file__).parents[2] / "golden"


def _repeatable(path: Path) -> bool:
    try:
        recording = read(path)
        check(recording)
        prepare(recording)
    except UnsupportedError:
        return False
    return True


REPEATABLE = tuple(
    str(path.relative_to(GOLDEN))
    for release in ("v1.7.5", "v1.8.0", "v1.36.2")
    for path in sorted((GOLDEN / release).glob("*.json"))
    if _repeatable(path)
)


@cache
def run_of(name: str) -> Run:
    """The whole run of a recording."""
    scenario = prepare(read(GOLDEN / name)).scenario
    return Run(Inputs(scenario), scenario.until)


@cache
def shown_in(name: str) -> tuple[Shown, ...]:
    """Its milestones that an event shows; counts over many pods have none."""
    return tuple(shown for shown in milestones(run_of(name).head) if shown.event)
