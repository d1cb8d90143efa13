"""A run as a file: its inputs by value, and what came of them.

Inputs only, as JSON; nothing in it is code, and the model itself is never stored. Whoever reads the file
computes the run again, and the state hash says whether the engine still behaves as it did.
"""

import hashlib
from typing import Any, Final

import msgspec

from clustersim.bounds import LARGEST_RUN_FILE, LONGEST_RUN_FILE, MOST_COMMANDS, MOST_NODES_IN_FILE, MOST_PODS
from clustersim.engine.time import Micros
from clustersim.faults import ACTIONS
from clustersim.i18n import Message, _
from clustersim.releases import RELEASES
from clustersim.run import Given, Inputs, Run
from clustersim.scenario.errors import ScenarioError
from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import load_scenario
from clustersim.scenario.version import engine_version
from clustersim.scenario_schema import Scenario
from clustersim.world import pods_of

FORMAT: Final = "clustersim-run/1"


class RunFileError(ValueError):
    """A file that cannot be used, and why, in any language."""

    def __init__(self, msgid: str, /, **values: str | int) -> None:
        self.message = Message(msgid, values)
        super().__init__(str(self.message))

    def __reduce__(self) -> tuple[Any, ...]:
        """Into another process and back, with the message in every language."""
        return _again, (self.message,)


def _again(message: Message) -> RunFileError:
    return RunFileError(message.msgid, **message.values)  # type: ignore[arg-type]


class RunFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file holds. seal: a digest of everything above it, so that a changed file is recognised."""

    format: str
    engine: str
    release: str
    seed: int
    scenario: Scenario
    commands: tuple[Given, ...]
    until: Micros
    state_hash: str
    seal: str = ""

    def inputs(self) -> Inputs:
        """The run's inputs."""
        return Inputs(self.scenario, self.commands)

    def sealed(self) -> "RunFile":
        """The same with its seal."""
        return msgspec.structs.replace(self, seal=_seal(self))


def write_run(run: Run) -> bytes:
    """The run up to its head."""
    file = RunFile(
        format=FORMAT,
        engine=engine_version(),
        release=run.scenario.release,
        seed=run.scenario.seed,
        scenario=run.scenario,
        commands=tuple(run.commands),
        until=run.head.now,
        state_hash=run.head.state_hash(),
    )
    return msgspec.json.format(msgspec.json.encode(file.sealed()), indent=1)


def read_run(data: bytes) -> RunFile:
    """The file, checked. Raises RunFileError for what is no run, of another format, changed, or too large."""
    if len(data) > LARGEST_RUN_FILE:
        raise RunFileError(_("This file is larger than any run."))
    try:
        found = msgspec.json.decode(data, type=dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RunFileError(_("This file is no run: it is not JSON.")) from None
    if found.get("format") != FORMAT:
        raise RunFileError(_("This file is no run, or of a format that is not known here."))
    try:
        file = msgspec.convert(found, RunFile)
    except msgspec.ValidationError as error:
        raise RunFileError(_("This run is not complete: {why}"), why=str(error)[:200]) from None
    if file.seal != _seal(file):
        raise RunFileError(_("This run was changed after it was exported."))
    _check(file)
    return file


def _check(file: RunFile) -> None:
    if file.release not in RELEASES or file.scenario.release != file.release:
        raise RunFileError(_("There is no release {release}."), release=file.release)
    if not 0 <= file.until <= LONGEST_RUN_FILE or len(file.commands) > MOST_COMMANDS:
        raise RunFileError(_("This run is too long."))
    if len(file.scenario.nodes) > MOST_NODES_IN_FILE or pods_of(file.scenario) > MOST_PODS:
        raise RunFileError(_("The cluster of this run is too large."))
    _check_scenario(file.scenario)
    times = [given.t for given in file.commands]
    if times != sorted(times) or (times and not 0 <= times[0] <= times[-1] <= file.until):
        raise RunFileError(_("The commands of this run are not in order."))
    for given in file.commands:
        if given.command.do not in ACTIONS:
            raise RunFileError(_("There is no action {do}."), do=given.command.do)


def _check_scenario(scenario: Scenario) -> None:
    """Only what could have been written as a scenario file is taken: then it has been checked as such a
    file is, bound by bound."""
    try:
        same = load_scenario(to_yaml(scenario)) == scenario
    except ScenarioError as error:
        raise RunFileError(_("This run is not complete: {why}"), why=str(error)[:200]) from None
    except Exception as error:  # it may be anything
        raise RunFileError(_("This run is not complete: {why}"), why=type(error).__name__) from None
    if not same:
        raise RunFileError(_("This run is not complete: {why}"), why="scenario")


def replay_run(file: RunFile) -> tuple[Run, bool]:
    """The run computed again, and whether this engine did as the one that wrote the file. Raises
    RunFileError."""
    try:
        run = Run(file.inputs(), file.until)
    except Exception as error:  # whatever breaks it, it is no run
        raise RunFileError(_("This run cannot be computed: {why}"), why=str(error)[:200]) from None
    return run, run.head.state_hash() == file.state_hash


def _seal(file: RunFile) -> str:
    unsealed = msgspec.structs.replace(file, seal="")
    return hashlib.blake2b(msgspec.json.encode(unsealed, order="deterministic"), digest_size=16).hexdigest()
