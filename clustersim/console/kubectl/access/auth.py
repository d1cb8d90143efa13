"""`kubectl auth can-i` and `whoami`.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/auth/cani.go; v1.36 k8s.io/kubectl pkg/cmd/auth.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.authorization import (
    MASTERS,
    Asked,
    Somebody,
    decide,
    roles_of,
    rules_for,
    somebody,
)
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.access.reconcile import reconcile
from clustersim.console.kubectl.output import format_of, shown
from clustersim.console.kubectl.usage import parent
from clustersim.i18n import Message, _
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.describe.rbac import rule_cells

_VERBS: Final = frozenset(
    {
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind",
        "impersonate", "*", "approve", "sign", "escalate", "attest",
    }
)  # fmt: skip
_VERBS_OF_PATHS: Final = frozenset({"get", "put", "post", "head", "options", "delete", "patch", "*"})
_UNLISTED: Final = ("users", "groups")
"""Resources that are asked about though no client can find them."""


def auth(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    if words and words[0] == "whoami" and api.today:
        return _whoami(api, words[1:])
    if parent(api, "auth", words) == "reconcile":
        return reconcile(api, words[1:], stdin)
    arguments = commands.read("auth can-i", words[1:], api.release)
    api.reach()
    who = _who(api)
    if arguments.has("list"):
        if arguments.words and api.today:
            raise Said("error: list option must be specified with no arguments")
        if any(map(arguments.has, ("quiet", "all-namespaces", "subresource"))) and api.today:
            others = "neither quiet, all-namespaces nor subresource options"
            raise Said(f"error: list option can't be specified with {others}")
        return Answer(text="\n".join(_listed(api, who, arguments)))
    if not 2 <= len(arguments.words) <= (2 if api.today else 3):
        raise Said(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee "
            "'kubectl auth can-i -h' for help and examples."
            if api.today
            else "error: you must specify two or three arguments: verb, resource, and optional resourceName"
        )
    return _can_i(api, who, arguments)


def _who(api: Api) -> Somebody:
    """The administrator, or in whose name the line asks."""
    return api.acting or somebody("admin", (MASTERS,))


def _whoami(api: Api, words: Sequence[str]) -> Answer:
    arguments = commands.read("auth whoami", words, api.release)
    api.reach()
    who = _who(api)
    output = format_of(api, arguments)
    if output.name:
        user = {"username": who.user, "groups": list(who.groups)}
        plain = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "SelfSubjectReview",
            "metadata": {"creationTimestamp": rfc3339(api.now)},
            "status": {"userInfo": user},
        }
        if output.name == "name":
            return Answer(text="selfsubjectreview.authentication.k8s.io/<unknown>")
        return Answer(text=shown(api, plain, [plain], output))
    rows = [("ATTRIBUTE", "VALUE"), ("Username", who.user), ("Groups", f"[{' '.join(who.groups)}]")]
    return Answer(text="\n".join(lines_of(rows, api.release)))


def _can_i(api: Api, who: Somebody, arguments: Arguments) -> Answer:
    verb, told, *rest = arguments.words
    namespace = "" if arguments.has("all-namespaces") else arguments.value("namespace", "default")
    part = arguments.value("subresource")
    if told.startswith("/"):
        if part:
            word = "NonResourceURL" if api.today else "nonResourceURL"
            raise Said(f"error: --subresource can not be used with {word}")
        asked, warnings = Asked(verb, path=told), [] if verb in _VERBS_OF_PATHS else [_unknown_verb(verb)]
    else:
        kind, _slash, name = told.partition("/")
        plural = _plural(api, kind)
        group, word = (api.group(plural), api.resources[plural].word) if plural else ("", kind)
        asked = Asked(
            verb, group, f"{word}/{part}" if part else word, name or (rest[0] if rest else ""), namespace
        )
        warnings = list(_warnings(api, kind, plural, verb, whole=arguments.has("all-namespaces")))
    verdict = decide(roles_of(api.etcd, api.release, api.server.flags), who, asked)
    allowed = verdict.allowed
    if arguments.has("quiet"):
        return Answer(ok=allowed)
    note = Message(_("Whoever acts here is the administrator; what roles let others do, --as asks."))
    text = "yes" if allowed else f"no - {verdict.reason}" if verdict.reason else "no"
    warned = "".join(f"Warning: {one}\n\n" for one in warnings if api.today)
    code = allowed or not api.today
    return Answer(text=warned + text, ok=code, note=note if MASTERS in who.groups else None)


def _warnings(api: Api, kind: str, plural: str, verb: str, *, whole: bool) -> Iterator[str]:
    """What kubectl of today wonders about. whole: the question is about all namespaces."""
    name, _dot, group = kind.lower().partition(".")
    if not plural and kind.lower() not in ("*", *_UNLISTED):
        in_group = f" in group '{group}'" if group else ""
        yield f"the server doesn't have a resource type '{name}'{in_group}"
    if whole:
        return
    if plural and not api.resources[plural].namespaced:
        in_group = f" in group '{api.group(plural)}'" if api.group(plural) else ""
        yield f"resource '{api.resources[plural].word}' is not namespace scoped{in_group}"
    if verb not in _VERBS:
        yield _unknown_verb(verb)


def _unknown_verb(verb: str) -> str:
    return f"verb '{verb}' is not a known verb"


def _plural(api: Api, kind: str) -> str:
    """The resource that is called so, empty for nothing that is served."""
    try:
        return api.named(kind)
    except Said:
        return ""


def _listed(api: Api, who: Somebody, arguments: Arguments) -> list[str]:
    """What they may do in a namespace, rule by rule."""
    roles = roles_of(api.etcd, api.release, api.server.flags)
    rules = list(rules_for(roles, who, arguments.value("namespace", "default")))
    rows = [("Resources", "Non-Resource URLs", "Resource Names", "Verbs"), *rule_cells(rules, api.release)]
    return lines_of(rows[1:] if arguments.has("no-headers") else rows, api.release)
