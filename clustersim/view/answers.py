"""Answers as the page gets them: why, why not yet, what will be, how two runs compare. Texts are in all
languages of the page, times are microseconds of simulated time.
"""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.view.events import EventItem
from clustersim.view.structs import Item, Texts

Value = str | int | float | bool | None


class SettingItem(Item, frozen=True, kw_only=True):
    """A flag that a rule compares with, its value then, and whether that is the release's default."""

    component: str
    flag: str
    value: str
    default: bool


class ReasonItem(Item, frozen=True, kw_only=True):
    """A rule: whose, where it was read, its sentence with the numbers compared, and the settings it uses."""

    id: str
    component: str
    source: str
    text: Texts
    values: dict[str, Value]
    settings: tuple[SettingItem, ...]


class InputItem(Item, frozen=True, kw_only=True):
    """An input behind a link. kind: command, action (of the scenario), setting, message (can be lost).

    index: into the log or the actions, or the event whose message it is; t: when it was given. text: what it
    is; values: what can be changed, by name, as it is.
    """

    kind: str
    index: int | None = None
    component: str | None = None
    flag: str | None = None
    t: Micros | None = None
    text: Texts
    values: dict[str, Value] = {}


class LinkItem(Item, frozen=True, kw_only=True):
    """A link of a chain.

    id: of its event (0: a setting, which has none). role: act, fault, rule, silence, routine, effect,
    setting. part: what to light on the stage, by: the component that did it. folded: not shown at first.
    inputs: what can be taken away or changed; derived: if nothing, what can be instead.
    """

    id: int
    t: Micros
    role: str
    kind: str
    actor: str
    object: str
    part: str | None
    by: str | None
    node: str | None
    text: Texts
    rule: ReasonItem | None
    folded: bool
    inputs: tuple[InputItem, ...]
    derived: Texts | None


class TermItem(Item, frozen=True, kw_only=True):
    """One condition of a rule: met or not, with its numbers in the sentence; left: until it is met, None if
    time alone does not do it."""

    text: Texts
    met: bool
    left: Micros | None = None


class ScoreItem(Item, frozen=True, kw_only=True):
    """A node in the scheduler's last attempt: the predicates at which it fell, or its points."""

    node: str
    failed: tuple[str, ...]
    points: dict[str, int] | None


class FunnelItem(Item, frozen=True, kw_only=True):
    """The scheduler's last attempt at a pod: when, the how-manieth, and what became of each node."""

    t: Micros
    tried: int
    text: Texts
    nodes: tuple[ScoreItem, ...]
    retry_at: Micros | None


class ArmedItem(Item, frozen=True, kw_only=True):
    """Something that has not happened yet. due: when its own terms are met, None if nothing is armed;
    predicted: when it will happen if nobody interferes; left: until then; frozen: why not although due."""

    object: str
    rule: ReasonItem
    terms: tuple[TermItem, ...]
    due: Micros | None
    predicted: Micros | None
    left: Micros | None
    frozen: Texts | None
    funnel: FunnelItem | None


class BandItem(Item, frozen=True, kw_only=True):
    """A milestone over many seeds: earliest, median and latest time after the commands, and in how many of
    the seeds it happened."""

    name: str
    of: str
    text: Texts
    earliest: Micros
    median: Micros
    latest: Micros
    seeds: int


class MilestoneItem(Item, frozen=True, kw_only=True):
    """A milestone of a run, and the event that shows it (0: none)."""

    name: str
    of: str
    t: Micros
    text: Texts
    event: int


class SpanItem(Item, frozen=True, kw_only=True):
    """A node's state from a moment on: Ready, NotReady, Unknown, gone."""

    since: Micros
    state: str


class BeatsItem(Item, frozen=True, kw_only=True):
    """Heartbeats that changed nothing, from the first to the last."""

    first: Micros
    last: Micros
    count: int


class OwnerItem(Item, frozen=True, kw_only=True):
    """An owner's numbers from a moment on, as its status says."""

    since: Micros
    wants: int
    active: int
    ready: int


class RequestsItem(Item, frozen=True, kw_only=True):
    """How the requests of all clients fared that ended between two moments."""

    since: Micros
    until: Micros
    succeeded: int
    refused: int
    hung: int


class Timeline(Item, frozen=True, kw_only=True):
    """A branch between two moments, for the causal timeline. cut: there were more events than are listed,
    the oldest are left out; head: how far the branch goes."""

    branch: int
    since: Micros
    until: Micros
    head: Micros
    events: tuple[EventItem, ...]
    nodes: dict[str, tuple[SpanItem, ...]]
    heartbeats: dict[str, tuple[BeatsItem, ...]]
    owners: dict[str, tuple[OwnerItem, ...]]
    requests: tuple[RequestsItem, ...]
    milestones: tuple[MilestoneItem, ...]
    cut: bool


class ComparedRun(Item, frozen=True, kw_only=True):
    """One of two runs. lost: requests refused and hung up to the time compared at; view: as it was then."""

    code: str
    branch: int
    name: Texts
    release: str
    head: Micros
    settings: dict[str, dict[str, str]]
    requests: dict[str, int]
    view: Any


class RowItem(Item, frozen=True, kw_only=True):
    """A milestone in both runs; None where it did not happen. differs: another time or not in both."""

    name: str
    of: str
    text: Texts
    a: Micros | None
    b: Micros | None
    differs: bool


class Comparison(Item, frozen=True, kw_only=True):
    """Two runs at the same time. node: names of nodes whose items differ in the two views."""

    t: Micros
    a: ComparedRun
    b: ComparedRun
    rows: tuple[RowItem, ...]
    nodes: tuple[str, ...]
