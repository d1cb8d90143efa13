"""How benchmarks time and print: CPU seconds of several runs, the median, and the ratio to a baseline run
in turn."""

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU time of one run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def alternate(
    run: Callable[[], object], baseline: Callable[[], object], rounds: int = 5
) -> tuple[list[float], list[float]]:
    """CPU seconds of both, run in turn so that a machine that changes its speed changes both; one warm-up
    each."""
    run()
    baseline()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(cpu_seconds(run))
        theirs.append(cpu_seconds(baseline))
    return ours, theirs


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def machine() -> str:
    """Processor, cores and Python, for whoever quotes the figures."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            line.partition(":")[2].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        name = f"{models[0]}, {len(models)} cores" if models else name
    return f"{name}, Python {platform.python_version()}"


def row(label: str, value: str, note: str = "") -> None:
    """One line of a report."""
    print(f"{label:<58} {value:>16}  {note}")
