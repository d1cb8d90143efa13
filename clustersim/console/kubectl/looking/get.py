"""`kubectl get`: what is there, and changes as they come with -w."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.files import BOTH_NAMED, objects_of_files, texts_of
from clustersim.console.kubectl.looking.export import exported
from clustersim.console.kubectl.looking.raw import raw
from clustersim.console.kubectl.output import (
    extra_of,
    format_of,
    named,
    nothing,
    plain_of,
    print_tables,
    print_whole,
    table_shown,
    without_managers,
)
from clustersim.console.kubectl.selection import Selected, Wanted, namespace_of, select, wanted
from clustersim.console.kubectl.selectors import FieldSelector, labels_of
from clustersim.console.refusals import Refused
from clustersim.etcd import Change, CompactedError
from clustersim.i18n import Message, _
from clustersim.kubectl.manifest import to_json, to_yaml
from clustersim.kubectl.pods import is_finished
from clustersim.kubectl.table import (
    NOTHING_SHOWN,
    cells_of,
    header_of,
    hides_finished,
    row_of,
    watched,
    widths_of,
)
from clustersim.kubectl.tables import table_of

MOST_CHANGES: Final = 200
"""Rows of one answer to -w."""


def get(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    arguments = commands.read("get", words, api.release)
    output = format_of(api, arguments)
    if arguments.given("raw"):
        if arguments.words or arguments.of_files:
            raise Said("error: arguments may not be passed when --raw is specified")
        return raw(api, arguments.value("raw"))
    watching = arguments.has("watch") or arguments.has("watch-only")
    if arguments.has("output-watch-events") and not watching:
        raise Said("error: --output-watch-events option can only be used with --watch or --watch-only")
    selected = _selected(api, arguments, stdin)
    if arguments.has("export"):
        selected = [
            one._replace(objects=[exported(obj, api.release) for obj in one.objects]) for one in selected
        ]
    if watching and (len(selected) > 1 or (len(selected[0].objects) > 1 and selected[0].named)):
        raise Said(_too_many_watched(api, selected))
    if watching and output.name not in ("", "wide", "name", "yaml", "json"):
        raise Said(note=_("With -w this console prints tables, yaml, json and names."))
    missing = [text for one in selected for text in one.missing]
    missing = [] if arguments.has("ignore-not-found") else missing
    hidden = False
    if arguments.has("watch-only"):
        printed = ""
    elif output.is_table:
        everything = arguments.words == ("all",)
        tables = print_tables(api, selected, arguments, everything=everything)
        printed, hidden = "\n".join(tables.lines), tables.hidden
    else:
        printed = print_whole(api, selected, output)
    told = "\n".join(missing)
    quiet = (
        arguments.has("watch-only")
        or (watching and api.today)
        or (api.today and _is_ignored(selected, arguments))
    )
    if output.is_table and not printed and not told and not quiet:
        told = nothing(api, selected, arguments, hidden=hidden)
    going_on = Follow(api.revision) if watching and not missing else None
    if going_on is not None and api.today and output.is_table:
        going_on = replace(going_on, widths=widths_of(printed.partition("\n")[0]) if printed else None)
    note = _note(told, selected, arguments)
    return Answer(text=printed, complaints=told, ok=not missing, note=note, follow=going_on)


def _is_ignored(selected: list[Selected], arguments: Arguments) -> bool:
    """Nothing is said of names that there are not, where none of that is wanted."""
    return arguments.has("ignore-not-found") and all(one.named for one in selected)


def _selected(api: Api, arguments: Arguments, stdin: str) -> list[Selected]:
    if arguments.of_files:
        if arguments.words:
            texts_of(api, arguments, stdin or "-")
            raise Said(BOTH_NAMED)
        api.reach()
        return objects_of_files(api, arguments, stdin)
    resources = wanted(api, arguments.words)
    api.reach()
    part = arguments.value("subresource")
    if part and not all(one.names for one in resources):
        raise Said("error: subresource cannot be used when bulk resources are specified")
    if part and any(
        part not in api.resources[one.resource].subresources_in(api.release) for one in resources
    ):
        raise Said("Error from server (NotFound): the server could not find the requested resource")
    return [_allowed(api, one, arguments) for one in resources]


def _allowed(api: Api, one: Wanted, arguments: Arguments) -> Selected:
    """What is meant of one kind; of one that may not be looked at, what the server says of that."""
    try:
        return select(api, one, arguments)
    except Refused as refused:
        return Selected(one.resource, [], [refused.text], bool(one.names))


def _too_many_watched(api: Api, selected: list[Selected]) -> str:
    if api.today:
        return "error: you may only watch a single resource or type of resource at a time"
    if not all(one.named for one in selected):
        return "error: you may only specify a single resource type"
    count = sum(len(one.objects) for one in selected)
    only = "watch is only supported on individual resources and resource collections"
    return f"error: {only} - {count} resources were found"


_HIDDEN: Final = Message(_("Finished pods are hidden: -a shows them."))
_NO_PODS: Final = Message(
    _(
        "Here etcd, API server, controller-manager and scheduler are services of the master and no pods:"
        " ssh master, then systemctl status kube-apiserver."
    )
)


def _note(text: str, selected: Sequence[Selected], arguments: Arguments) -> Message | None:
    if text == NOTHING_SHOWN:
        return _HIDDEN
    pods = any(one.resource == "pods" and not one.named for one in selected)
    return _NO_PODS if text and pods and namespace_of(arguments) == "kube-system" else None


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """`kubectl get -w` goes on: a line for each change since then. Raises Said when the watch ends."""
    arguments = commands.read("get", words, api.release)
    output = format_of(api, arguments)
    one = wanted(api, arguments.words)[0]
    api.reach()
    try:
        changes = api.server.etcd.changes_since(position.since, one.resource)
    except CompactedError as error:
        raise Said(str(error)) from None
    namespace = namespace_of(arguments)
    extra = extra_of(api, one.resource, arguments, several=False)
    labels, fields = (
        labels_of(api, arguments.value("selector"), one.resource),
        FieldSelector(arguments.value("field-selector")),
    )
    rows: list[str] = []
    for change in changes:
        metadata = change.value.metadata
        if (one.names and metadata.name not in one.names) or metadata.namespace not in (
            namespace or metadata.namespace,
            "",
        ):
            continue
        seen = seen_as(change, lambda obj: labels.matches(obj.metadata.labels) and fields.matches(obj))
        if seen is None or (_finished(api, one.resource, seen.obj, arguments) and seen.event != "DELETED"):
            continue
        extra = extra._replace(event=seen.event if arguments.has("output-watch-events") else "")
        if api.today and output.is_table:
            table = table_shown(api, one.resource, arguments) or table_of(one.resource, api.release)
            wide = output.name == "wide"
            found = [cells_of(table, seen.obj, api.now, wide=wide, extra=extra)]
            if position.widths is None and not arguments.has("no-headers"):
                found.insert(0, header_of(table, wide=wide, extra=extra))
            lines, widths = watched(found, position.widths or (), api.release)
            position = replace(position, widths=widths)
            rows += lines
        else:
            rows.append(_change(api, one.resource, seen.obj, arguments, output.name, extra))
        if len(rows) >= MOST_CHANGES:
            return Answer(text="\n".join(rows), follow=replace(position, since=change.revision))
    return Answer(text="\n".join(rows), follow=replace(position, since=api.revision))


class Seen(NamedTuple):
    """A change as a watch tells it: what happened, and the object."""

    event: str
    obj: Any


def seen_as(change: Change, matches: Callable[[Any], bool]) -> Seen | None:
    """What a watch by selectors tells of a change: an object that no longer fits is gone, as it was before,
    and one that fits at last is new (apiserver pkg/storage/cacher/cache_watcher.go
    convertToWatchEvent). None: nothing."""
    before = change.previous is not None and matches(change.previous)
    after = change.type != "DELETED" and matches(change.value)
    if after:
        return Seen("MODIFIED" if before else "ADDED", change.value)
    if before:
        return Seen("DELETED", change.value if change.type == "DELETED" else change.previous)
    return None


def _finished(api: Api, resource: str, obj: Any, arguments: Arguments) -> bool:
    hides = hides_finished(api.release) and resource == "pods" and not arguments.has("show-all")
    return hides and is_finished(obj)


def _change(api: Api, resource: str, obj: Any, arguments: Arguments, output: str, extra: Any) -> str:
    if output == "name":
        return named(api, resource, obj.metadata.name)
    if output == "yaml":
        return "---\n" + to_yaml(without_managers(plain_of(api, obj)))
    if output == "json":
        return to_json(without_managers(plain_of(api, obj)))
    return row_of(
        resource,
        obj,
        api.release,
        api.now,
        wide=output == "wide",
        extra=extra._replace(headers=False),
        table=table_shown(api, resource, arguments),
    )
