"""`kubectl get`: tables, -o wide, yaml, json and name, and changes as they come with -w."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from clustersim.api.registry import RESOURCES
from clustersim.api.timestamp import micros
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import GLOBAL, Arguments, Flags, parse
from clustersim.console.selection import ALL, Selector, Wanted, namespace_of, select, wanted
from clustersim.etcd import CompactedError
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import plain_list, plain_object, to_json, to_yaml
from clustersim.kubectl.pods import is_finished
from clustersim.kubectl.table import NOTHING_SHOWN, Extra, print_table, row_of

FLAGS: Final = Flags(
    {**GLOBAL, "o": "output", "output": "output", "l": "selector", "selector": "selector"},
    {
        "a": "show-all", "show-all": "show-all", "all-namespaces": "all-namespaces", "w": "watch",
        "watch": "watch", "show-labels": "show-labels", "no-headers": "no-headers",
    },
)  # fmt: skip

OUTPUTS: Final = ("", "wide", "yaml", "json", "name")
MOST_CHANGES: Final = 200
"""Rows of one answer to -w."""


def get(api: Api, words: Sequence[str]) -> Answer:
    """Raises Said."""
    arguments = parse(words, FLAGS)
    output = arguments.value("output")
    if output not in OUTPUTS:
        raise Said(f'error: output format "{output}" not recognized', note=KNOWN_OUTPUTS)
    resources = wanted(arguments.words)
    watching = arguments.has("watch")
    if watching and (len(resources) > 1 or len(resources[0].names) > 1):
        raise Said("error: you may only watch a single resource or type of resource at a time")
    if watching and output not in ("", "wide"):
        raise Said(note=_("With -w this console prints tables only."))
    api.reach()
    found = [(one, *select(api, one, arguments)) for one in resources]
    missing = [text for _one, _objects, texts in found for text in texts]
    if output in ("yaml", "json", "name"):
        printed = _whole([(one, objects) for one, objects, _texts in found], output)
    else:
        printed = "\n".join(_tables(api, found, arguments))
    text = "\n".join([part for part in (printed, *missing) if part])
    going_on = api.revision if watching and not missing else None
    return Answer(text=text, ok=not missing, note=_hidden(text), follow=going_on)


KNOWN_OUTPUTS = _("This console knows -o wide, yaml, json and name.")


def _whole(found: Iterable[tuple[Wanted, list[Any]]], output: str) -> str:
    listed = [(one, obj) for one, objects in found for obj in objects]
    if output == "name":
        return "\n".join(f"{one.resource}/{obj.metadata.name}" for one, obj in listed)
    if not listed and all(one.names for one, _objects in listed):
        return ""
    named = len(listed) == 1 and bool(listed[0][0].names)
    plain = plain_object(listed[0][1]) if named else plain_list([obj for _one, obj in listed])
    return to_yaml(plain) if output == "yaml" else to_json(plain)


def _tables(
    api: Api, found: Sequence[tuple[Wanted, list[Any], list[str]]], arguments: Arguments
) -> list[str]:
    lines: list[str] = []
    nothing: list[str] = []
    everything = arguments.words == ("all",)
    for one, objects, missing in found:
        if missing and not objects:
            continue
        table = print_table(
            one.resource,
            _in_order(one.resource, objects),
            api.release,
            api.now,
            wide=arguments.value("output") == "wide",
            show_all=arguments.has("show-all") or bool(one.names),
            extra=_extra(arguments, one.resource)._replace(prefix=ALL[one.resource] if everything else ""),
        )
        if everything and lines and len(table) > 1:
            lines.append("")
        (lines if len(table) > 1 else nothing).extend(table[arguments.has("no-headers") and len(table) > 1 :])
    return lines or nothing[:1]


def _extra(arguments: Arguments, resource: str) -> Extra:
    return Extra(
        namespace=arguments.has("all-namespaces") and RESOURCES[resource].namespaced,
        labels=arguments.has("show-labels"),
    )


def _in_order(resource: str, objects: list[Any]) -> list[Any]:
    """Events by time, as kubectl sorts them."""
    if resource != "events":
        return objects
    return sorted(objects, key=lambda event: micros(event.last_timestamp or event.first_timestamp))


def follow(api: Api, words: Sequence[str], since: int) -> Answer:
    """Rows for what has changed after that revision, and the revision to go on from. Raises Said."""
    arguments = parse(words, FLAGS)
    [one] = wanted(arguments.words)
    api.reach()
    try:
        changes = api.cluster.world.etcd.changes_since(since, one.resource)
    except CompactedError as error:
        raise Said(f"error: {error}") from error
    namespace, selector = namespace_of(arguments), Selector(arguments.value("selector"))
    lines: list[str] = []
    revision = api.revision
    for change in changes:
        obj = change.value
        metadata = obj.metadata
        if one.names and metadata.name not in one.names:
            continue
        if namespace and metadata.namespace not in ("", namespace):
            continue
        if not selector.matches(metadata.labels):
            continue
        if one.resource == "pods" and is_finished(obj) and not (one.names or arguments.has("show-all")):
            continue
        if len(lines) == MOST_CHANGES:
            revision = change.revision - 1
            break
        wide = arguments.value("output") == "wide"
        lines.append(
            row_of(one.resource, obj, api.release, api.now, wide=wide, extra=_extra(arguments, one.resource))
        )
    return Answer(text="\n".join(lines), follow=revision)


def _hidden(text: str) -> Message | None:
    """What --show-all means, where kubectl only hints at it."""
    return Message(_("Pods that have finished are hidden.")) if text == NOTHING_SHOWN else None
