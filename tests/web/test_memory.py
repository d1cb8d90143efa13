"""How much memory is left: of the machine, or of the container that bounds it."""

from pathlib import Path

import pytest

from visualizer import memory

MACHINE = "MemTotal: 8000 kB\nMemFree: 1000 kB\nMemAvailable: 6000 kB\n"
KB = 1024


@pytest.fixture(autouse=True)
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(memory, "SYSTEM", tmp_path)
    _write(tmp_path, {"proc/meminfo": MACHINE, "proc/self/cgroup": "0::/\n"})
    return tmp_path


def _write(system: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = system / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_of_a_machine_that_is_what_it_has_available() -> None:
    assert memory.free_bytes() == 6000 * KB


def test_a_container_has_what_its_bound_leaves_and_files_that_may_go(system: Path) -> None:
    _write(
        system,
        {
            "proc/self/cgroup": "0::/pods/server\n",
            "sys/fs/cgroup/pods/server/memory.max": f"{3000 * KB}\n",
            "sys/fs/cgroup/pods/server/memory.current": f"{2500 * KB}\n",
            "sys/fs/cgroup/pods/server/memory.stat": f"anon 1\ninactive_file {200 * KB}\n",
        },
    )
    assert memory.free_bytes() == 700 * KB


def test_what_is_around_it_may_have_less(system: Path) -> None:
    _write(
        system,
        {
            "proc/self/cgroup": "0::/pods/server\n",
            "sys/fs/cgroup/pods/server/memory.max": "max\n",
            "sys/fs/cgroup/pods/server/memory.current": f"{100 * KB}\n",
            "sys/fs/cgroup/pods/memory.max": f"{1000 * KB}\n",
            "sys/fs/cgroup/pods/memory.current": f"{900 * KB}\n",
        },
    )
    assert memory.free_bytes() == 100 * KB


def test_older_systems_say_it_elsewhere(system: Path) -> None:
    _write(
        system,
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/x\n4:memory:/box\n0::/\n",
            "sys/fs/cgroup/memory/box/memory.limit_in_bytes": f"{2000 * KB}\n",
            "sys/fs/cgroup/memory/box/memory.usage_in_bytes": f"{1900 * KB}\n",
            "sys/fs/cgroup/memory/box/memory.stat": f"total_inactive_file {50 * KB}\n",
        },
    )
    assert memory.free_bytes() == 150 * KB


def test_where_the_system_says_nothing_nothing_is_known(system: Path) -> None:
    (system / "proc/meminfo").unlink()
    (system / "proc/self/cgroup").unlink()
    assert memory.free_bytes() is None
    assert memory.own_bytes() == 0


def test_what_this_process_takes_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SYSTEM", Path("/"))
    assert memory.own_bytes() > 10 << 20
