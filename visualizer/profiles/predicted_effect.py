"""Draws the predicted effect: bands over the phases on one time axis, old against new, and sentences."""

from collections.abc import Sequence
from statistics import mean
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from visualizer.profiles.effect import SHOWN, Calm, Effect

WIDTH: Final = 100
"""Of the drawing, in percent."""

TITLES: Final[dict[str, Promise]] = {
    "last-heartbeat": gettext_lazy("last heartbeat"),
    "node-not-ready": gettext_lazy("n1 is NotReady"),
    "pods-unknown-first": gettext_lazy("its pods are Unknown"),
    "pods-deletion-timestamp-first": gettext_lazy("its pods are deleted"),
    "replacement-created": gettext_lazy("replacements are created"),
    "replacement-ready": gettext_lazy("replacements are ready"),
    "endpoints-full-again": gettext_lazy("the Service has all endpoints again"),
    "node-ready-again": gettext_lazy("kubelet back: n1 is Ready again"),
}


class Bar(msgspec.Struct, frozen=True):
    """A band in seconds after the stop, where it is drawn, and in how many of the trials it came."""

    earliest: float
    latest: float
    x: float
    width: float
    seen: int
    trials: int

    @property
    def text(self) -> str:
        """ "30 – 45 s"."""
        return _("%(n)s s") % {"n": _span(self.earliest, self.latest)}


def _span(least: float, most: float) -> str:
    low, high = (str(round(one)).replace("-", "−") for one in (least, most))
    return low if low == high else f"{low} – {high}"


class Row(msgspec.Struct, frozen=True):
    """One milestone, with the old settings and with the new ones; None: it does not come."""

    name: str
    title: str
    old: Bar | None
    new: Bar | None


class Lost(msgspec.Struct, frozen=True):
    """Requests that were lost with the old settings and with the new: how many, and when."""

    old_count: str
    new_count: str
    old: Bar | None
    new: Bar | None


class Axis(msgspec.Struct, frozen=True):
    """From when to when, in seconds, and where the marks are: (x, text)."""

    start: float
    end: float
    marks: tuple[tuple[float, str], ...]

    def x(self, t: float) -> float:
        return round(WIDTH * (t - self.start) / (self.end - self.start), 2)


class Drawing(msgspec.Struct, frozen=True):
    """All that the page shows of an effect."""

    axis: Axis
    rows: tuple[Row, ...]
    lost: Lost
    sentences: tuple[str, ...]
    trials: int
    complete: bool


def draw(old: Effect, new: Effect, *, complete: bool) -> Drawing:
    """The drawing of two effects on one axis."""
    axis = _axis(max(old.back_at, new.back_at))
    rows = []
    for name in SHOWN:
        before, after = _reached(old, name, axis), _reached(new, name, axis)
        if before is not None or after is not None:
            rows.append(Row(name, str(TITLES[name]), before, after))
    lost = Lost(_lost(old), _lost(new), _losing(old, axis), _losing(new, axis))
    return Drawing(axis, tuple(rows), lost, tuple(_sentences(old, new)), len(new.trials), complete)


def _lost(effect: Effect) -> str:
    counts = [trial.lost for trial in effect.trials]
    return _span(min(counts), max(counts))


def _axis(back_at: float) -> Axis:
    end = back_at + 40
    step = next(one for one in (10, 30, 60, 120, 300, 600) if end / one <= 9)
    axis = Axis(-30.0, end, ())
    marks = tuple((axis.x(t), _clock(t)) for t in range(0, int(end), step))
    return msgspec.structs.replace(axis, marks=marks)


def _clock(t: int) -> str:
    """Seconds below a minute, then minutes and seconds."""
    return f"{t // 60}:{t % 60:02d}" if t >= 60 else _("%(n)s s") % {"n": t}


def _reached(effect: Effect, name: str, axis: Axis) -> Bar | None:
    return _bar([trial.reached[name] for trial in effect.trials if name in trial.reached], effect, axis)


def _losing(effect: Effect, axis: Axis) -> Bar | None:
    """From when the first trial loses requests to when the last does."""
    found = [trial.losing for trial in effect.trials if trial.losing is not None]
    bar = _bar([t for losing in found for t in losing], effect, axis)
    return None if bar is None else msgspec.structs.replace(bar, seen=len(found))


def _bar(times: Sequence[float], effect: Effect, axis: Axis) -> Bar | None:
    if not times:
        return None
    low, high = min(times), max(times)
    x = max(0.0, axis.x(low))
    width = max(0.5, axis.x(min(high, axis.end)) - x)
    return Bar(low, high, x, round(width, 2), len(times), len(effect.trials))


def _sentences(old: Effect, new: Effect) -> list[str]:
    found = [*_flapping(new.calm)]
    for name, sooner, later in (
        ("node-not-ready", _("n1 turns NotReady %(n)s s sooner."), _("n1 turns NotReady %(n)s s later.")),
        (
            "replacement-ready",
            _("Replacements are ready %(n)s s sooner."),
            _("Replacements are ready %(n)s s later."),
        ),
    ):
        before, after = _middle(old, name), _middle(new, name)
        if before is None or after is None or abs(after - before) < 1:
            continue
        text = sooner if after < before else later
        found.append(text % {"n": f"{abs(after - before):.0f}"})
    found += _costs(old, new)
    return found or [_("For this experiment nothing changes.")]


def _flapping(calm: Calm) -> list[str]:
    if not calm.flaps:
        return []
    every = 180 * calm.nodes / calm.flaps
    return [
        _(
            "Nothing needs to fail: each node flaps about every %(n)s s, since the grace is used up between "
            "two heartbeats."
        )
        % {"n": f"{every:.0f}"}
    ]


def _costs(old: Effect, new: Effect) -> list[str]:
    found = []
    lost = mean(trial.lost for trial in new.trials) - mean(trial.lost for trial in old.trials)
    if round(lost):
        more = ngettext("%(n)s request more is lost.", "%(n)s requests more are lost.", round(abs(lost)))
        fewer = ngettext("%(n)s request fewer is lost.", "%(n)s requests fewer are lost.", round(abs(lost)))
        found.append((more if lost > 0 else fewer) % {"n": round(abs(lost))})
    reports = new.calm.reports - old.calm.reports
    if abs(reports) >= 1 and not new.calm.flaps:
        text = (
            _("It costs %(n)s reports a minute more.")
            if reports > 0
            else _("It saves %(n)s reports a minute.")
        )
        found.append(text % {"n": round(abs(reports))})
    return found


def _middle(effect: Effect, name: str) -> float | None:
    times: Sequence[float] = sorted(trial.reached[name] for trial in effect.trials if name in trial.reached)
    return times[len(times) // 2] if times else None
