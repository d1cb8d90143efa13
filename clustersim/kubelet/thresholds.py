"""What must remain free on a node: hard and soft thresholds of eviction, and how much more must become free
once one was met (v1.7.5, v1.36.2 pkg/kubelet/eviction/helpers.go ParseThresholdConfig)."""

from functools import lru_cache
from struct import pack, unpack
from typing import Final

import msgspec

from clustersim.api.quantity import binary_text, byte_count
from clustersim.engine.time import Micros
from clustersim.flags.duration import parse_duration
from clustersim.flags.kubelet import KubeletFlags
from clustersim.machine import DISK_BYTES, PID_MAX

MEMORY: Final = "memory.available"
DISK: Final = "nodefs.available"
IMAGES: Final = "imagefs.available"
PROCESSES: Final = "pid.available"
CONDITIONS: Final = {
    MEMORY: "MemoryPressure", DISK: "DiskPressure", IMAGES: "DiskPressure", PROCESSES: "PIDPressure",
}  # fmt: skip
"""Signals that this model measures; images lie on the node's one disk."""


class Threshold(msgspec.Struct, frozen=True):
    """What must remain free of a resource, in bytes or as a number, and as today's kubelet tells it.

    soft: it must be met for `grace` before a pod goes. reclaim: once it was met, so much more must become
    free.
    """

    signal: str
    wanted: int
    text: str
    soft: bool = False
    grace: Micros = 0
    reclaim: int = 0


@lru_cache(maxsize=256)
def without(statements: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...]:
    """Statements of thresholds, those left out that say one of these."""
    return tuple(one for one in statements if one.partition("<")[2] not in values) if values else statements


def thresholds_of(flags: KubeletFlags, memory: int, disabled: tuple[str, ...] = ()) -> tuple[Threshold, ...]:
    """Those of the flags, hard ones first. memory: bytes that the machine has; disabled: what stands for no
    threshold."""
    return _thresholds(
        without(flags.eviction_hard, disabled),
        without(flags.eviction_soft, disabled),
        flags.eviction_soft_grace_period,
        flags.eviction_minimum_reclaim,
        memory,
    )


@lru_cache(maxsize=64)
def _thresholds(
    hard: tuple[str, ...],
    soft: tuple[str, ...],
    graces: tuple[str, ...],
    reclaims: tuple[str, ...],
    memory: int,
) -> tuple[Threshold, ...]:
    there = {MEMORY: memory, DISK: DISK_BYTES, IMAGES: DISK_BYTES, PROCESSES: PID_MAX}
    grace = {signal: parse_duration(value) for signal, value in pairs(graces, "=").items()}
    reclaim = {
        signal: amount(value, there[signal])[0]
        for signal, value in pairs(reclaims, "=").items()
        if signal in there
    }
    found = []
    for statements, is_soft in ((hard, False), (soft, True)):
        for signal, value in pairs(statements, "<").items():
            if signal in there:
                wanted, text = amount(value, there[signal])
                wait = grace.get(signal, 0) if is_soft else 0
                found.append(Threshold(signal, wanted, text, is_soft, wait, reclaim.get(signal, 0)))
    return tuple(found)


def pairs(statements: tuple[str, ...], operator: str) -> dict[str, str]:
    """Signals and what is said of them."""
    split = (statement.partition(operator) for statement in statements)
    return {signal: value for signal, _, value in split}


def amount(text: str, whole: int) -> tuple[int, str]:
    """As a number, and as it is told; percentages are float32 (eviction/api ThresholdValue)."""
    if not text.endswith("%"):
        return byte_count(text), text
    share = int(whole * _single(_single(float(text[:-1])) / 100))
    return share, binary_text(share)


def _single(number: float) -> float:
    value: float = unpack("f", pack("f", number))[0]
    return value
