"""How many pods an autoscaler may make of what it wants: bounds, rates, and today what it wanted lately.

Until v1.8 a change forbids the next for a while; today the highest of what was wanted in the last five
minutes counts, and `behavior` says how much may change in which time.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/podautoscaler/horizontal.go.
"""

from math import ceil
from typing import Final, NamedTuple

import msgspec

from clustersim.api.autoscaling import HorizontalPodAutoscalerBehavior, HPAScalingRules
from clustersim.engine.time import SECOND, Micros

Change = tuple[Micros, int]
"""When, and how many: wanted in all, or pods more or fewer."""


class Limited(NamedTuple):
    """How many there may be, whether that is fewer or more than wanted, and why."""

    replicas: int
    limited: bool
    reason: str
    message: str


WITHIN: Final = "DesiredWithinRange"


def _fastest(current: int) -> int:
    """Beyond that no step goes: bogus measurements are not to make a crowd of pods."""
    return max(2 * current, 4)


def limited_of_old(current: int, wanted: int, least: int, most: int) -> Limited:
    """Until v1.8. A step that is too large is cut to twice the pods, even where those are more than
    --max (fixed later: kubernetes pull 53690)."""
    fastest = _fastest(current)
    if wanted > fastest:
        text = "the desired replica count is increasing faster than the maximum scale rate"
        return Limited(fastest, True, "ScaleUpLimit", text)
    if wanted < least:
        told = "was less than the minimum replica count" if wanted else "was zero"
        return Limited(least, True, "TooFewReplicas", f"the desired replica count {told}")
    if wanted > most:
        text = "the desired replica count was more than the maximum replica count"
        return Limited(most, True, "TooManyReplicas", text)
    return Limited(wanted, False, WITHIN, "the desired replica count is within the acceptible range")


def limited_of_today(current: int, wanted: int, least: int, most: int) -> Limited:
    """Today, where nothing is said of its behaviour."""
    if wanted < least:
        return _too_few(least)
    fastest = _fastest(current)
    if wanted > min(most, fastest):
        return _too_fast(fastest, up=True) if most > fastest else _too_many(most)
    return _within(wanted)


def limited_by(
    behavior: HorizontalPodAutoscalerBehavior,
    current: int,
    wanted: int,
    bounds: tuple[int, int],
    recent: "Recent",
    now: Micros,
) -> Limited:
    """By its policies, which look at what has changed lately."""
    least, most = bounds
    if wanted > current and behavior.scale_up is not None:
        fastest = max(current, _up_limit(behavior.scale_up, current, recent, now))
        if wanted > min(most, fastest):
            return _too_fast(fastest, up=True) if most > fastest else _too_many(most)
    if wanted < current and behavior.scale_down is not None:
        slowest = min(current, _down_limit(behavior.scale_down, current, recent, now))
        if wanted < max(least, slowest):
            return _too_fast(slowest, up=False) if least < slowest else _too_few(least)
    return _within(wanted)


def _within(wanted: int) -> Limited:
    return Limited(wanted, False, WITHIN, "the desired count is within the acceptable range")


def _too_few(least: int) -> Limited:
    text = "the desired replica count is less than the minimum replica count"
    return Limited(least, True, "TooFewReplicas", text)


def _too_many(most: int) -> Limited:
    text = "the desired replica count is more than the maximum replica count"
    return Limited(most, True, "TooManyReplicas", text)


def _too_fast(replicas: int, *, up: bool) -> Limited:
    how = "increasing" if up else "decreasing"
    text = f"the desired replica count is {how} faster than the maximum scale rate"
    return Limited(replicas, True, "ScaleUpLimit" if up else "ScaleDownLimit", text)


# --- policies ----------------------------------------------------------------------------------------------


class Recent(msgspec.Struct, frozen=True):
    """What was wanted lately, and by how many pods it was scaled up and down."""

    wanted: tuple[Change, ...] = ()
    ups: tuple[Change, ...] = ()
    downs: tuple[Change, ...] = ()


def _up_limit(rules: HPAScalingRules, current: int, recent: Recent, now: Micros) -> int:
    if rules.select_policy == "Disabled":
        return current
    limits: list[int] = []
    for policy in rules.policies:
        start = current + _lately(recent, policy.period_seconds, now)
        more = start + policy.value if policy.type == "Pods" else ceil(start * (1 + policy.value / 100))
        limits.append(more)
    return (min if rules.select_policy == "Min" else max)(limits, default=current)


def _down_limit(rules: HPAScalingRules, current: int, recent: Recent, now: Micros) -> int:
    if rules.select_policy == "Disabled":
        return current
    limits: list[int] = []
    for policy in rules.policies:
        start = current + _lately(recent, policy.period_seconds, now)
        fewer = start - policy.value if policy.type == "Pods" else int(start * (1 - policy.value / 100))
        limits.append(fewer)
    return (max if rules.select_policy == "Min" else min)(limits, default=current)


def _lately(recent: Recent, seconds: int, now: Micros) -> int:
    """By how many pods it has shrunk in a period."""
    since = now - seconds * SECOND
    return sum(n for at, n in recent.downs if at > since) - sum(n for at, n in recent.ups if at > since)


def longest_period(rules: HPAScalingRules | None) -> Micros:
    """How long changes matter to policies."""
    return max((policy.period_seconds for policy in rules.policies), default=0) * SECOND if rules else 0


# --- stabilization -----------------------------------------------------------------------------------------


class Stabilized(NamedTuple):
    """What counts as wanted, and (where that is something else) why."""

    replicas: int
    reason: str = "ReadyForNewScale"
    message: str = "recommended size matches current size"


def stabilized(wanted: int, recent: Recent, window: Micros, now: Micros) -> Stabilized:
    """The highest that was wanted lately (stabilizeRecommendation)."""
    found = max([wanted, *(count for at, count in recent.wanted if at >= now - window)])
    return Stabilized(wanted) if found == wanted else Stabilized(found, *_HIGHER)


def stabilized_by(
    windows: tuple[Micros, Micros], wanted: int, current: int, recent: Recent, now: Micros
) -> Stabilized:
    """No more than the highest that was wanted in the second window, no fewer than the lowest in the first
    (stabilizeRecommendationWithBehaviors)."""
    up, down = ([wanted, *(n for at, n in recent.wanted if at > now - window)] for window in windows)
    found = min(max(current, min(up)), max(down))
    if found == wanted:
        return Stabilized(wanted)
    return Stabilized(found, *(_LOWER if wanted >= current else _HIGHER))


_HIGHER: Final = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
_LOWER: Final = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)
