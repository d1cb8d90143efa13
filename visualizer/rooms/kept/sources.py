"""Runs as they are sent to other processes: as their inputs, or as a moment from which to go on."""

import msgspec

from clustersim.engine.time import Micros
from clustersim.run import Inputs, Run


class Source(msgspec.Struct, frozen=True):
    """Everything that a run up to `until` is computed from."""

    inputs: Inputs
    until: Micros


class Moment(msgspec.Struct, frozen=True):
    """A run to go on from in another process: what it had been given, and where it stood. snapshot: packed;
    or file: where a large one lies, written for this once. Bytes of that size would hold up everybody on
    their way through.
    """

    inputs: Inputs
    t: Micros
    snapshot: bytes = b""
    file: str = ""


def source_of(run: Run) -> Source:
    """A run of this process, as it stands now."""
    return Source(run.inputs, run.now)
