"""`kubectl wait`, and what all commands share that wait for objects while simulated time passes.

Such a command keeps nothing between two looks: what it waits for, since when, and what it has seen stand in
its `Follow`; the rest is read from the store and its history. So it is the same in a replay and in the past.
Source: v1.36 k8s.io/kubectl pkg/cmd/wait.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.registry import object_key
from clustersim.console.answer import MOST_WAITED_FOR, Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.misuse import NOTHING_NAMED
from clustersim.console.kubectl.output import plain_of
from clustersim.console.kubectl.selection import Selected, namespace_of, select_all, wanted
from clustersim.engine.time import SECOND, Micros
from clustersim.etcd import CompactedError
from clustersim.flags.duration import DurationError, parse_duration
from clustersim.i18n import Message, _
from clustersim.kubectl.jsonpath import UNEXPECTED_PATH, find
from clustersim.kubectl.jsonpath_steps import JsonPathError
from clustersim.workstation import Happened, Invocation

FOR_EVER: Final = -1
GOES_ON: Final = _("kubectl waits here and goes on printing as simulated time passes.")


# --- what all of them share --------------------------------------------------------------------------------


def duration_of(arguments: Arguments, flag: str, default: Micros, command: str = "") -> Micros:
    """A duration on the line, FOR_EVER where it is negative; command: whose help today's kubectl points to.
    Raises Said."""
    text = arguments.value(flag)
    if not text:
        return default
    try:
        return max(parse_duration(text), FOR_EVER)
    except DurationError as error:
        told = f'invalid argument "{text}" for "--{flag}" flag: {error}'
        hint = f"\nSee 'kubectl {command} --help' for usage." if command else ""
        raise Said(f"error: {told}{hint}" if hint else f"Error: {told}") from None


def reference(api: Api, resource: str, obj: Any) -> str:
    """An object as `Follow.waits_for` names it; without a uid where the same line only makes it."""
    metadata = obj.metadata
    there = api.cluster.object(resource, object_key(metadata.namespace, metadata.name))
    uid = metadata.uid if there is not None else ""
    return f"{resource}/{metadata.namespace}/{metadata.name}/{uid}"


def begin(api: Api, waits_for: Sequence[str]) -> Follow:
    """A wait that begins now. Raises Said where it is for too much."""
    if len(waits_for) > MOST_WAITED_FOR:
        raise Said(note=_("This console waits for at most {most} objects at once."), most=MOST_WAITED_FOR)
    return Follow(api.revision, api.now, tuple(waits_for))


def split(waited: str) -> tuple[str, str, str, str]:
    """Resource, namespace, name and uid. Raises Said for what the page never sends."""
    parts = waited.split("/")
    if len(parts) != 4:
        raise Said(note=_("This console cannot go on with that."))
    return parts[0], parts[1], parts[2], parts[3]


def present(api: Api, waited: str) -> Any:
    """The object as it is now; None where it is gone, or another one of its name is there."""
    resource, namespace, name, uid = split(waited)
    found = api.find(resource, namespace, name) if resource in api.resources else None
    return found if found is None or not uid or found.metadata.uid == uid else None


def states(api: Api, waited: str, since: int) -> Iterator[Any]:
    """The object after each of its changes since a revision, as far as the store remembers them."""
    resource, namespace, name, uid = split(waited)
    try:
        changes = api.server.etcd.changes_since(since, resource)
    except CompactedError:
        changes, there = [], present(api, waited)
        yield from () if there is None else (there,)
    for change in changes:
        metadata = change.value.metadata
        same = (metadata.namespace, metadata.name) == (namespace, name)
        if same and change.type != "DELETED" and uid in ("", metadata.uid):
            yield change.value


def timed_out(waited: str) -> str:
    """What is printed of an object that was waited for too long."""
    resource, _namespace, name, _uid = split(waited)
    return f"error: timed out waiting for the condition on {resource}/{name}"


def until_gone(api: Api, follow: Follow, timeout: Micros) -> tuple[list[str], Follow | None, list[str]]:
    """What of that is gone now, how to go on waiting for the rest, and what is told if it takes too long."""
    there = [waited for waited in follow.waits_for if present(api, waited) is not None]
    gone = [waited for waited in follow.waits_for if waited not in there]
    if not there:
        return gone, None, []
    if FOR_EVER < timeout <= api.now - follow.began:
        return gone, None, [timed_out(waited) for waited in there]
    return gone, replace(follow, waits_for=tuple(there), since=api.revision), []


def facts_of(api: Api, position: Follow) -> tuple[list[Happened], list[Invocation]]:
    """What the runs of kubectl that were begun by a line's acts have found out and is not told yet."""
    runs = [api.cluster.kubectl.invocations.of_act(act) for act in position.acts]
    known = [run for run in runs if run is not None]
    facts = sorted((fact for run in known for fact in run.happened), key=lambda fact: fact.t)
    return facts[position.told :], known


# --- kubectl wait ------------------------------------------------------------------------------------------


def wait(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl wait: what holds is said; for the rest it waits. Raises Said."""
    arguments = commands.read("wait", words, api.release)
    target = arguments.value("for")
    if not target:
        raise Said("error: unrecognized condition: []")
    _check(target)
    if not arguments.words and not arguments.of_files:
        raise Said(NOTHING_NAMED)
    selected = select_all(api, arguments.words, arguments, "wait")
    missing = [text for one in selected for text in one.missing]
    waits_for = [reference(api, one.resource, obj) for one in selected for obj in one.objects]
    if target == "create":
        waits_for = _to_be_created(api, arguments, selected)
    elif missing and target != "delete" and not waits_for:
        raise Said("\n".join(missing))
    if not waits_for:
        if target == "delete" or missing:
            return Answer()
        raise Said("error: no matching resources found")
    answer = _look(api, arguments, begin(api, waits_for))
    if missing and target not in ("delete", "create"):
        told = "\n".join((*answer.streams[1].splitlines(), *missing))
        return replace(answer, text=answer.streams[0], complaints=told, ok=False)
    return answer


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """kubectl wait goes on. Raises Said."""
    arguments = commands.read("wait", words, api.release)
    api.reach()
    return _look(api, arguments, position)


def _to_be_created(api: Api, arguments: Arguments, selected: Sequence[Selected]) -> list[str]:
    namespace = namespace_of(arguments) or "default"
    asked = wanted(api, arguments.words, "wait")
    found: list[str] = []
    for one, chosen in zip(asked, selected, strict=True):
        where = namespace if api.resources[one.resource].namespaced else ""
        found += [f"{one.resource}/{where}/{name}/" for name in one.names]
        if not one.names:
            found += [reference(api, one.resource, obj) for obj in chosen.objects]
    return found


def _look(api: Api, arguments: Arguments, position: Follow) -> Answer:
    """One object after another, in their order."""
    target, timeout = arguments.value("for"), duration_of(arguments, "timeout", 30 * SECOND)
    waits_for, lines = list(position.waits_for), list[str]()
    while waits_for and _met(api, waits_for[0], target, position.since):
        lines.append(_told(api, arguments, waits_for.pop(0)))
    if not waits_for:
        return Answer(text="\n".join(lines))
    if FOR_EVER < timeout <= api.now - position.began:
        if target == "create":
            return Answer(text="\n".join([*lines, "error: timed out waiting for the condition"]), ok=False)
        late = [timed_out(waited) for waited in waits_for if not _met(api, waited, target, position.since)]
        met = [waited for waited in waits_for if timed_out(waited) not in late]
        lines += [_told(api, arguments, waited) for waited in met]
        late = [text.removeprefix("error: ") for text in late] if len(late) > 1 else late
        return Answer(text="\n".join(lines), complaints="\n".join(late), ok=False)
    on = replace(position, since=api.revision, waits_for=tuple(waits_for))
    return Answer(text="\n".join(lines), note=Message(GOES_ON), follow=on)


def _told(api: Api, arguments: Arguments, waited: str) -> str:
    resource, _namespace, name, _uid = split(waited)
    line = f"{api.singular(resource)}/{name}"
    return line if arguments.value("output") == "name" else f"{line} condition met"


def _met(api: Api, waited: str, target: str, since: int) -> bool:
    there = present(api, waited)
    if target == "delete":
        return there is None
    if target == "create":
        return there is not None
    if there is not None and _holds(api, there, target):
        return True
    if any(_holds(api, obj, target) for obj in states(api, waited, since)):
        return True
    if there is None:
        resource, _namespace, name, _uid = split(waited)
        raise Said(api.not_found(resource, name))
    return False


def _check(target: str) -> None:
    """Raises Said for what kubectl does not wait for."""
    kind, equals, rest = target.partition("=")
    if kind == "jsonpath" and equals:
        _check_path(rest.strip("'\""))
    if kind == "jsonpath" and equals and _JSONPATH.match(rest.strip("'\"")) is None:
        raise Said(
            "error: jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
            "--for=jsonpath='{.status.readyReplicas}'"
        )
    if kind == "jsonpath" and rest.strip("'\"").endswith("}="):
        raise Said(
            "error: jsonpath wait has to have a value after equal sign, like "
            "--for=jsonpath='{.status.readyReplicas}'=3"
        )
    if target not in ("delete", "create") and (kind not in ("condition", "jsonpath") or not equals):
        raise Said(f'error: unrecognized condition: "{target}"')


def _check_path(text: str) -> None:
    """Raises Said (wait.go newJSONPathParser, RelaxedJSONPathExpression)."""
    if not text:
        raise Said("error: jsonpath expression cannot be empty")
    path = text.partition("}")[0]
    if text.startswith("{") and ("}" not in text or not path.strip("{ ")):
        raise Said(f"error: {UNEXPECTED_PATH}")


_JSONPATH: Final = re.compile(r"(\{.*\})(?:=(.*))?\Z")


def _holds(api: Api, obj: Any, target: str) -> bool:
    kind, _equals, rest = target.partition("=")
    if kind == "condition":
        name, equals, value = rest.partition("=")
        wanted_value = (value if equals else "True").lower()
        return any(
            one.type.lower() == name.lower() and one.status.lower() == wanted_value
            for one in getattr(getattr(obj, "status", None), "conditions", ())
        )
    match = _JSONPATH.match(rest.strip("'\""))
    try:
        found = find(match[1], plain_of(api, obj)) if match is not None else []
    except JsonPathError as error:
        raise Said(f"error: {error}") from None
    return bool(found) and match is not None and (match[2] is None or _text(found[0]) == match[2])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
