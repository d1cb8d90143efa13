"""One recording against the model."""

from pathlib import Path

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
from clustersim.conformance.setup import prepare
from clustersim.conformance.validation import check


def compare_file(path: Path) -> FileResult:
    """Read, run and compare; what cannot be compared says why."""
    try:
        recording = read(path)
        check(recording)
        prepared = prepare(recording)
        return judge(str(path), recording, observed(prepared), fitted=prepared.fitted)
    except UnsupportedError as error:
        return FileResult(str(path), unsupported=str(error))
    except CommandError as error:
        return FileResult(str(path), unsupported=f"an action is refused: {error}")
    except RecordingError as error:
        return FileResult(str(path), broken=str(error))
    except Exception as error:
        # The other files are still worth comparing; this one fails, and says at what.
        return FileResult(str(path), broken=f"the model failed with {type(error).__name__}: {error}")


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
