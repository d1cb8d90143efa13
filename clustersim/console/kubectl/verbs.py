"""kubectl and its verbs: which one was typed, and what is said of one that there is not."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Final

from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands, kustomizing, usage, waits
from clustersim.console.kubectl.access import connecting
from clustersim.console.kubectl.access.auth import auth
from clustersim.console.kubectl.access.certificates import certificate
from clustersim.console.kubectl.access.kubeconfig import config
from clustersim.console.kubectl.changing import (
    applying,
    convert,
    delete,
    diff,
    edit,
    marking,
    patching,
    rolling_update,
    rollout,
    scaling,
    sets,
)
from clustersim.console.kubectl.changing.applying import CLIENT_SIDE_APPLY, KUBECTL
from clustersim.console.kubectl.looking import get, looks, metrics
from clustersim.console.kubectl.looking.apiresources import api_resources, api_versions
from clustersim.console.kubectl.making import make, running
from clustersim.console.kubectl.nodes import drain, node_changes
from clustersim.console.kubectl.pods import attaching, copying, debug, logs, pods
from clustersim.i18n import _
from clustersim.workstation.files import KUBECONFIG

Verb = Callable[[Api, Sequence[str], str], Answer]

VERBS: Final[dict[str, Verb]] = {
    "annotate": marking.annotate,
    "api-resources": api_resources,
    "api-versions": api_versions,
    "apply": applying.apply,
    "attach": attaching.attach,
    "auth": auth,
    "autoscale": make.autoscale,
    "certificate": certificate,
    "cluster-info": looks.cluster_info,
    "completion": looks.completion,
    "config": config,
    "cordon": node_changes.cordon,
    "cp": copying.cp,
    "create": make.create,
    "convert": convert.convert,
    "debug": debug.debug,
    "delete": delete.delete,
    "describe": looks.describe,
    "diff": diff.diff,
    "drain": drain.drain,
    "edit": edit.edit,
    "events": looks.events,
    "exec": pods.exec_,
    "explain": looks.explain,
    "expose": make.expose,
    "get": get.get,
    "help": looks.help_,
    "kustomize": kustomizing.kustomize,
    "label": marking.label,
    "logs": logs.logs,
    "options": usage.options,
    "patch": patching.patch,
    "plugin": looks.plugin,
    "port-forward": pods.port_forward,
    "proxy": pods.proxy,
    "replace": applying.replace,
    "rolling-update": rolling_update.rolling_update,
    "rollout": rollout.rollout,
    "run": running.run,
    "scale": scaling.scale,
    "set": sets.set_,
    "taint": node_changes.taint,
    "top": metrics.top,
    "uncordon": node_changes.uncordon,
    "version": looks.version,
    "wait": waits.wait,
}
"""The verbs of kubectl that this console answers."""

_ALIASES: Final = {"log": "logs", "clusterinfo": "cluster-info", "run-container": "run"}

GO_ON: Final[dict[str, Callable[[Api, Sequence[str], Follow], Answer]]] = {
    "attach": attaching.follow,
    "debug": debug.follow,
    "delete": delete.follow,
    "drain": drain.follow,
    "get": get.follow,
    "logs": logs.follow,
    "rolling-update": rolling_update.follow,
    "rollout": rollout.follow_status,
    "run": running.follow,
    "wait": waits.follow,
}
"""The verbs of kubectl that go on while simulated time passes ..."""

INTERRUPTED: Final[dict[str, Callable[[Api, Sequence[str], Follow], Answer]]] = {"run": running.interrupted}
"""... and those that Ctrl-C ends by more than their own end."""

MOST_CHANGED: Final = 2
"""Letters between a verb and what was typed (spf13/cobra)."""


def kubectl(api: Api, words: Sequence[str], stdin: str = "") -> Answer:
    """kubectl with these arguments. Raises Said."""
    verb, rest = divided(words)
    rest = _behind_subcommand(api, verb, rest)
    api.acting = None
    if verb != "config":
        has_users = verb == "create" or (verb, *rest[:1]) == ("set", "subject")
        flags = connecting.flags_in(rest, has_users=has_users)
        api.connect = partial(connecting.connect, api, flags)
        if not flags.plain or KUBECONFIG in api.files:
            api.context_namespace = connecting.namespace_of(api, flags)
        if api.context_namespace and not _names_namespace(rest):
            verb, rest = divided((f"--namespace={api.context_namespace}", *words))
    if verb in ("", "--help", "-h"):
        return looks.help_(api, (), "")
    known = commands.known(api.release)
    if verb not in known:
        text = (
            f'error: unknown command "{verb}" for "kubectl"'
            if api.today
            else f'Error: unknown command "{verb}" for "kubectl"\nRun \'kubectl --help\' for usage.'
        )
        nearest = _suggested(verb, known) if api.today else get_close_matches(verb, known, 3, 0.6)
        if verb in commands.COMMANDS:
            raise Said(text, note=_("kubectl of {release} has no {verb}."), release=api.release, verb=verb)
        if nearest:
            raise Said(f"{text}\n\nDid you mean this?\n" + "\n".join(f"\t{name}" for name in nearest))
        raise Said(text, note=_("This console knows kubectl {verbs}."), verbs=", ".join(known))
    if verb not in VERBS:
        raise Said(note=_("This console does not carry out kubectl {verb}."), verb=verb)
    if api.today and any(word.partition("=")[0] == "--record" for word in rest):
        api.warnings.append(_NO_RECORD)
    api.manager, api.manager_named = manager_of(verb, rest)
    return usage.asked(api, verb, rest) or VERBS[verb](api, rest, stdin)


def manager_of(verb: str, words: Sequence[str]) -> tuple[str, bool]:
    """Who is remembered for what a command writes, and whether that is named on the line (k8s.io/kubectl
    pkg/cmd, AddFieldManagerFlagVar)."""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--field-manager" and (equals or index + 1 < len(words)):
            return value if equals else words[index + 1], True
        if word == "--":
            break
    if verb == "apply":
        return CLIENT_SIDE_APPLY, False
    named = verb in _NAMED_AFTER_VERB and words[:1] != ["undo"]
    return f"kubectl-{verb}" if named else KUBECTL, False


_NAMED_AFTER_VERB: Final = (
    "annotate", "autoscale", "create", "edit", "expose", "label", "patch", "replace", "rollout", "run", "set",
    "taint",
)  # fmt: skip


def _names_namespace(words: Sequence[str]) -> bool:
    own = words[: words.index("--")] if "--" in words else words
    return any(word == "--namespace" or word.startswith(("-n", "--namespace=")) for word in own)


_NO_RECORD: Final = "Flag --record has been deprecated, --record will be removed in the future"


def _suggested(typed: str, known: Sequence[str]) -> list[str]:
    """Commands that begin so, or that two changes of letters lead to (spf13/cobra SuggestionsFor)."""
    near = [name for name in known if name.startswith(typed) or _distance(typed, name) <= MOST_CHANGED]
    return sorted(near)


def _distance(one: str, other: str) -> int:
    """The changes of single letters between two words (Levenshtein)."""
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one[:40], 1):
        before, row[0] = row[0], index
        for place, against in enumerate(other, 1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (letter != against)),
            )
    return row[-1]


_EARLY: Final = (
    "-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server", "--token",
    "--as", "--as-group", "--as-uid", "--request-timeout", "-v",
)  # fmt: skip
"""Flags that may stand in front of the verb."""


def _behind_subcommand(api: Api, verb: str, rest: list[str]) -> list[str]:
    """Flags in front of a subcommand are its own (`config --kubeconfig=x view`), as spf13/cobra finds it: a
    flag that is no switch of the verb takes the next word."""
    if not rest or not rest[0].startswith("-") or not (names := commands.subcommands(verb, api.release)):
        return rest
    switches = commands.flags_of(verb, api.release).switches if verb in commands.COMMANDS else {}
    at = 0
    while at < len(rest) and rest[at].startswith("-") and rest[at] != "--":
        name = rest[at].lstrip("-")
        alone = "=" in name or name in switches or (not rest[at].startswith("--") and len(name) > 1)
        at += 1 if alone else 2
    if at >= len(rest) or commands.CREATED.get(rest[at], rest[at]) not in names:
        return rest
    return [rest[at], *rest[:at], *rest[at + 1 :]]


def divided(words: Sequence[str]) -> tuple[str, list[str]]:
    """The verb and what stands after it; flags in front of the verb are the verb's, too."""
    rest = list(words)
    early: list[str] = []
    while rest:
        if rest[0] in _EARLY and len(rest) > 1:
            early += rest[:2]
            rest = rest[2:]
        elif rest[0].startswith(("--v=", *(f"{flag}=" for flag in _EARLY))):
            early.append(rest.pop(0))
        else:
            break
    if not rest:
        return "", early
    after = rest.index("--") if "--" in rest else len(rest)
    return _ALIASES.get(rest[0], rest[0]), [*rest[1:after], *early, *rest[after:]]
