"""What snapshots of large rooms cost, and what they are good for: writing, opening after a restart, looking
back, asking Why.

    python -m benchmarks.snapshots [300 1000] [--pods 30]

So many nodes with so many pods each; one kubelet stops, and the room plays for ten minutes, in which it is
written as a server writes it: whenever as much was computed as writing took. Each size is a process of its
own, and so is whatever comes after the restart. CPU seconds, and memory as the system counts it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from benchmarks.model import world
from benchmarks.timing import machine, median, row
from clustersim import Command
from clustersim.engine.time import SECOND
from clustersim.run import Given, Inputs, Run

TEN_MINUTES = 600 * SECOND
STEP = 2 * SECOND
STOPPED = 10 * SECOND
LOOKS = (115, 235, 355, 475, 590)
"""Seconds at which somebody looks back, each time in a process that remembers nothing."""
EVERY = 0.02
"""Seconds between two looks at the memory of a copy."""


def private_mb(pid: int) -> float:
    """Memory that a process shares with nobody."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    kinds = ("Private_Clean:", "Private_Dirty:")
    return sum(int(told.partition(kind)[2].split()[0]) for kind in kinds) / 1024


def resident_mb() -> float:
    """Memory of this process."""
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


def written_by_copy(path: str, run: Run) -> tuple[float, float]:
    """The run kept there by a copy of this process, as a server does: CPU seconds, and megabytes of its own
    that the copy took.
    """
    from visualizer.rooms.kept import saved

    pid = os.fork()
    if not pid:
        done = saved.write(path, run.inputs, run.head.as_it_stands())
        os._exit(0 if done else 1)
    most = [0.0]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(EVERY):
            most[0] = max(most[0], private_mb(pid))

    watching = threading.Thread(target=watch)
    watching.start()
    _pid, status, used = os.wait4(pid, 0)
    over.set()
    watching.join()
    assert status == 0
    return used.ru_utime + used.ru_stime, most[0]


def play(nodes: int, pods: int, path: str) -> None:
    """Boot, play, write; told is what that took."""
    from visualizer.rooms.computing import keeping

    began = time.process_time()
    run = Run(Inputs(world(nodes, pods, "v1.7")))
    run.keeps = False
    row(f"{nodes} nodes, {pods} pods: boot", f"{time.process_time() - began:.1f} s")
    began = time.process_time()
    if not (pid := os.fork()):
        os._exit(0)
    forked = time.process_time() - began
    os.waitpid(pid, 0)
    spent, writings, own = keeping.WORTH_A_SNAPSHOT, list[float](), list[float]()
    played = 0.0
    for t in range(STEP, TEN_MINUTES + 1, STEP):
        if spent >= keeping.WORTH_A_SNAPSHOT or t == TEN_MINUTES:
            took, memory = written_by_copy(path, run)
            writings.append(took)
            own.append(memory)
            spent = -keeping.REST_OF_LARGE * took
        began = time.process_time()
        run.run_until(t)
        if t == STOPPED:
            run.apply(Command("stop-kubelet", "n1"))
        spent += time.process_time() - began
        played += time.process_time() - began
    took, memory = written_by_copy(path, run)
    row("  ten minutes of it", f"{played:.1f} s", f"in a process of {resident_mb():.0f} MB")
    row("  making a copy of the process holds up the server for", f"{forked * 1000:.0f} ms")
    row("  a snapshot written by it", f"{median([*writings, took]):.1f} s", f"{len(writings) + 1} in all")
    row("  memory of its own that the copy takes, at most", f"{max(*own, memory):.0f} MB")
    row("  a snapshot on disk", f"{Path(path).stat().st_size / 1e6:.1f} MB")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it returns, and CPU seconds."""
    began = time.process_time()
    return work(), time.process_time() - began


def after_restart(nodes: int, pods: int, path: str) -> None:
    """What the files are good for, in a process that knows nothing."""
    from visualizer.rooms.computing import answering, opening, recalling, replay
    from visualizer.rooms.feed import Feed
    from visualizer.rooms.kept.sources import Source

    given = (Given(STOPPED, Command("stop-kubelet", "n1")),)
    inputs = Inputs(world(nodes, pods, "v1.7"), given)
    source = Source(inputs, TEN_MINUTES)
    opened, told = timed(lambda: replay.opened(source, path))
    run, taken = timed(lambda: opening._run(opened.moment))
    shown = timed(lambda: Feed(run.head))[1]
    row(
        "  opening after a restart",
        f"{told + taken + shown:.1f} s",
        f"the first picture: {shown:.1f} s of it",
    )
    run = None
    looks = []
    for second in LOOKS:
        recalling._remembered.clear()
        looks.append(timed(lambda at=second: recalling.recalled(Source(inputs, at * SECOND)))[1])
    row("  looking back for the first time", f"{median(looks):.1f} s", f"worst {max(looks):.1f} s")
    near = Source(inputs, (LOOKS[-1] + 5) * SECOND)
    row("  and five seconds on", f"{timed(lambda: recalling.recalled(near))[1]:.1f} s")
    recalling._remembered.clear()
    known, began = timed(lambda: recalling.recalled(source))
    t = TEN_MINUTES
    _answer, why = timed(lambda: answering.explain(known, "1", 1, None, "n1", t))
    _answer, again = timed(lambda: answering.explain(known, "1", 1, None, "n1", t))
    row("  a first Why", f"{began + why:.1f} s", f"of that reading the moment {began:.1f} s")
    row("  and the next one", f"{again:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nodes", type=int, nargs="*", default=[300, 1000])
    parser.add_argument("--pods", type=int, default=30, help="on each node")
    parser.add_argument("--part", choices=("play", "after-restart"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part is not None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visualizer.settings")
        django.setup()
        from visualizer.rooms.kept import saved

        (nodes,) = asked.nodes
        work = play if asked.part == "play" else after_restart
        work(nodes, nodes * asked.pods, saved.path_of(1))
        return
    print(machine(), flush=True)
    for nodes in asked.nodes:
        with tempfile.TemporaryDirectory() as directory:
            for part in ("play", "after-restart"):
                command = [sys.executable, "-m", "benchmarks.snapshots", str(nodes), "--part", part]
                environment = {**os.environ, "VAR_DIR": directory}
                subprocess.run([*command, "--pods", str(asked.pods)], env=environment, check=True)


if __name__ == "__main__":
    main()
