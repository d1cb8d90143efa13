"""`kubectl auth can-i` and `whoami`.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/auth/cani.go; v1.36 k8s.io/kubectl pkg/cmd/auth.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.rbac import PolicyRule
from clustersim.api.timestamp import rfc3339
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.access.authorization import (
    AUTHENTICATED,
    MASTERS,
    Asked,
    Somebody,
    may,
    rules_for,
    somebody,
)
from clustersim.console.kubectl.access.reconcile import reconcile
from clustersim.console.kubectl.output import format_of, shown
from clustersim.console.kubectl.usage import parent
from clustersim.i18n import Message, _
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.describe.rbac import combined

_EVERYTHING: Final = (
    PolicyRule(api_groups=("*",), resources=("*",), verbs=("*",)),
    PolicyRule(non_resource_urls=("*",), verbs=("*",)),
)
_OF_ONESELF: Final = (
    PolicyRule(api_groups=("authentication.k8s.io",), resources=("selfsubjectreviews",), verbs=("create",)),
    PolicyRule(
        api_groups=("authorization.k8s.io",), resources=("selfsubjectaccessreviews",), verbs=("create",)
    ),
    PolicyRule(
        api_groups=("authorization.k8s.io",), resources=("selfsubjectrulesreviews",), verbs=("create",)
    ),
)
_PUBLIC: Final = (
    "/api/*", "/api", "/apis/*", "/apis", "/healthz", "/healthz", "/livez", "/livez", "/openapi/*",
    "/openapi", "/readyz", "/readyz", "/version/", "/version/", "/version", "/version",
)  # fmt: skip
"""What everybody may read who is known (system:discovery, system:public-info-viewer)."""


def auth(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    if words and words[0] == "whoami" and api.today:
        return _whoami(api, words[1:])
    if parent(api, "auth", words) == "reconcile":
        return reconcile(api, words[1:], stdin)
    arguments = commands.read("auth can-i", words[1:], api.release)
    api.reach()
    who = _who(arguments)
    if arguments.has("list"):
        if arguments.words and api.today:
            raise Said("error: list option must be specified with no arguments")
        return Answer(text="\n".join(_listed(api, who, arguments)))
    if not 2 <= len(arguments.words) <= (2 if api.today else 3):
        raise Said(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee "
            "'kubectl auth can-i -h' for help and examples."
            if api.today
            else "error: you must specify two or three arguments: verb, resource, and optional resourceName"
        )
    return _can_i(api, who, arguments)


def _who(arguments: Arguments) -> Somebody:
    """The administrator, or whoever is named by --as."""
    user, groups = arguments.value("as"), arguments.several("as-group")
    return somebody(user or "admin", groups if user else (MASTERS,))


def _whoami(api: Api, words: Sequence[str]) -> Answer:
    arguments = commands.read("auth whoami", words, api.release)
    api.reach()
    who = _who(arguments)
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
    kind, _slash, name = told.partition("/")
    known = _resource(api, kind)
    group, word = known or ("", kind)
    part = arguments.value("subresource")
    asked = Asked(
        verb,
        group,
        f"{word}/{part}" if part else word,
        name or (rest[0] if rest else ""),
        "" if arguments.has("all-namespaces") else arguments.value("namespace", "default"),
    )
    allowed = may(api.store, who, asked)
    if arguments.has("quiet"):
        return Answer(ok=allowed)
    unknown = api.today and known is None and kind not in ("", "*")
    warning = f"Warning: the server doesn't have a resource type '{kind}'\n\n" if unknown else ""
    note = Message(_("Whoever acts here is the administrator; what roles let others do, --as asks."))
    text = f"{warning}{'yes' if allowed else 'no'}"
    return Answer(text=text, ok=allowed, note=note if MASTERS in who.groups else None)


def _resource(api: Api, kind: str) -> tuple[str, str] | None:
    """Group and plural of what is called so, None for nothing that is served."""
    try:
        plural = api.named(kind)
    except Said:
        return None
    return api.group(plural), api.resources[plural].word


def _listed(api: Api, who: Somebody, arguments: Arguments) -> list[str]:
    """What they may do in a namespace, rule by rule."""
    rules = list(_EVERYTHING) if MASTERS in who.groups else []
    rules += rules_for(api.store, who, arguments.value("namespace", "default"))
    rules += _OF_ONESELF if AUTHENTICATED in who.groups else ()
    rows = [("Resources", "Non-Resource URLs", "Resource Names", "Verbs")]
    for rule in rules:
        names, verbs = _bracketed(rule.resource_names), _bracketed(rule.verbs)
        rows += [
            (combined(resource, group), "[]", names, verbs)
            for resource in rule.resources
            for group in rule.api_groups
        ]
        rows += [("", f"[{url}]", "[]", verbs) for url in rule.non_resource_urls]
    rows += [("", f"[{url}]", "[]", "[get]") for url in _PUBLIC]
    return lines_of(rows[1:] if arguments.has("no-headers") else rows, api.release)


def _bracketed(names: Sequence[str]) -> str:
    return f"[{' '.join(names)}]"
