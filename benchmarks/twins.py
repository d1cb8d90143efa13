"""Random stories of one node, each told twice: by a lazy world, which leaves out the passes that would find
nothing, and by its ticking twin, which runs them all. Counts the stories whose traces differ. In every other
story, files and disks of the machine change, too. One in some thousands differs and may: a resync of a pod,
which only the twin does, has its worker wait for the next list of containers.

    python -m benchmarks.twins [FIRST_SEED] [STORIES]
"""

import argparse

from clustersim.releases import RELEASES
from tests.model.kubelet.node_world import NodeWorld
from tests.model.kubelet.troubles import TROUBLES, TROUBLES_OF_THE_MACHINE, trouble

NAMES = tuple(RELEASES)


def trace(seed: int, *, ticking: bool) -> list[tuple[object, ...]]:
    """What happened in a story, event by event."""
    world = NodeWorld(NAMES[seed % len(NAMES)], seed=seed, ticking=ticking)
    troubles = TROUBLES_OF_THE_MACHINE if seed // len(NAMES) % 2 else TROUBLES
    world.run(trouble(world, seed, troubles) + 200)
    return [(e.t, e.kind, e.actor, e.verb, e.object) for e in world.engine.record]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("first", metavar="FIRST_SEED", type=int, nargs="?", default=0)
    parser.add_argument("stories", metavar="STORIES", type=int, nargs="?", default=1000)
    options = parser.parse_args()
    first, stories = options.first, options.stories
    differ = []
    for seed in range(first, first + stories):
        lazy, twin = trace(seed, ticking=False), trace(seed, ticking=True)
        if lazy != twin:
            differ.append(seed)
            index = next((i for i, (a, b) in enumerate(zip(lazy, twin, strict=False)) if a != b), -1)
            print(
                f"seed {seed} ({NAMES[seed % len(NAMES)]}): {lazy[index]} against {twin[index]}", flush=True
            )
    print(f"{stories} stories from seed {first}: {len(differ)} differ")


if __name__ == "__main__":
    main()
