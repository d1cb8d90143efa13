"""Which storage driver works with which kernel and filesystem (docker docs, storage drivers; behaviour of
2017).

A driver that the machine cannot do keeps the daemon from starting: for the cluster that is a dead docker.
"""

import re
from typing import Final

from clustersim.engine.rules import Rule, Verdict
from clustersim.i18n import _

DRIVER_SUPPORTED: Final = Rule(
    "docker.driver-supported",
    "docker",
    "docker 17.05 daemon/graphdriver/*/*.go; docs.docker.com storage drivers",
    _("{driver} works with kernel {kernel} on {filesystem}."),
)

_OLDEST_KERNEL: Final = {"overlay": (3, 18), "overlay2": (4, 0), "devicemapper": (2, 6), "aufs": (3, 13)}
"""overlay2 also runs on the kernels 3.10.0-514 and later of CentOS 7, which carry the change."""

_FILESYSTEMS: Final = {
    "overlay": ("ext4", "xfs"),
    "overlay2": ("ext4", "xfs"),
    "aufs": ("ext4", "xfs"),
    "devicemapper": ("ext4", "xfs", "xfs-ftype0", "btrfs"),
}


def kernel_version(kernel: str) -> tuple[int, ...]:
    """(4, 4, 0, 96) of "4.4.0-96-generic"."""
    return tuple(int(number) for number in re.findall(r"\d+", kernel)[:4])


def supports(driver: str, kernel: str, filesystem: str) -> Verdict:
    """The machine can do this driver."""
    version = kernel_version(kernel)
    patched = driver == "overlay2" and version[:3] == (3, 10, 0) and version[3:] >= (514,)
    holds = filesystem in _FILESYSTEMS[driver] and (version >= _OLDEST_KERNEL[driver] or patched)
    if driver == "aufs":
        holds = holds and "generic" in kernel
    return DRIVER_SUPPORTED.holds(holds, driver=driver, kernel=kernel, filesystem=filesystem)


def message(driver: str, kernel: str, filesystem: str) -> str:
    """What the daemon says when it cannot do the driver."""
    if filesystem not in _FILESYSTEMS[driver]:
        why = f"{driver}: backing filesystem {filesystem} is unsupported"
    else:
        why = f"driver not supported ({driver} on kernel {kernel})"
    return f"Error starting daemon: error initializing graphdriver: {why}"
