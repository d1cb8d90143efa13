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
_OLDEST_OF_CENTOS: Final = {"overlay": 229, "overlay2": 514}
"""CentOS 7 carries overlay in its 3.10.0, and from there on several lower directories, too: docker only asks
/proc/filesystems for the one, and needs 3.10.0-514 for the other."""

NO_DTYPE: Final = "xfs ftype=0"
"""An xfs that does not tell the type of a directory's entries: overlays start on it and go wrong later."""

_FILESYSTEMS: Final = {
    "overlay": ("ext4", "xfs", NO_DTYPE),
    "overlay2": ("ext4", "xfs", NO_DTYPE),
    "aufs": ("ext4", "xfs", NO_DTYPE),
    "devicemapper": ("ext4", "xfs", NO_DTYPE, "btrfs"),
}


def kernel_version(kernel: str) -> tuple[int, ...]:
    """(4, 4, 0, 96) of "4.4.0-96-generic"."""
    return tuple(int(number) for number in re.findall(r"\d+", kernel)[:4])


def supports(driver: str, kernel: str, filesystem: str) -> Verdict:
    """The machine can do this driver."""
    version = kernel_version(kernel)
    oldest = _OLDEST_OF_CENTOS.get(driver)
    carried = oldest is not None and version[:3] == (3, 10, 0) and version[3:] >= (oldest,)
    holds = filesystem in _FILESYSTEMS[driver] and (version >= _OLDEST_KERNEL[driver] or carried)
    if driver == "aufs":
        holds = holds and "generic" in kernel
    return DRIVER_SUPPORTED.holds(holds, driver=driver, kernel=kernel, filesystem=filesystem)


def tells_types(driver: str, filesystem: str) -> bool | None:
    """Whether `docker info` says that the filesystem supports d_type; None for drivers that do not ask."""
    return filesystem != NO_DTYPE if driver in ("overlay", "overlay2") else None


def warning(driver: str, filesystem: str) -> str:
    """What the daemon complains of when it starts all the same."""
    if tells_types(driver, filesystem) is not False:
        return ""
    return (
        f"{driver}: the backing xfs filesystem is formatted without d_type support, which leads to incorrect "
        "behavior. Reformat the filesystem with ftype=1 to enable d_type support. Running without d_type "
        "support will no longer be supported in Docker 1.16."
    )


def message(driver: str, kernel: str, filesystem: str) -> str:
    """What the daemon says when it cannot do the driver."""
    if filesystem not in _FILESYSTEMS[driver]:
        why = f"{driver}: backing filesystem {filesystem} is unsupported"
    else:
        why = f"driver not supported ({driver} on kernel {kernel})"
    return f"Error starting daemon: error initializing graphdriver: {why}"
