"""Which flags the programs of each release have, whether the model heeds them or not: flag_names.txt, where
the names stand below the releases that have them. They are those of all programs together, so that a flag of
another program counts as known.

Sources: what v1.7.5, v1.8.0 and v1.36.2 register in cmd, pkg, plugin, k8s.io/apiserver,
k8s.io/component-base, glog or klog, and cadvisor.
"""

from functools import cache
from importlib.resources import files


@cache
def _names() -> dict[str, frozenset[str]]:
    """By release."""
    found: dict[str, set[str]] = {}
    releases: list[str] = []
    for line in files("clustersim.flags").joinpath("flag_names.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            releases = line[2:].split()
        else:
            for release in releases:
                found.setdefault(release, set()).update(line.split())
    return {release: frozenset(names) for release, names in found.items()}


def is_real(name: str, release: str) -> bool:
    """Some program of that release has such a flag; underscores count as dashes (WordSepNormalizeFunc)."""
    return name.replace("_", "-") in _names().get(release, frozenset())
