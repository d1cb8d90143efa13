"""Column headers of each release, and how rows are laid out.

Sources: v1.7.5 and v1.8.0 pkg/printers/internalversion/printers.go, pkg/printers/tabwriter.go.
"""

from typing import Final

NARROW: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "v1.7": {
        "daemonsets": (
            "NAME",
            "DESIRED",
            "CURRENT",
            "READY",
            "UP-TO-DATE",
            "AVAILABLE",
            "NODE-SELECTOR",
            "AGE",
        ),
        "deployments": ("NAME", "DESIRED", "CURRENT", "UP-TO-DATE", "AVAILABLE", "AGE"),
        "endpoints": ("NAME", "ENDPOINTS", "AGE"),
        "events": (
            "LASTSEEN",
            "FIRSTSEEN",
            "COUNT",
            "NAME",
            "KIND",
            "SUBOBJECT",
            "TYPE",
            "REASON",
            "SOURCE",
            "MESSAGE",
        ),
        "jobs": ("NAME", "DESIRED", "SUCCESSFUL", "AGE"),
        "namespaces": ("NAME", "STATUS", "AGE"),
        "nodes": ("NAME", "STATUS", "AGE", "VERSION"),
        "pods": ("NAME", "READY", "STATUS", "RESTARTS", "AGE"),
        "replicasets": ("NAME", "DESIRED", "CURRENT", "READY", "AGE"),
        "replicationcontrollers": ("NAME", "DESIRED", "CURRENT", "READY", "AGE"),
        "services": ("NAME", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"),
        "statefulsets": ("NAME", "DESIRED", "CURRENT", "AGE"),
    },
}
NARROW["v1.8"] = {
    **NARROW["v1.7"],
    "events": ("LAST SEEN", "FIRST SEEN", *NARROW["v1.7"]["events"][2:]),
    "nodes": ("NAME", "STATUS", "ROLES", "AGE", "VERSION"),
    "services": ("NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"),
}
NARROW["v1.36"] = NARROW["v1.8"]

_WORKLOADS: Final = ("daemonsets", "deployments", "jobs", "replicasets", "replicationcontrollers")
WIDE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "v1.7": {
        **dict.fromkeys(_WORKLOADS, ("CONTAINER(S)", "IMAGE(S)", "SELECTOR")),
        "nodes": ("EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION"),
        "pods": ("IP", "NODE"),
        "services": ("SELECTOR",),
        "statefulsets": ("CONTAINER(S)", "IMAGE(S)"),
    },
    "v1.8": {
        **dict.fromkeys(_WORKLOADS, ("CONTAINERS", "IMAGES", "SELECTOR")),
        "nodes": ("EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME"),
        "pods": ("IP", "NODE"),
        "services": ("SELECTOR",),
        "statefulsets": ("CONTAINERS", "IMAGES"),
    },
}
WIDE["v1.36"] = WIDE["v1.8"]
"""What -o wide adds."""

MINIMUM_WIDTH: Final = 10
PADDING: Final = 3


def header(resource: str, release: str, *, wide: bool = False) -> tuple[str, ...]:
    """The column headers. Raises KeyError for what kubectl of that release does not know here."""
    return NARROW[release][resource] + (WIDE[release].get(resource, ()) if wide else ())


def align(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines: a column is as wide as its widest cell and three more, at least ten; the last
    one is not padded."""
    widths = [max(len(cell) + PADDING for cell in column) for column in zip(*rows, strict=True)]
    padded = [max(width, MINIMUM_WIDTH) for width in widths[:-1]]
    return [
        "".join(cell.ljust(width) for cell, width in zip(row, padded, strict=False)) + row[-1] for row in rows
    ]
