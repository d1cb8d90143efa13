"""Which thresholds of eviction a kubelet does not start with (v1.7.5, v1.8.0, v1.36.2
pkg/kubelet/eviction/helpers.go ParseThresholdConfig). A share of 0% is always taken: today it says that there
is no threshold, and v1.7 and v1.8, which refuse it, would never find it met."""

import re
from collections.abc import Iterator
from typing import Final

from clustersim.flags.duration import parse_duration
from clustersim.flags.findings import Finding, says
from clustersim.flags.kubelet import KubeletFlags
from clustersim.i18n import _

SIGNALS: Final = frozenset(
    f"{filesystem}.{what}"
    for filesystem in ("nodefs", "imagefs", "containerfs")
    for what in ("available", "inodesFree")
) | {"memory.available", "allocatableMemory.available", "pid.available"}
"""What thresholds of eviction are about."""

AMOUNT: Final = re.compile(
    r"(?P<sign>[+-]?)(?P<number>\d+(\.\d*)?)(?P<unit>%|[eE][-+]?\d{1,2}|[kMGTPE]|[KMGTPE]i)?"
)
QUANTITY_WRONG: Final = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
RECLAIM: Final = "eviction-minimum-reclaim"
GRACE: Final = "eviction-soft-grace-period"


def thresholds(kubelet: KubeletFlags) -> Iterator[Finding]:
    """Of hard and soft ones, how long these must be met, and how much must become free."""
    graces = {one.partition("=")[0] for one in kubelet.eviction_soft_grace_period}
    for flag, statements in (
        ("eviction-hard", kubelet.eviction_hard),
        ("eviction-soft", kubelet.eviction_soft),
    ):
        for statement in statements:
            signal, operator, value = statement.partition("<")
            if not operator:
                text = _("invalid eviction threshold syntax {text}, expected <signal><operator><value>")
                yield says("kubelet", flag, text, text=statement)
            yield from _signal(flag, signal)
            yield from _threshold(flag, signal, value)
            if flag == "eviction-soft" and signal not in graces:
                text = _("grace period must be specified for the soft eviction threshold {signal}")
                yield says("kubelet", flag, text, signal=signal)
    for statement in kubelet.eviction_soft_grace_period:
        yield from _grace(statement)
    for statement in kubelet.eviction_minimum_reclaim:
        signal, operator, value = statement.partition("=")
        if not operator:
            text = _("invalid eviction minimum reclaim syntax: {text}, expected <signal>=<value>")
            yield says("kubelet", RECLAIM, text, text=statement)
        yield from _signal(RECLAIM, signal)
        yield from _reclaim(signal, value)


def _signal(flag: str, signal: str) -> Iterator[Finding]:
    if signal not in SIGNALS:
        yield says("kubelet", flag, _("unsupported eviction signal {signal}"), signal=signal)


def _threshold(flag: str, signal: str, value: str) -> Iterator[Finding]:
    read = AMOUNT.fullmatch(value)
    if read is None:
        yield says("kubelet", flag, QUANTITY_WRONG)
        return
    number = float(read["number"])
    below = read["sign"] == "-" and number > 0
    if read["unit"] != "%":
        if below or not number:
            text = _("eviction threshold {signal} must be positive: {value}")
            yield says("kubelet", flag, text, signal=signal, value=value)
    elif below or number > 100:
        bound = ">= 0%" if below else "<= 100%"
        text = _("eviction percentage threshold {signal} must be {bound}: {value}")
        yield says("kubelet", flag, text, signal=signal, bound=bound, value=value)


def _grace(statement: str) -> Iterator[Finding]:
    signal, _operator, value = statement.partition("=")
    try:
        grace = parse_duration(value)
    except ValueError:
        text = _("invalid eviction grace period syntax {text}, expected <signal>=<duration>")
        yield says("kubelet", GRACE, text, text=statement)
        return
    yield from _signal(GRACE, signal)
    if grace < 0:
        text = _("invalid eviction grace period specified: {value}, must be a positive value")
        yield says("kubelet", GRACE, text, value=value)


def _reclaim(signal: str, value: str) -> Iterator[Finding]:
    read = AMOUNT.fullmatch(value)
    if read is None:
        yield says("kubelet", RECLAIM, QUANTITY_WRONG)
        return
    number = float(read["number"])
    below = read["sign"] == "-" and number > 0
    if read["unit"] == "%" and (below or not number):
        text = _("eviction percentage minimum reclaim {signal} must be positive: {value}")
        yield says("kubelet", RECLAIM, text, signal=signal, value=value)
    elif below:
        text = _("negative eviction minimum reclaim specified for {signal}")
        yield says("kubelet", RECLAIM, text, signal=signal)
