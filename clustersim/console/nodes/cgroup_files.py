"""The kernel's own files of a container's limits, as its processes see them under /sys/fs/cgroup.

Sources: v1.7.5, v1.8.0 pkg/kubelet/cm/helpers_linux.go (MilliCPUToQuota, MilliCPUToShares), with cgroup v1;
v1.36 the same with cgroup v2 (KEP-2254: weights from shares).
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.quantity import byte_count, millicores
from clustersim.engine.time import Micros
from clustersim.runtime.records import Container
from clustersim.runtime.usage import LEAST_SHARES, MOST_SHARES, cpu_spent, cpu_weight, memory_taken

CGROUP: Final = "/sys/fs/cgroup"
_PERIOD: Final = 100_000
_LEAST_QUOTA: Final = 1000
_NO_LIMIT: Final = 9_223_372_036_854_771_712
"""Bytes that cgroup v1 shows where there is no limit."""
_CONTROLLERS: Final = "cpuset cpu io memory hugetlb pids rdma misc"


def cgroup_files(record: Container, now: Micros, *, unified: bool) -> dict[str, str]:
    """By path, at a moment. unified: of cgroup v2, as nodes of today have it."""
    limits, shares = record.spec.resources.limits, cpu_weight(record.spec)
    quota, memory, spent = _quota(limits), _memory(limits), cpu_spent(record, now)
    periods = 0 if quota is None or record.started_at is None else (now - record.started_at) // _PERIOD
    throttled = spent.missed // 1000 if spent.held else 0
    if not unified:
        stat = {"nr_periods": periods, "nr_throttled": spent.held // _PERIOD}
        stat["throttled_time"] = throttled * 1000
        return _lines(
            {
                "cpuacct/cpuacct.usage": str(spent.used),
                "cpu/cpu.stat": _table(stat),
                "cpu/cpu.cfs_period_us": str(_PERIOD),
                "cpu/cpu.cfs_quota_us": "-1" if quota is None else str(quota),
                "cpu/cpu.shares": str(shares),
                "memory/memory.limit_in_bytes": str(_NO_LIMIT if memory is None else memory),
                "memory/memory.usage_in_bytes": str(memory_taken(record)),
            }
        )
    used = spent.used // 1000
    stat = {"usage_usec": used, "user_usec": used, "system_usec": 0, "nr_periods": periods}
    stat |= {"nr_throttled": spent.held // _PERIOD, "throttled_usec": throttled}
    return _lines(
        {
            "cpu.stat": _table(stat),
            "cgroup.controllers": _CONTROLLERS,
            "cpu.max": f"{'max' if quota is None else quota} {_PERIOD}",
            "cpu.weight": str(1 + (shares - LEAST_SHARES) * 9999 // (MOST_SHARES - LEAST_SHARES)),
            "memory.current": str(memory_taken(record)),
            "memory.max": "max" if memory is None else str(memory),
        }
    )


def _lines(texts: dict[str, str]) -> dict[str, str]:
    return {f"{CGROUP}/{name}": f"{text}\n" for name, text in texts.items()}


def _table(numbers: Mapping[str, int]) -> str:
    return "\n".join(f"{name} {number}" for name, number in numbers.items())


def _quota(limits: Any) -> int | None:
    """Microseconds of CPU in each period; None: as many as there are."""
    limit = millicores(limits.get("cpu", "0"))
    return max(limit * _PERIOD // 1000, _LEAST_QUOTA) if limit else None


def _memory(limits: Any) -> int | None:
    return byte_count(limits["memory"]) if limits.get("memory") else None
