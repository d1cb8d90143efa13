"""kubectl label and kubectl annotate.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/label.go, annotate.go; v1.36 k8s.io/kubectl pkg/cmd/label, annotate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from clustersim.api.registry import key_of
from clustersim.apiserver.validation.names import label_value
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import Change, line_of, nothing_named
from clustersim.console.kubectl.made import CAUSE
from clustersim.console.kubectl.misuse import hint, misused
from clustersim.console.kubectl.selection import Selected


def label(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl label. Raises Said."""
    return _mark(api, words, stdin, "label", "labels", "labeled")


def annotate(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl annotate. Raises Said."""
    return _mark(api, words, stdin, "annotate", "annotations", "annotated")


def _mark(api: Api, words: Sequence[str], stdin: str, verb: str, where: str, what: str) -> Answer:
    arguments = commands.read(verb, words, api.release)
    changes = [word for word in arguments.words if word.find("=") > 0 or (word.endswith("-") and word[1:])]
    kinds = [word for word in arguments.words if word not in changes]
    noun = "label" if where == "labels" else "annotation"
    if not kinds and not arguments.of_files:
        told = nothing_named(api, verb)
        raise Said(told if api.today else f"{told}{hint(api, verb)}")
    if not changes and not arguments.has("list"):
        told = f"at least one {noun} update is required"
        raise Said(f"error: {told}") if api.today else misused(api, verb, told)
    change = Change(api, arguments, line_of(verb, words))
    selected = change.objects(kinds, stdin, verb)
    wanted = _changes(api, changes, noun)
    if where == "labels" and api.today:
        change.between = "\n"
    if arguments.given("resource-version") and sum(len(one.objects) for one in selected) != 1:
        raise Said("error: --resource-version may only be used with a single resource")
    if arguments.has("list"):  # It shows what would be, and changes nothing.
        return _listed(api, selected, where, wanted)
    for one in selected:
        for obj in one.objects:
            _mark_one(change, one.resource, obj, wanted, where, what)
    change.missing(selected)
    return change.answer()


def _changes(api: Api, changes: Sequence[str], noun: str) -> dict[str, str | None]:
    """What becomes of each; None where it goes. Raises Said."""
    wanted: dict[str, str | None] = {}
    for text in changes:
        key, equals, value = text.partition("=")
        key = key if equals else key[:-1]
        if key in wanted and (equals == "") is not (wanted[key] is None):
            if noun == "label":
                raise Said("error: can not both modify and remove a label in the same command")
            told = "can not both modify and remove the following annotation(s) in the same command"
            raise Said(f"error: {told}: {key}")
        if noun == "label" and (reasons := label_value(value, api.release)):
            raise Said(f'error: invalid label value: "{text}": {"; ".join(reasons)}')
        wanted[key] = value if equals else None
    return wanted


def _listed(
    api: Api, selected: Sequence[Selected], where: str, changes: Mapping[str, str | None] | None = None
) -> Answer:
    """--list; changes: what the same line makes of them."""
    found = [(one.resource, obj) for one in selected for obj in one.objects]
    lines: list[str] = []
    for resource, obj in found:
        if len(found) > 1:
            kind = f"{api.resources[resource].kind}.{api.group(resource)}"
            lines.append(f"Listing {where} for {kind}/{obj.metadata.name}:")
        indent = " " if len(found) > 1 else ""
        changed = {**getattr(obj.metadata, where), **(changes or {})}
        values = {key: value for key, value in changed.items() if value is not None}
        lines += [f"{indent}{key}={values[key]}" for key in sorted(values)]
    missing = [text for one in selected for text in one.missing]
    return Answer(text="\n".join([*lines, *missing]), ok=not missing)


def _overwritten(api: Api, before: Mapping[str, str], wanted: Mapping[str, str | None], where: str) -> str:
    """Which values are there already, and may not be changed; kubectl of old says so of equal ones, too. Why
    a rollout was begun can always be said anew (v1.7, v1.8, v1.36 validateNoOverwrites,
    validateNoAnnotationOverwrites)."""
    kept = [
        f"'{key}' already has a value ({before[key]})"
        for key, value in sorted(wanted.items())
        if value is not None and key in before and not (api.today and before[key] == value)
        if where == "labels" or key != CAUSE
    ]
    if not kept:
        return ""
    if where != "labels":
        return f"--overwrite is false but found the following declared annotation(s): {'; '.join(kept)}"
    told = [f"{one}, and --overwrite is false" for one in kept]
    return told[0] if len(told) == 1 else f"[{', '.join(told)}]"


def _mark_one(
    change: Change, resource: str, obj: Any, wanted: Mapping[str, str | None], where: str, what: str
) -> None:
    api, before = change.api, getattr(obj.metadata, where)
    for key, value in wanted.items():
        printed = api.today and change.arguments.given("output")
        if value is None and before.get(key) is None and where == "labels" and not printed:
            change.lines.append(f'label "{key}" not found.')
    if not change.arguments.has("overwrite") and (told := _overwritten(api, before, wanted, where)):
        change.failed_with(Said(f"error: {told}"))
        return
    if all(before.get(key) == value for key, value in wanted.items()):
        not_done = "not labeled" if where == "labels" else "annotated"
        change.done(resource, obj, not_done)
        return
    done = what
    if api.today and where == "labels" and all(value is None for value in wanted.values()):
        done = "unlabeled"
    command = None
    if where == "labels" and len(wanted) == 1:
        [(key, value)] = wanted.items()
        if value != "":
            command = Command("label", f"{resource}/{key_of(obj)}", {"key": key, "value": value or ""})
    body: dict[str, Any] = {where: dict(wanted)}
    if version := change.arguments.value("resource-version"):
        body["resourceVersion"], command = version, None
    change.of(resource, obj, {"metadata": body}, done, kind="merge", command=command)
