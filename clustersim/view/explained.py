"""Chains, armed rules, bands and comparisons as the page gets them."""

from collections.abc import Iterable
from typing import Any, Final

from clustersim.api.core_v1 import Pod
from clustersim.cluster import Cluster
from clustersim.engine.record import Event, RoutineRun
from clustersim.engine.rules import Verdict
from clustersim.explain.armed_rules import ArmedRule, Term
from clustersim.explain.foresee import Band
from clustersim.explain.subject import RESOURCES
from clustersim.explain.what_if import Input, inputs_behind
from clustersim.explain.why import Chain, Link, Setting, settings_of
from clustersim.i18n import Message, _
from clustersim.narration.acts import act_words
from clustersim.narration.milestones import narrate_milestone
from clustersim.narration.values import rule_message
from clustersim.runtime.records import Container
from clustersim.scheduler.attempts import Attempt
from clustersim.view.answers import (
    ArmedItem,
    BandItem,
    FunnelItem,
    InputItem,
    LinkItem,
    ReasonItem,
    ScoreItem,
    SettingItem,
    TermItem,
)
from clustersim.view.events import event_text, node_of
from clustersim.view.scheduling import failures_of, points_of
from clustersim.view.structs import LANGUAGES, Texts, texts
from clustersim.world import CONTROL_PLANE

OWNERS: Final = {resource: short for short, resource in RESOURCES.items()} | {"endpoints": "svc"}
"""What parts of the picture are called, by resource."""


def part_of(event: Event) -> str | None:
    """The part of the picture that an event is about."""
    obj: Any = event.after if event.after is not None else event.before
    if isinstance(obj, Pod):
        return f"pod:{obj.metadata.uid}"
    if isinstance(obj, Container):
        return f"pod:{obj.pod_uid}"
    resource, _slash, key = event.object.partition("/")
    if resource == "nodes":
        return key
    if resource in OWNERS and key and not key.startswith("kube-system/"):
        return f"{OWNERS[resource]}/{key}"
    if event.kind in ("machine", "network"):
        return f"{event.object}.machine"
    return part_named(event.object) or part_named(event.actor)


def part_named(process: str) -> str | None:
    """The part that a process is."""
    component, at, node = process.partition("@")
    if at:
        return f"{node}.{component}"
    return component if component in CONTROL_PLANE else None


def chain_items(cluster: Cluster, chain: Chain) -> tuple[LinkItem, ...]:
    """A chain, each link with the input behind it."""
    inputs = [inputs_behind(cluster, link) for link in chain.links]
    removable = Message(
        _("This followed from what stands before it and cannot be taken away. What can be: {inputs}"),
        {"inputs": "; ".join(_input_text(found[0]).text() for found in inputs if found)},
    )
    return tuple(
        _link_item(cluster, link, found, removable) for link, found in zip(chain.links, inputs, strict=True)
    )


def _link_item(cluster: Cluster, link: Link, inputs: tuple[Input, ...], removable: Message) -> LinkItem:
    event = link.event
    by_event: dict[str, Any] = {
        "kind": "routine",
        "actor": "",
        "object": "",
        "part": None,
        "by": None,
        "node": None,
        "rule": None,
    }
    if isinstance(event, Event):
        by_event = {
            "kind": event.kind,
            "actor": event.actor,
            "object": event.object,
            "part": part_of(event),
            "by": part_named(event.actor),
            "node": node_of(event),
            "rule": _reason(event.rule, link.settings) if event.rule is not None else None,
        }
    elif isinstance(event, RoutineRun):
        by_event |= {"object": event.object, "part": event.object.removeprefix("nodes/")}
    return LinkItem(
        id=link.id,
        t=link.t,
        role=link.role,
        text=_link_text(link),
        folded=link.folded,
        inputs=tuple(_input_item(one) for one in inputs),
        derived=None if inputs else texts(removable),
        **by_event,
    )


def _link_text(link: Link) -> Texts:
    event = link.event
    if isinstance(event, Event):
        found = {language: event_text(event, language) for language in LANGUAGES}
        return found if found["en"] else texts(Message("{verb} {object}", _named(event)))
    if isinstance(event, RoutineRun):
        sentence = _("{object} is written {count:time|times} without any change.")
        return texts(Message(sentence, {"object": event.object, "count": event.count}))
    shown = ", ".join(f"--{s.flag}={s.value}" for s in link.settings)
    return texts(Message(_("The setting says so: {settings}"), {"settings": shown}))


def _named(event: Event) -> dict[str, Any]:
    return {"verb": event.verb, "object": event.object}


def _reason(verdict: Verdict, settings: Iterable[Setting]) -> ReasonItem:
    rule = verdict.rule
    return ReasonItem(
        id=rule.id,
        component=rule.component,
        source=rule.source,
        text=texts(rule_message(verdict)),
        values=dict(verdict.values),
        settings=tuple(
            SettingItem(component=s.component, flag=s.flag, value=s.value, default=s.default)
            for s in settings
        ),
    )


def _input_item(found: Input) -> InputItem:
    return InputItem(
        kind=found.kind,
        index=found.index,
        component=found.component or None,
        flag=found.flag or None,
        t=found.t,
        text=texts(_input_text(found)),
        values=dict(found.values),
    )


def _input_text(found: Input) -> Message:
    values = {name: value for name, value in found.values.items() if name != "t"}
    if found.kind == "setting":
        return Message("--{flag}={value}", {"flag": found.flag, "value": values["value"]})
    if found.kind == "message":
        return Message(_("the message from {node}"), {"node": found.node})
    return act_words(found.do, found.target, values)


# --- why not yet -------------------------------------------------------------------------------------------


def armed_items(cluster: Cluster, armed: Iterable[ArmedRule]) -> tuple[ArmedItem, ...]:
    """What is armed, with the time left."""
    return tuple(_armed_item(cluster, one) for one in armed)


def _armed_item(cluster: Cluster, one: ArmedRule) -> ArmedItem:
    due = one.verdict.due
    return ArmedItem(
        object=one.object,
        rule=_reason(one.verdict, settings_of(cluster, one.verdict.rule)),
        terms=tuple(_term_item(term) for term in one.terms),
        due=due,
        predicted=one.predicted,
        left=None if one.predicted is None else one.predicted - cluster.now,
        frozen=None if one.frozen is None else texts(Message(one.frozen)),
        funnel=None if one.funnel is None else _funnel(one.funnel),
    )


def _term_item(term: Term) -> TermItem:
    return TermItem(text=texts(term.text), met=term.met, left=term.left)


def _funnel(attempt: Attempt) -> FunnelItem:
    fallen = [ScoreItem(node=r.node, failed=failures_of(r), points=None) for r in attempt.rejected]
    scored = [
        ScoreItem(
            node=score.node,
            failed=(),
            points={"total": score.total - attempt.common} | points_of(score, attempt.common),
        )
        for score in attempt.scores
    ]
    return FunnelItem(
        t=attempt.t,
        tried=attempt.tried,
        text=texts(Message("{message}", {"message": attempt.message})),
        nodes=(*scored, *fallen),
        retry_at=attempt.retry_at,
    )


# --- before doing it ---------------------------------------------------------------------------------------


def band_items(bands: Iterable[Band]) -> tuple[BandItem, ...]:
    """Bands, counted from the moment of the command."""
    return tuple(
        BandItem(
            name=band.milestone.name,
            of=band.milestone.of,
            text=texts(narrate_milestone(band.milestone)),
            earliest=band.earliest,
            median=band.median,
            latest=band.latest,
            seeds=band.seeds,
        )
        for band in bands
    )
