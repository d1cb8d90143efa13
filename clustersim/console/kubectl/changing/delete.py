"""`kubectl delete`: today it waits until the objects are gone; in v1.7 and v1.8 it takes pods away first.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/delete.go, pkg/kubectl/stop.go; v1.36 k8s.io/kubectl pkg/cmd/delete.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.api.request import Request
from clustersim.command import Argument, Command
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.changing.changes import target_of
from clustersim.console.kubectl.changing.raw_writes import raw_write
from clustersim.console.kubectl.files import words_and_files
from clustersim.console.kubectl.made import complaints_of, dry_run, told_deleted
from clustersim.console.kubectl.misuse import NOTHING_NAMED
from clustersim.console.kubectl.selection import Selected, select_all
from clustersim.console.kubectl.waits import (
    FOR_EVER,
    GOES_ON,
    begin,
    duration_of,
    facts_of,
    reference,
    split,
    until_gone,
)
from clustersim.engine.time import SECOND, Micros
from clustersim.i18n import Message, _
from clustersim.workstation import SCALED_DOWN

NOT_WAITED: Final = (
    "arning: Immediate deletion does not wait for confirmation that the running resource has been "
    "terminated. The resource may continue to run on the cluster indefinitely."
)
MOST_DELETED: Final = 500

_CASCADES: Final = {
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
}


def delete(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl delete. Raises Said."""
    arguments = commands.read("delete", words, api.release)
    if arguments.given("raw"):
        return raw_write(api, "delete", arguments, stdin)
    if not arguments.words and not arguments.of_files:
        raise Said(_nothing_named(arguments))
    selected = _selected(api, arguments, stdin)
    options, warning = _options(api, arguments)
    chosen = [(one.resource, obj) for one in selected for obj in one.objects]
    if len(chosen) > MOST_DELETED:
        raise Said(note=_("This console deletes at most {most} objects at once."), most=MOST_DELETED)
    lines = [("W" if api.today else "w") + NOT_WAITED] if options.at_once and chosen else []
    done = _delete_all(api, arguments, chosen, options)
    lines += done.lines
    if not arguments.has("ignore-not-found"):
        done.failures.extend(Said(text) for one in selected for text in one.missing)
        if not lines and not done.failures and not done.later:
            lines.append("No resources found")
    ok, complaints = not done.failures, complaints_of(done.failures)
    text = "\n".join(part for part in (warning, *lines) if part)
    if not done.later and not done.waits_for:
        return Answer(text=text, complaints=complaints, ok=ok)
    note = Message(LATER, {"text": "; ".join(done.later)}) if done.later else Message(GOES_ON)
    follow = begin(api, done.waits_for)
    if api.today and not ok:
        follow = replace(follow, told=FAILED)
    return Answer(text=text, complaints=complaints, ok=ok, note=note, follow=follow)


def _options(api: Api, arguments: Arguments) -> tuple["_Options", str]:
    """How objects are to be deleted, and what is warned of. Without --force a grace period of 0 becomes 1,
    and the deletion is waited for (cmd/delete.go). Raises Said."""
    grace, force = grace_of(arguments), arguments.has("force")
    bumped = grace == 0 and not force
    if bumped:
        grace = 1
    elif force and api.today and grace < 0:
        grace = 0
    policy, warning = _cascade(api, arguments)
    dry = dry_run(api, arguments)
    waits = (bumped and not api.today) or (api.today and arguments.has("wait", True) and not dry)
    return _Options(grace, force and grace == 0, policy, dry, bumped and not api.today, waits), warning


class _Deletions(NamedTuple):
    """What became of them. lines: what is said now; later: what is said when it is done; waits_for: what is
    to be gone before."""

    lines: list[str]
    later: list[str]
    waits_for: list[str]
    failures: list[Said]


def _delete_all(
    api: Api, arguments: Arguments, chosen: Sequence[tuple[str, Any]], options: "_Options"
) -> _Deletions:
    done = _Deletions([], [], [], [])
    timeout = duration_of(arguments, "timeout", 0)
    for resource, obj in chosen:
        line = _deleted(api, arguments, resource, obj, options)
        waited = reference(api, resource, obj)
        try:
            reaped = _delete_one(api, resource, obj, options, timeout)
        except Said as said:
            done.failures.append(said)
            continue
        late = reaped or (options.bumped and not options.dry)
        (done.later if late else done.lines).append(line)
        if options.waits and api.find(resource, obj.metadata.namespace, obj.metadata.name):
            done.waits_for.append(waited)
    return done


FAILED: Final = 1
"""What `Follow.told` says today of a deletion that was refused, or of a name that there was not."""
LATER: Final = _("kubectl waits until that is done, and says so then: {text}")


def _selected(api: Api, arguments: Arguments, stdin: str) -> Sequence[Selected]:
    picked = arguments.has("all") or arguments.value("selector") or arguments.value("field-selector")
    if api.today and picked and len(arguments.words) > 1 and "/" not in arguments.words[0]:
        raise Said("error: name cannot be provided when a selector is specified")
    if arguments.has("all") and arguments.value("selector"):
        raise Said("error: setting 'all' parameter but found a non empty selector. ")
    doing = "deleting" if api.today else "stopping"
    found = words_and_files(api, arguments.words, arguments, stdin, doing)
    return select_all(api, arguments.words, arguments, "delete", right="delete") if found is None else found


def _nothing_named(arguments: Arguments) -> str:
    if arguments.has("all") or arguments.value("selector"):
        return "error: at least one resource must be specified to use a selector"
    return NOTHING_NAMED


class _Options(NamedTuple):
    """How to delete. grace: seconds, -1: the object's own; at_once: by force, without any grace; policy: what
    becomes of what it owns; dry: what a dry run is called; bumped: a grace of 0 became 1, and v1.7 and v1.8
    tell of the deletion when it is done; waits: until the objects are gone."""

    grace: int
    at_once: bool
    policy: str
    dry: str
    bumped: bool
    waits: bool


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """kubectl delete goes on. Raises Said."""
    arguments = commands.read("delete", words, api.release)
    api.reach()
    if api.today:
        timeout = duration_of(arguments, "timeout", FOR_EVER) or FOR_EVER
        _gone, on, late = until_gone(api, position, timeout)
        return Answer(text="\n".join(late), ok=not late and position.told != FAILED, follow=on)
    gone, on, _late = until_gone(api, position, FOR_EVER)
    names = [split(waited) for waited in gone]
    lines = [_named(api, arguments, resource, name) for resource, _namespace, name, _uid in names]
    facts, runs = facts_of(api, position)
    for fact in facts:
        resource, _namespace, name = fact.object.split("/")
        lines.append(fact.message or _named(api, arguments, resource, name))
    text = "\n".join(lines)
    if on is None and not any(run.goes_on for run in runs):
        return Answer(text=text, ok=not any(run.failed for run in runs))
    on = replace(position, waits_for=()) if on is None else on
    return Answer(text=text, follow=replace(on, told=position.told + len(facts)))


def _deleted(api: Api, arguments: Arguments, resource: str, obj: Any, options: _Options) -> str:
    name, dry = obj.metadata.name, f" ({options.dry})" if options.dry else ""
    if not api.today or arguments.value("output") == "name":
        return _named(api, arguments, resource, name) + (dry if arguments.value("output") != "name" else "")
    done = "force deleted" if options.at_once else "deleted"
    return told_deleted(api, resource, obj.metadata.namespace, name, done) + dry


def _named(api: Api, arguments: Arguments, resource: str, name: str) -> str:
    if arguments.value("output") == "name":
        return f"{api.singular(resource) if api.today else resource}/{name}"
    return f'{api.singular(resource)} "{name}" deleted'


def grace_of(arguments: Arguments) -> int:
    """--grace-period, or --now. Raises Said."""
    text = arguments.value("grace-period")
    if arguments.has("now"):
        if text:
            raise Said("error: --now and --grace-period cannot be specified together")
        return 1
    if not re.match(r"-?\d{1,6}\Z", text or "-1"):
        raise Said(f'Error: invalid argument "{text}" for "--grace-period": invalid syntax')
    return int(text or "-1")


_TRUTHS: Final = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), "background"),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), "orphan"),
}
"""What Go's strconv.ParseBool takes, and what it means for --cascade."""


def _cascade(api: Api, arguments: Arguments) -> tuple[str, str]:
    """What becomes of what an object owns, and a warning (kubectl pkg/cmd/delete parseCascadingFlag)."""
    if not api.today:
        return "Background" if arguments.has("cascade", True) else "Orphan", ""
    text = arguments.value("cascade", "background")
    if (meant := _TRUTHS.get(text)) is not None:
        how = f"--cascade={text} is deprecated (boolean value) and can be replaced with --cascade={meant}."
        return _CASCADES[meant], f"warning: {how}"
    if text not in _CASCADES:
        raise Said(f'error: invalid cascade value ({text}). Must be "background", "foreground", or "orphan"')
    return _CASCADES[text], ""


def _delete_one(api: Api, resource: str, obj: Any, options: _Options, timeout: Micros) -> bool:
    """Ask for a deletion; whether kubectl scales it down first and waits for that."""
    metadata, grace = obj.metadata, options.grace
    request = Request(
        "delete",
        resource,
        metadata.namespace,
        metadata.name,
        grace_seconds=None if grace < 0 else grace,
        propagation="" if resource in ("pods", "nodes") else options.policy,
    )
    if options.dry:
        if options.dry == "server dry run":
            api.try_out(request)
        return False
    command = None
    target = target_of(api, resource, obj)
    if resource == "nodes":
        command = Command("delete-node", metadata.name)
    elif resource == "pods":
        command = Command("delete-pod", metadata.uid, {"grace_s": grace, "force": options.at_once})
    elif not api.today and resource in SCALED_DOWN and options.policy != "Orphan":
        api.try_out(request)
        args: dict[str, Argument] = {"scale_down": True}
        args |= {"grace_s": grace} if grace >= 0 else {}
        args |= {"timeout_s": -(-timeout // SECOND)} if timeout > 0 else {}
        api.commands.append(Command("delete", target, args))
        return True
    elif grace < 0 and options.policy == "Background":
        command = Command("delete", target)
    api.ask(request, command)
    return False
