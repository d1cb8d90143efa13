"""A run as a picture: the timeline of its nodes, owners and acts, in SVG that needs nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from clustersim.cluster import Cluster
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.view.answers import BeatsItem, OwnerItem, SpanItem, Timeline
from clustersim.view.events import EventItem
from clustersim.view.timeline import timeline

WIDTH: Final = 960
LEFT: Final = 110
RIGHT: Final = 16
ROW: Final = 24
HEAD: Final = 44
MOST_NODES: Final = 40
"""Of more nodes, those that were ever not ready come first; the rest is counted."""
STEPS: Final = tuple(
    seconds * SECOND for seconds in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600)
)
# The palette of the page, on white.
INK, LINE, TRACK = "#1B2733", "#C6CFD8", "#E3E8EC"
OK, NOTREADY, PENDING = "#12946F", "#8F3210", "#A98514"
STYLE: Final = (
    "text{font:12px 'Noto Sans','Noto Sans CJK SC','Segoe UI',sans-serif;fill:#1B2733}"
    ".mono{font-family:'DejaVu Sans Mono',Consolas,monospace;font-weight:bold}.muted{fill:#55626F}"
    ".strong{font-weight:bold}"
)
"""Of every picture of a run, or of several."""


def ticks(since: Micros, until: Micros) -> Iterator[tuple[Micros, str]]:
    """At most eleven round moments between two others, each with its words: "-0:30", "5:00"."""
    step = next((step for step in STEPS if (until - since) / step <= 10), STEPS[-1])
    for t in range(-(-since // step) * step, until + 1, step):
        minutes, seconds = divmod(abs(t) // SECOND, MINUTE // SECOND)
        yield t, f"{'-' if t < 0 else ''}{minutes}:{seconds:02d}"


def timeline_svg(cluster: Cluster, since: Micros, until: Micros, language: str = "en") -> str:
    """The picture of that time of a run. Text is ink beside shapes: no meaning hangs on colour alone."""
    run = timeline(cluster, 0, since, until)
    title = cluster.scenario.title.get(language) or cluster.scenario.title.get("en") or cluster.scenario.name
    return _Picture(run, since, until, language).drawn(f"{title} · {cluster.world.release.version}")


class _Picture:
    """Draws one timeline."""

    def __init__(self, run: Timeline, since: Micros, until: Micros, language: str) -> None:
        self.run, self.since, self.until, self.language = run, since, max(until, since + 1), language
        lost = [name for name, spans in run.nodes.items() if any(span.state != "Ready" for span in spans[1:])]
        names = [*lost, *(name for name in run.nodes if name not in lost)]
        self.nodes: Sequence[str] = [name for name in run.nodes if name in names[:MOST_NODES]]

    def drawn(self, title: str) -> str:
        acts = [event for event in self.run.events if event.kind == "act"]
        rows = [
            *((key.rpartition("/")[2], self._owner(items)) for key, items in self.run.owners.items()),
            *((name, self._node(name)) for name in self.nodes),
        ]
        height = HEAD + ROW * (len(rows) + len(acts)) + 14
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-label="{escape(title)}"><style>{STYLE}</style>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            f'<text class="strong" x="12" y="18">{escape(title)}</text>',
            *self._axis(height),
        ]
        y = HEAD
        for label, shapes in rows:
            parts.append(f'<text class="mono" x="12" y="{y + 16}">{escape(label[:13])}</text>')
            parts.append(f'<g transform="translate(0 {y})">{"".join(shapes)}</g>')
            y += ROW
        for act in acts:
            parts += self._act(act, y)
            y += ROW
        rest = len(self.run.nodes) - len(self.nodes)
        if rest:
            parts.append(f'<text class="muted" x="{WIDTH - RIGHT}" y="18" text-anchor="end">+{rest}</text>')
        return "\n".join([*parts, "</svg>", ""])

    def _x(self, t: Micros) -> float:
        share = (min(max(t, self.since), self.until) - self.since) / (self.until - self.since)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def _axis(self, height: int) -> Iterable[str]:
        for t, words in ticks(self.since, self.until):
            x = self._x(t)
            yield f'<path d="M{x} {HEAD - 6}V{height - 8}" stroke="{LINE}"/>'
            yield f'<text class="muted" x="{x}" y="{HEAD - 10}" text-anchor="middle">{words}</text>'

    def _node(self, name: str) -> Iterable[str]:
        spans: tuple[SpanItem, ...] = self.run.nodes[name]
        for place, span in enumerate(spans):
            end = spans[place + 1].since if place + 1 < len(spans) else self.until
            x, wide = self._x(span.since), self._x(end) - self._x(span.since)
            if wide <= 0 or span.state == "gone":
                continue
            if span.state == "Ready":
                yield f'<rect x="{x}" y="4" width="{wide:.1f}" height="16" fill="{TRACK}"/>'
                continue
            yield (
                f'<rect x="{x}" y="5" width="{wide:.1f}" height="14" fill="#fff" stroke="{NOTREADY}" '
                'stroke-width="2"/>'
            )
            if wide > 80:
                yield f'<text class="strong" x="{x + 6}" y="16">✕ NotReady</text>'
        beats: tuple[BeatsItem, ...] = self.run.heartbeats.get(name, ())
        for run in beats:
            yield from self._beats(run)

    def _beats(self, run: BeatsItem) -> Iterable[str]:
        gap = (run.last - run.first) / max(1, run.count - 1)
        for number in range(run.count):
            t = round(run.first + number * gap)
            if self.since <= t <= self.until:
                yield f'<path d="M{self._x(t)} 7v10" stroke="{OK}" stroke-width="2"/>'

    def _owner(self, items: tuple[OwnerItem, ...]) -> Iterable[str]:
        for place, item in enumerate(items):
            end = items[place + 1].since if place + 1 < len(items) else self.until
            x, wide = self._x(item.since), self._x(end) - self._x(item.since)
            if wide <= 0:
                continue
            if item.ready >= item.wants:
                yield f'<rect x="{x}" y="7" width="{wide:.1f}" height="10" fill="{TRACK}"/>'
                continue
            yield (
                f'<rect x="{x}" y="6" width="{wide:.1f}" height="12" fill="none" stroke="{PENDING}" '
                'stroke-dasharray="3 3"/>'
            )
            if wide > 34:
                yield f'<text x="{x + 4}" y="16">{item.ready}/{item.wants}</text>'

    def _act(self, act: EventItem, y: int) -> list[str]:
        x, text = self._x(act.t), act.text[self.language]
        right = x < WIDTH * 0.6
        anchor, at = ("start", x + 9) if right else ("end", x - 9)
        return [
            f'<path d="M{x} {HEAD}V{y + 10}" stroke="{INK}" stroke-dasharray="2 4"/>',
            f'<rect x="{x - 4}" y="{y + 8}" width="8" height="8" fill="{INK}"/>',
            f'<text x="{at}" y="{y + 16}" text-anchor="{anchor}">{escape(text)}</text>',
        ]
