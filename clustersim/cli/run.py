"""The command `run`: a scenario file to a timeline, as text or as JSON lines."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from clustersim.api.core_v1 import Event as KubernetesEvent
from clustersim.cluster import Cluster
from clustersim.command import CommandError
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND, Micros, in_seconds
from clustersim.flags import (
    DurationError,
    FlagError,
    Flags,
    format_duration,
    parse_duration,
    refusal,
    warnings,
)
from clustersim.i18n import Message, _
from clustersim.kept_worlds import KeptWorlds
from clustersim.narration import narrate
from clustersim.scenario import Scenario
from clustersim.scenario.document import parse
from clustersim.scenario.loader import load_scenario, read_scenario
from clustersim.view.picture import timeline_svg

SHORT_ID: Final = 12
"""Characters of a container's id that docker ps shows."""

STEP: Final[Micros] = 10 * SECOND
"""Simulated time between two looks at the record, which forgets details."""


def run(options: argparse.Namespace) -> None:
    """Run the scenario and print what happens.

    Raises ScenarioError, FlagError, DurationError or OSError for what is wrong with the file or the options.
    """
    scenario = _with_options(_read(options.file), options)
    for finding in warnings(scenario.flags, scenario.release):
        text = finding.message.text(options.language)
        sys.stderr.write(f"warning: {finding.component} --{finding.flag}: {text}\n")
    write = _json_lines if options.json else _text_lines
    cache = options.cache
    cluster = KeptWorlds(Path(cache)).cluster(scenario) if cache else Cluster(scenario)
    for events in _happenings(cluster, options.boot):
        sys.stdout.writelines(f"{line}\n" for line in write(events, options.language))
    if options.svg is not None:
        picture = timeline_svg(cluster, _first(scenario), scenario.until, options.language)
        Path(options.svg).write_text(picture, encoding="utf-8")


def _read(name: str) -> Scenario:
    if name == "-":
        return read_scenario(parse(sys.stdin.read(), "-"))
    return load_scenario(Path(name))


def _with_options(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    changes: dict[str, object] = {"flags": _set(scenario.flags, options.set, scenario.release)}
    if options.seed is not None:
        changes["seed"] = options.seed
    if options.until is not None:
        changes["until"] = _until(options.until)
    return msgspec.structs.replace(scenario, **changes)


def _until(text: str) -> Micros:
    until = parse_duration(text)
    if until < 0:
        raise DurationError(f"--until {text} is negative")
    return until


def _set(flags: Flags, settings: list[str], release: str) -> Flags:
    for setting in settings:
        name, equals, text = setting.partition("=")
        component, dot, flag = name.partition(".")
        if not (equals and dot):
            raise FlagError(Message(_("--set wants COMPONENT.FLAG=VALUE, not {text}"), {"text": setting}))
        flags = flags.with_texts({component: {flag: text}}, release)
    found = refusal(flags)
    if found is not None:
        raise FlagError(found.message)
    return flags


def _first(scenario: Scenario) -> Micros:
    return min([0, *(action.at for action in scenario.actions)])


def _happenings(cluster: Cluster, boot: bool) -> Iterator[list[Event]]:
    """The events of the run in portions; without those before the first action, unless asked for."""
    scenario = cluster.scenario
    first = _first(scenario)
    seen = 0
    until = cluster.now
    while True:
        events = cluster.record.since(seen)
        if events:
            seen = events[-1].id
        yield [event for event in events if boot or event.t >= first]
        if until >= scenario.until:
            return
        until = min(until + STEP, scenario.until)
        _advance(cluster, until)


def _advance(cluster: Cluster, until: Micros) -> None:
    try:
        cluster.run_until(until)
    except CommandError as error:
        time = format_duration(cluster.now)
        raise CommandError(
            _("the action at {time} cannot be done: {why}"), time=time, why=str(error.message)
        ) from error


def _text_lines(events: Iterable[Event], language: str) -> Iterator[str]:
    for event in events:
        head = f"{in_seconds(event.t):+10.3f}s  {event.actor:<18}  {_subject(event):<28}"
        rule = f"  [{event.rule.rule.id}]" if event.rule is not None else ""
        for sentence in narrate(event):
            yield f"{head}  {sentence.text(language)}{rule}"


def _subject(event: Event) -> str:
    """What the event is about, short: of a Kubernetes event what that is about."""
    if isinstance(event.after, KubernetesEvent):
        about = event.after.involved_object
        return f"{about.kind.lower()} {about.name}"
    resource, _slash, key = event.object.partition("/")
    if resource == "containers":
        return f"container {key.rpartition('/')[2][:SHORT_ID]}"
    return f"{resource.removesuffix('s')} {key.removeprefix('default/')}" if key else resource


def _json_lines(events: Iterable[Event], language: str) -> Iterator[str]:
    for event in events:
        sentences = narrate(event)
        if sentences:
            yield msgspec.json.encode(_row(event, sentences)).decode()


def _row(event: Event, sentences: tuple[Message, ...]) -> dict[str, object]:
    row: dict[str, object] = {
        "id": event.id,
        "t": event.t,
        "seconds": in_seconds(event.t),
        "kind": event.kind,
        "actor": event.actor,
        "verb": event.verb,
        "object": event.object,
        "text": {
            language: " ".join(sentence.text(language) for sentence in sentences) for language in ("en", "zh")
        },
        "causes": event.causes,
    }
    if event.rule is not None:
        rule = event.rule.rule
        row["rule"] = {
            "id": rule.id,
            "component": rule.component,
            "source": rule.source,
            "text": rule.text,
            "values": event.rule.values,
        }
    return row
