"""Snapshots of rooms on disk: used when they are part of the run, thrown away when in doubt."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from clustersim import Command, default_scenario
from clustersim.cluster import Snapshot
from clustersim.run import Given, Inputs, Run
from clustersim.scenario.canonical import canonical
from visualizer.rooms.computing import opening, recalling, replay
from visualizer.rooms.kept import moments, saved, sealed, snapshot_files, snapshot_space
from visualizer.rooms.kept.sources import Source

SECOND = 1_000_000
STOP = Given(10 * SECOND, Command("stop-kubelet", "n1"))
START = Given(400 * SECOND, Command("start-kubelet", "n1"))
INPUTS = Inputs(canonical(default_scenario()), (STOP,))


def source(*commands: Given, until: int = 600, scenario: Inputs = INPUTS) -> Source:
    return Source(Inputs(scenario.scenario, commands), until * SECOND)


@pytest.fixture
def file(settings: Settings) -> Path:
    """The snapshot of a run of 100 s."""
    run = Run(INPUTS, 100 * SECOND)
    path = saved.path_of(1)
    saved.write(path, run.inputs, run.head.as_it_stands(), run.head.state_hash())
    return Path(path)


@pytest.mark.parametrize("commands", [(STOP,), (STOP, START)])
def test_a_run_goes_on_from_its_snapshot(file: Path, commands: tuple[Given, ...]) -> None:
    kept = saved.read(str(file), source(*commands))
    assert kept is not None
    assert kept.run.now == 100 * SECOND
    assert kept.run.head.state_hash() == Run(INPUTS, 100 * SECOND).head.state_hash()


@pytest.mark.parametrize(("until", "same"), [(100, True), (101, False)])
def test_a_large_run_to_which_nothing_has_come_is_handed_over_as_it_was_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch, until: int, same: bool
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    moment = replay.opened(source(STOP, until=until), str(file)).moment
    assert moment.snapshot == b""
    assert Path(moment.file).samefile(file) is same
    run = asyncio.run(opening.take_over(moment))
    assert run.head.state_hash() == Run(INPUTS, until * SECOND).head.state_hash()
    assert not Path(moment.file).exists()
    assert file.exists()


def test_a_large_run_that_was_kept_where_it_stands_is_handed_over_unread(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    with monkeypatch.context() as patch:
        patch.setattr(saved, "snapshot_in", _unread)
        moment = replay.opened(source(STOP, until=100), str(file)).moment
    assert Path(moment.file).samefile(file)
    assert not saved.is_all_of(str(file), source(STOP, START, until=100))
    assert not saved.is_all_of(str(file), source(until=100))


def _unread(_file: Path) -> Snapshot:
    raise AssertionError("read")


def test_a_disk_without_space_for_what_is_handed_over_leaves_memory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "LARGE", 0)
    with monkeypatch.context() as patch:
        patch.setattr(sealed.SealedWriter, "write", _full)
        moment = replay.opened(source(STOP, until=101), str(file)).moment
    assert moment.file == ""
    run = asyncio.run(opening.take_over(moment))
    assert run.head.state_hash() == Run(INPUTS, 101 * SECOND).head.state_hash()


def _full(_writer: sealed.SealedWriter, _data: bytes) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "other",
    [
        source(),
        source(Given(10 * SECOND, Command("stop-kubelet", "n2"))),
        source(STOP, Given(50 * SECOND, Command("cordon", "n2"))),
        source(STOP, until=99),
        source(STOP, scenario=Inputs(canonical(default_scenario("v1.8")))),
    ],
)
def test_a_snapshot_of_another_history_is_thrown_away(file: Path, other: Source) -> None:
    assert saved.read(str(file), other) is None
    assert not file.exists()


@pytest.mark.parametrize("place", [0, 70, 140, 300, -1])
def test_a_file_that_was_changed_is_never_unpickled(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert saved.read(str(file), source(STOP)) is None
    assert not file.exists()


def test_a_file_sealed_with_another_key_is_thrown_away(file: Path, settings: Settings) -> None:
    settings.SECRET_KEY = "another"
    assert saved.read(str(file), source(STOP)) is None


def test_a_file_of_another_engine_is_thrown_away(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_files, "engine_version", lambda: "other")
    assert saved.read(str(file), source(STOP)) is None


def test_a_state_that_is_not_the_one_written_is_thrown_away(file: Path) -> None:
    saved.write(str(file), INPUTS, Run(INPUTS, 100 * SECOND).head.as_it_stands(), "0")
    assert saved.read(str(file), source(STOP)) is None


def test_a_disk_that_is_full_costs_nothing_but_the_snapshot(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    monkeypatch.setattr(sealed.SealedWriter, "write", _full)
    assert not saved.write(str(file), INPUTS, small(), "")
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def small(t: int = 0) -> Snapshot:
    """Of a run at so many seconds."""
    return Run(INPUTS, t * SECOND).head.snapshot()


def test_the_oldest_go_when_there_are_too_many(file: Path, settings: Settings) -> None:
    settings.SNAPSHOTS_MB = 0
    saved.write(saved.path_of(2), INPUTS, small(), "")
    assert not file.exists()
    assert Path(saved.path_of(2)).exists()


def test_what_somebody_was_stopped_at_does_not_stay(file: Path) -> None:
    old, new, handed = (file.with_name(f"1.{name}") for name in ("1.new", "2.new", "handed"))
    left = snapshot_space.HALF_SECONDS + 1
    for half, age in ((old, left), (new, 0), (handed, left)):
        half.write_bytes(b"")
        os.utime(half, (time.time() - age,) * 2)
    saved.write(str(file), INPUTS, small(), "")
    assert [half.exists() for half in (old, new, handed)] == [False, True, False]


def spoiled(data: bytes) -> bytes:
    """With another last byte."""
    return data[:-1] + bytes((data[-1] ^ 1,))


def put(t: int, *commands: Given) -> None:
    """A snapshot of branch 1 at so many seconds."""
    run = Run(Inputs(INPUTS.scenario, commands), t * SECOND)
    saved.write(saved.path_of(1), run.inputs, run.head.as_it_stands(), run.head.state_hash())


def test_snapshots_of_a_large_room_stay_as_moments_to_look_back_from(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    for t in (20, 60, 100):
        put(t, STOP)
    for until, least, expected in ((100, None, 100), (99, None, 60), (59, None, 20), (19, None, None),
                                   (99, 60, 60), (99, 61, None)):  # fmt: skip
        asked = source(STOP, until=until), None if least is None else least * SECOND
        found = moments.nearest(*asked)
        assert (None if found is None else found.t // SECOND) == expected
        assert moments.has_later(*asked) is (found is not None)
    other = Given(10 * SECOND, Command("stop-kubelet", "n2"))
    assert moments.nearest(source(other), None) is None
    assert moments.nearest(source(STOP, Given(50 * SECOND, Command("cordon", "n2"))), None).t == 20 * SECOND  # type: ignore[union-attr]
    for moment in Path(settings.SNAPSHOTS_DIR).iterdir():
        moment.write_bytes(spoiled(moment.read_bytes()))
    assert moments.nearest(source(STOP), None) is None


class Killed(BaseException):
    """The process, at that instant."""


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("fault", ["killed", "missing", "broken", "half"])
def test_a_large_room_opens_from_the_best_that_is_left_of_it(
    monkeypatch: pytest.MonkeyPatch, fault: str, linked: bool
) -> None:
    """Killed while a snapshot was written, or the newest one lost; on disks with and without hard links."""
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    monkeypatch.setattr(recalling, "LARGE", 0)
    if not linked:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)
    put(20, STOP)
    put(60, STOP)
    file = Path(saved.path_of(1))
    if fault == "killed":
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", _killed)
            with pytest.raises(Killed):
                put(100, STOP)
    elif fault == "missing":
        file.unlink()
    else:
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2] if fault == "half" else spoiled(data))
    found = replay.begun(source(STOP, until=200), str(file))
    assert found is not None
    assert found.run.now == (60 if fault == "killed" else 20) * SECOND
    put(100, STOP)
    assert replay.begun(source(STOP, until=200), str(file)).run.now == 100 * SECOND  # type: ignore[union-attr]
    assert moments.nearest(source(STOP, until=99), None) is not None


def test_a_kill_at_any_instant_leaves_the_snapshot_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    put(60, STOP)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _killed)
        with pytest.raises(Killed):
            put(100, STOP)
    assert saved.read(saved.path_of(1), source(STOP)).run.now == 60 * SECOND  # type: ignore[union-attr]


def _killed(_file: Path, _target: Path) -> Path:
    raise Killed


def _no_links(_name: Path, _file: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_of_many_moments_the_first_and_the_newest_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    monkeypatch.setattr(snapshot_space, "MOST_MOMENTS", 3)
    for t in range(20, 80, 10):
        put(t)
    kept = sorted(file.name for file in Path(settings.SNAPSHOTS_DIR).glob(f"*{snapshot_files.MOMENT}"))
    assert len(kept) <= 3
    assert kept[0] == f"1-{20 * SECOND}.moment"
    assert kept[-1] == f"1-{60 * SECOND}.moment"


def test_small_rooms_leave_no_moments(settings: Settings) -> None:
    put(20)
    put(30)
    assert not list(Path(settings.SNAPSHOTS_DIR).glob(f"*{snapshot_files.MOMENT}"))


def test_moments_that_take_much_of_the_disk_are_thinned_out_and_the_first_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    put(20)
    settings.SNAPSHOTS_MB = 1
    monkeypatch.setattr(snapshot_space, "OWN_SHARE", 3.5 * Path(saved.path_of(1)).stat().st_size / (1 << 20))
    for t in range(30, 120, 10):
        put(t)
    kept = sorted(int(file.name[2:].split(".")[0]) for file in files(settings, snapshot_files.MOMENT))
    assert 2 <= len(kept) <= 3
    assert (kept[0], kept[-1]) == (20 * SECOND, 100 * SECOND)


def test_when_all_together_are_too_much_the_first_moment_of_a_branch_goes_last(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_space, "LARGE", 0)
    for t in (20, 30, 40, 50):
        put(t)
    ends = (snapshot_files.MOMENT, snapshot_files.SNAPSHOT)
    total = sum(file.stat().st_size for end in ends for file in files(settings, end))
    settings.SNAPSHOTS_MB = total * 3 // 4 / (1 << 20)
    monkeypatch.setattr(snapshot_space, "OWN_SHARE", 100)
    put(60)
    assert [file.name for file in files(settings, snapshot_files.MOMENT)] == [f"1-{20 * SECOND}.moment"]
    assert Path(saved.path_of(1)).exists()


def files(settings: Settings, end: str) -> list[Path]:
    return list(Path(settings.SNAPSHOTS_DIR).glob(f"*{end}"))
