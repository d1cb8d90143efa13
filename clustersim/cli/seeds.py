"""A scenario under many accidents and settings: what became visible when, and how many requests were lost."""

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from itertools import product
from statistics import median
from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.engine.time import in_seconds, seconds
from clustersim.explain.milestones import milestones
from clustersim.flags import FlagError, Flags, refusal
from clustersim.i18n import Message, _
from clustersim.lesson.expressions.kinds import unit_word
from clustersim.scenario import Scenario
from clustersim.traffic import Client
from clustersim.view.picture import INK, LINE, STYLE, ticks

WIDTH: Final = 960
LEFT: Final = 300
RIGHT: Final = 180
ROW: Final = 22
HEAD: Final = 44
MOST_ROWS: Final = 120


class Variant(msgspec.Struct, frozen=True):
    """One run of a sweep: a seed, and settings in words ("" for the scenario's own)."""

    scenario: Scenario
    seed: int
    settings: str


class Outcome(msgspec.Struct, frozen=True):
    """What a run came to: by "milestone of whom" when it was first visible, in seconds, and the requests that
    were refused or hung."""

    seed: int
    settings: str
    milestones: dict[str, float]
    lost: int


def variants(scenario: Scenario, seeds: Iterable[int], vary: Sequence[str]) -> list[Variant]:
    """Every seed with every combination of settings; vary: "COMPONENT.FLAG=VALUE,VALUE". Raises FlagError."""
    axes = [_axis(text) for text in vary]
    seeds = list(seeds)
    found = []
    for choice in product(*axes):
        flags = scenario.flags
        for name, value in choice:
            flags = _with(flags, name, value, scenario.release)
        words = " ".join(f"{name}={value}" for name, value in choice)
        for seed in seeds:
            found.append(Variant(msgspec.structs.replace(scenario, flags=flags, seed=seed), seed, words))
    return found


def _axis(text: str) -> list[tuple[str, str]]:
    name, equals, values = text.partition("=")
    if not (equals and "." in name and values):
        raise FlagError(Message(_("--vary wants COMPONENT.FLAG=VALUE,VALUE, not {text}"), {"text": text}))
    return [(name, value) for value in values.split(",")]


def _with(flags: Flags, name: str, value: str, release: str) -> Flags:
    component, _dot, flag = name.partition(".")
    changed = flags.with_texts({component: {flag: value}}, release)
    found = refusal(changed)
    if found is not None:
        raise FlagError(found.message)
    return changed


def outcome(variant: Variant) -> Outcome:
    """Run it to its end."""
    cluster = Cluster(variant.scenario)
    cluster.run_until(variant.scenario.until)
    found: dict[str, float] = {}
    for shown in milestones(cluster):
        found.setdefault(
            f"{shown.milestone.name} {shown.milestone.of}".strip(), in_seconds(shown.milestone.t)
        )
    clients = [process.state for process in cluster.processes() if isinstance(process, Client)]
    return Outcome(
        variant.seed, variant.settings, found, sum(state.refused + state.hung for state in clients)
    )


def as_csv(outcomes: Sequence[Outcome]) -> str:
    """A row for each run: seed, settings, requests lost, and a column of seconds for each milestone."""
    names = list(dict.fromkeys(name for found in outcomes for name in found.milestones))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["seed", "settings", "requests lost", *names])
    for found in outcomes:
        times = (found.milestones.get(name, "") for name in names)
        rows.writerow([found.seed, found.settings, found.lost, *times])
    return text.getvalue()


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The same as a list of objects."""
    return msgspec.json.format(msgspec.json.encode(outcomes)).decode() + "\n"


class Band(msgspec.Struct, frozen=True):
    """How a number spreads over the seeds. runs: how many had it, of how many."""

    name: str
    settings: str
    values: tuple[float, ...]
    runs: int

    @property
    def words(self) -> str:
        """For people to read."""
        least, most = min(self.values), max(self.values)
        seen = "" if len(self.values) == self.runs else f" ({len(self.values)}/{self.runs})"
        return f"{least:.1f} … {median(self.values):.1f} … {most:.1f}{seen}"


def bands(outcomes: Sequence[Outcome]) -> list[Band]:
    """The spread of every milestone and of the requests lost, setting by setting, in the order of time."""
    groups: dict[str, list[Outcome]] = {}
    for found in outcomes:
        groups.setdefault(found.settings, []).append(found)
    result: list[Band] = []
    for settings, group in groups.items():
        names = dict.fromkeys(name for found in group for name in found.milestones)
        spread = [
            Band(name, settings, tuple(f.milestones[name] for f in group if name in f.milestones), len(group))
            for name in names
        ]
        result += sorted(spread, key=lambda band: (median(band.values), band.name))
        result.append(Band("requests lost", settings, tuple(float(f.lost) for f in group), len(group)))
    return result


def bands_svg(outcomes: Sequence[Outcome], title: str, language: str = "en") -> str:
    """The bands as a picture: from the least to the most, all runs as marks, the median as a bar."""
    shown = [band for band in bands(outcomes) if band.name != "requests lost"][:MOST_ROWS]
    low = min((min(band.values) for band in shown), default=0.0)
    high = max((max(band.values) for band in shown), default=1.0)
    headed = {band.settings: None for band in shown if band.settings}
    height = HEAD + ROW * (len(shown) + len(headed)) + 12

    second = unit_word("s", language)

    def x(value: float) -> float:
        return round(LEFT + (value - low) / max(high - low, 1e-9) * (WIDTH - LEFT - RIGHT), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(title)}">'
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="strong" x="12" y="18">{escape(title)}</text>',
    ]
    for t, words in ticks(seconds(low), seconds(high)):
        at = x(in_seconds(t))
        parts.append(f'<path d="M{at} {HEAD - 6}V{height - 8}" stroke="{LINE}"/>')
        parts.append(f'<text class="muted" x="{at}" y="{HEAD - 10}" text-anchor="middle">{words}</text>')
    y, settings = HEAD - ROW, ""
    for band in shown:
        y += ROW
        if band.settings != settings:
            settings = band.settings
            parts.append(f'<text class="strong" x="12" y="{y + 15}">{escape(settings)}</text>')
            y += ROW
        parts.append(f'<text x="{LEFT - 12}" y="{y + 15}" text-anchor="end">{escape(band.name)}</text>')
        parts.append(
            f'<path d="M{x(min(band.values))} {y + 11}H{x(max(band.values))}" stroke="{LINE}" '
            'stroke-width="8" stroke-linecap="round"/>'
        )
        for value in sorted(set(band.values)):
            parts.append(f'<path d="M{x(value)} {y + 7}v8" stroke="#0B4F86" stroke-opacity="0.45"/>')
        parts.append(f'<path d="M{x(median(band.values))} {y + 4}v14" stroke="{INK}" stroke-width="3"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 12}" y="{y + 15}">{escape(band.words)} {second}</text>')
    return "\n".join([*parts, "</svg>", ""])
