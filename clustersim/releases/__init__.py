"""The releases of Kubernetes that the model knows."""

from typing import Final

from clustersim.releases.release import Release
from clustersim.releases.v1_7 import V1_7
from clustersim.releases.v1_8 import V1_8
from clustersim.releases.v1_36 import V1_36

RELEASES: Final = {release.name: release for release in (V1_7, V1_8, V1_36)}
"""By name, the default first."""


def release_named(name: str) -> Release:
    """The release called "v1.7" or "v1.7.5". Raises KeyError."""
    for release in RELEASES.values():
        if name in (release.name, release.version):
            return release
    raise KeyError(name)


__all__ = ["RELEASES", "V1_7", "V1_8", "V1_36", "Release", "release_named"]
