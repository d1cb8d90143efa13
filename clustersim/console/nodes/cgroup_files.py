"""The kernel's own files of a container's limits, as its processes see them under /sys/fs/cgroup.

Sources: v1.7.5, v1.8.0 pkg/kubelet/cm/helpers_linux.go (MilliCPUToQuota, MilliCPUToShares), with cgroup v1;
v1.36 the same with cgroup v2 (KEP-2254: weights from shares).
"""

from typing import Any, Final

from clustersim.api.quantity import byte_count, millicores
from clustersim.runtime.records import Container
from clustersim.runtime.usage import memory_taken

CGROUP: Final = "/sys/fs/cgroup"
_PERIOD: Final = 100_000
_LEAST_QUOTA: Final = 1000
_LEAST_SHARES: Final = 2
_MOST_SHARES: Final = 262_144
_NO_LIMIT: Final = 9_223_372_036_854_771_712
"""Bytes that cgroup v1 shows where there is no limit."""
_CONTROLLERS: Final = "cpuset cpu io memory hugetlb pids rdma misc"


def cgroup_files(record: Container, *, unified: bool) -> dict[str, str]:
    """By path. unified: of cgroup v2, as nodes of today have it."""
    limits, requests = record.spec.resources.limits, record.spec.resources.requests
    quota, shares, memory = _quota(limits), _shares(requests, limits), _memory(limits)
    if not unified:
        return _lines(
            {
                "cpu/cpu.cfs_period_us": str(_PERIOD),
                "cpu/cpu.cfs_quota_us": "-1" if quota is None else str(quota),
                "cpu/cpu.shares": str(shares),
                "memory/memory.limit_in_bytes": str(_NO_LIMIT if memory is None else memory),
                "memory/memory.usage_in_bytes": str(memory_taken(record)),
            }
        )
    return _lines(
        {
            "cgroup.controllers": _CONTROLLERS,
            "cpu.max": f"{'max' if quota is None else quota} {_PERIOD}",
            "cpu.weight": str(1 + (shares - _LEAST_SHARES) * 9999 // (_MOST_SHARES - _LEAST_SHARES)),
            "memory.current": str(memory_taken(record)),
            "memory.max": "max" if memory is None else str(memory),
        }
    )


def _lines(texts: dict[str, str]) -> dict[str, str]:
    return {f"{CGROUP}/{name}": f"{text}\n" for name, text in texts.items()}


def _quota(limits: Any) -> int | None:
    """Microseconds of CPU in each period; None: as many as there are."""
    limit = millicores(limits.get("cpu", "0"))
    return max(limit * _PERIOD // 1000, _LEAST_QUOTA) if limit else None


def _shares(requests: Any, limits: Any) -> int:
    """By what is asked for, or where nothing is, by the limit."""
    asked = millicores(requests.get("cpu") or limits.get("cpu", "0"))
    return min(max(asked * 1024 // 1000, _LEAST_SHARES), _MOST_SHARES)


def _memory(limits: Any) -> int | None:
    return byte_count(limits["memory"]) if limits.get("memory") else None
