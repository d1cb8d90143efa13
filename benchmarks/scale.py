"""What a cluster costs by its size: booting it, a heartbeat at rest, one failure, a tenth lost, a rollout.

    python -m benchmarks.scale                          10 to 1,000 nodes; seconds to minutes each
    python -m benchmarks.scale 3000 5000                those sizes (5,000: 150,000 pods)
    python -m benchmarks.scale 5000 --recovery          until all pods of a lost tenth run elsewhere
    python -m benchmarks.scale 1000 --cache worlds      keep the booted world, or read the one that is kept
    python -m benchmarks.scale --draw docs/scale.svg    and draw a picture of all sizes measured so far

Thirty pods to a node, placed by the scheduler. Every size has a process of its own, one after another, and
is timed by its CPU seconds; beside it stands a bare SimPy loop of the same heartbeats, in the same process
and in turn. Results are kept in benchmarks/scale.json.
"""

import argparse
import gc
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks import model
from benchmarks.curve import Line, draw
from benchmarks.timing import cpu_seconds, machine, median, row
from clustersim import Cluster, Command
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.kept_worlds import KeptWorlds
from clustersim.scenario_schema import ContainerSpec, ObjectSpec, Scenario

SIZES: Final = (10, 30, 100, 300, 1000)
PODS: Final = 30
"""To a node, and in the Deployment that is rolled."""

REST: Final = 60
FAILURE: Final = 400
TENTH: Final = 700
ROLLOUT: Final = 120
HEARTBEAT: Final = 10
KEPT: Final = Path(__file__).parent / "scale.json"


def world(nodes: int, release: str) -> Scenario:
    """That many nodes, thirty pods to each, and one Deployment of thirty."""
    base = model.world(nodes, nodes * PODS, release)
    rolled = ObjectSpec(
        kind="Deployment",
        name="rolled",
        at=(model.BOOT_SECONDS * -1000 + 10) * MILLISECOND,
        replicas=PODS,
        selector={"app": "rolled"},
        labels={"app": "rolled"},
        containers=(ContainerSpec(name="web", image="web:1", port=8080),),
    )
    return msgspec.structs.replace(base, placement={}, objects=(*base.objects, rolled))


def measure(
    nodes: int, release: str, *, recovery: bool = False, kept: KeptWorlds | None = None
) -> dict[str, Any]:
    """CPU seconds of everything, at one size. kept: where the booted world is read, or kept after its
    boot."""
    clusters: list[Cluster] = []
    found: dict[str, Any] = {"nodes": nodes, "release": release, "machine": machine()}
    wanted = world(nodes, release)
    if kept is not None and kept.path_of(wanted).exists():
        found["read"] = cpu_seconds(lambda: clusters.append(kept.cluster(wanted)))
        found["read_mib"] = _mib()
    else:
        found["boot"] = cpu_seconds(lambda: clusters.append(Cluster(wanted)))
        found["boot_mib"] = _mib()
        if kept is not None:
            found["keep"] = cpu_seconds(lambda: kept.keep(clusters[0]))
    (cluster,) = clusters
    pods = cluster.objects("pods").values()
    found["pods"] = sum(pod.status.phase == "Running" for pod in pods)
    _tell(f"{nodes} nodes: {found['pods']} pods run after {found.get('boot') or found['read']:.1f} s")
    gc.freeze()

    def rest() -> None:
        cluster.run_until(cluster.now + REST * SECOND)

    rest()
    ours, theirs = [], []
    for _ in range(3):
        ours.append(cpu_seconds(rest))
        theirs.append(cpu_seconds(lambda: model.bare_simpy(nodes, REST)))
    found["rest"], found["simpy"] = median(ours), median(theirs)
    _tell(f"{nodes} nodes: at rest {REST / found['rest']:,.0f} x")
    found["rollout"] = cpu_seconds(lambda: _roll(cluster))
    cluster.apply(Command("stop-kubelet", f"n{nodes}"))
    found["failure"] = _lost(cluster, FAILURE)
    cluster.apply(Command("start-kubelet", f"n{nodes}"))
    cluster.run_until(cluster.now + 60 * SECOND)
    for number in range(1, nodes // 10 + 1):
        cluster.apply(Command("stop-kubelet", f"n{number}"))
    found["tenth"] = _lost(cluster, TENTH)
    _tell(f"{nodes} nodes: a tenth lost {found['tenth']}")
    if recovery:
        found["recovery"] = _lost(cluster, 10 * (nodes // 10))
    found["mib"] = _mib()
    return found


def _mib() -> int:
    """The most memory there was so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _tell(progress: str) -> None:
    """Sizes that take minutes say how far they are."""
    print(progress, file=sys.stderr, flush=True)


def _roll(cluster: Cluster) -> None:
    cluster.apply(Command("set-image", "deployment/default/rolled", {"image": "web:2"}))
    cluster.run_until(cluster.now + ROLLOUT * SECOND)


def _lost(cluster: Cluster, seconds: int) -> dict[str, float]:
    """CPU seconds of that time, and how many pods were evicted in it."""
    before = _leaving(cluster)
    cost = cpu_seconds(lambda: cluster.run_until(cluster.now + seconds * SECOND))
    return {"seconds": seconds, "cpu": cost, "evicted": _leaving(cluster) - before}


def _leaving(cluster: Cluster) -> int:
    return sum(bool(pod.metadata.deletion_timestamp) for pod in cluster.objects("pods").values())


# --- what is said of it ------------------------------------------------------------------------------------


def per_heartbeat(found: dict[str, Any], what: str = "rest") -> float:
    """Microseconds."""
    return float(found[what]) * 1e6 / (found["nodes"] * REST / HEARTBEAT)


def per_boot(found: dict[str, Any]) -> float:
    """Microseconds to a pod."""
    return float(found["boot"]) * 1e6 / found["pods"]


def beyond_rest(found: dict[str, Any], what: str) -> float:
    """Microseconds to an evicted pod, without what the time costs at rest; of one node among thousands that
    is less than what rest varies by, and may come out negative."""
    one = found[what]
    return float(one["cpu"] - found["rest"] * one["seconds"] / REST) * 1e6 / max(1, one["evicted"])


def per_rolled(found: dict[str, Any]) -> float:
    """Microseconds to a pod that was replaced, without what the time costs at rest."""
    return float(found["rollout"] - found["rest"] * ROLLOUT / REST) * 1e6 / PODS


def report(found: dict[str, Any]) -> None:
    """Rows of one size."""
    lost = found["tenth"]
    row(f"{found['release']}, {found['nodes']} nodes, {found['pods']} pods running", "")
    if "boot" in found:
        row("  boot", f"{found['boot']:.1f} s", f"{per_boot(found):,.0f} us a pod, {found['boot_mib']} MiB")
    if "read" in found:
        row("  the same, kept on disk and read", f"{found['read']:.1f} s", f"{found['read_mib']} MiB")
    row("  at rest", f"{REST / found['rest']:,.0f} x", f"{per_heartbeat(found):.1f} us a heartbeat")
    row(
        "  bare SimPy, no API server",
        f"{REST / found['simpy']:,.0f} x",
        f"{per_heartbeat(found, 'simpy'):.1f} us",
    )
    row(
        "  a rollout of 30 pods", f"{ROLLOUT / found['rollout']:,.0f} x", f"{per_rolled(found):,.0f} us a pod"
    )
    one = found["failure"]
    row(
        "  one node lost",
        f"{one['seconds'] / one['cpu']:,.0f} x",
        f"{beyond_rest(found, 'failure'):,.0f} us a pod",
    )
    note = f"{beyond_rest(found, 'tenth'):,.0f} us each of {lost['evicted']} pods evicted"
    row("  a tenth lost", f"{lost['seconds'] / lost['cpu']:,.0f} x", note)
    if (whole := found.get("recovery")) is not None:
        note = f"{lost['evicted'] + whole['evicted']} pods evicted in all, {found['mib']} MiB"
        row("  until all of it has recovered", f"{whole['seconds'] / whole['cpu']:,.0f} x", note)


LINES: Final[tuple[tuple[str, str, Callable[[dict[str, Any]], float]], ...]] = (
    ("boot, a pod", "boot", per_boot),
    ("a tenth lost, an evicted pod", "tenth", lambda found: beyond_rest(found, "tenth")),
    ("one node lost, an evicted pod", "failure", lambda found: beyond_rest(found, "failure")),
    ("rollout, a replaced pod", "rollout", per_rolled),
    ("at rest, a heartbeat", "rest", per_heartbeat),
    (
        "bare SimPy, a heartbeat without API server",
        "simpy",
        lambda found: per_heartbeat(found, "simpy"),
    ),
)
"""What a curve is called, what must have been measured for it, and its value in microseconds."""

KWOK: Final = "KWOK publishes 20 nodes or pods created a second, 1,000 nodes and 100,000 pods kept."


def picture(release: str) -> str:
    """The curves of all sizes that were measured."""
    kept = sorted((one for one in _kept() if one["release"] == release), key=lambda one: int(one["nodes"]))
    lines = [
        Line(name, [(one["nodes"], value(one)) for one in kept if what in one and value(one) > 0])
        for name, what, value in LINES
    ]
    return draw(f"CPU time by size ({release}, {PODS} pods to a node)", "nodes", "us of CPU", lines, KWOK)


def _kept() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(KEPT.read_text()) if KEPT.exists() else []
    return found


def _keep(found: dict[str, Any]) -> dict[str, Any]:
    """Write down what was found; of a world that was read, what its boot cost is known from before."""
    before: dict[str, Any] = {}
    others = []
    for one in _kept():
        if (one["nodes"], one["release"]) == (found["nodes"], found["release"]):
            before = one
        else:
            others.append(one)
    if "read" in found:
        found = {**{key: before[key] for key in ("boot", "keep", "boot_mib") if key in before}, **found}
    KEPT.write_text(json.dumps([*others, found], indent=1) + "\n")
    return found


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nodes", type=int, nargs="*", default=None)
    parser.add_argument("--release", default="v1.8")
    parser.add_argument("--recovery", action="store_true", help="go on until all that was lost has recovered")
    parser.add_argument("--cache", metavar="DIRECTORY", help="keep booted worlds there, and read them")
    parser.add_argument("--draw", metavar="FILE", help="draw what was measured so far")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        (nodes,) = options.nodes
        kept = KeptWorlds(Path(options.cache)) if options.cache else None
        print(json.dumps(measure(nodes, options.release, recovery=options.recovery, kept=kept)))
        return
    print(machine())
    sizes = options.nodes or ([] if options.draw else SIZES)
    for nodes in sizes:
        command = [
            sys.executable,
            "-m",
            "benchmarks.scale",
            str(nodes),
            "--here",
            "--release",
            options.release,
        ]
        command += ["--recovery"] if options.recovery else []
        command += ["--cache", options.cache] if options.cache else []
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        report(_keep(found))
    if options.draw:
        Path(options.draw).write_text(picture(options.release))


if __name__ == "__main__":
    main()
