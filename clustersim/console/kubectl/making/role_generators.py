"""What `kubectl create role`, `clusterrole`, `rolebinding` and `clusterrolebinding` make (v1.7.5, v1.8.0
pkg/kubectl/cmd/create_role.go; v1.36 k8s.io/kubectl pkg/cmd/create)."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.rbac import GROUP
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.making.generators import pairs_of

Plain = dict[str, Any]

_VERBS: Final = (
    "*", "bind", "create", "delete", "deletecollection", "get", "impersonate", "list", "patch", "proxy",
    "redirect", "update", "use", "watch",
)  # fmt: skip
_VERBS_TODAY: Final = (*(verb for verb in _VERBS if verb != "redirect"), "escalate")
_VERBS_OF_PATHS: Final = ("*", "delete", "get", "head", "options", "patch", "post", "put")


def _role(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        chosen = _once(arguments.each("resource-name"))
        verbs, paths = _once(arguments.several("verb")), _once(arguments.several("non-resource-url"))
        verbs = ["*"] if api.today and "*" in verbs else verbs
        wanted = [word for word in _once(arguments.several("resource")) if word]
        if aggregated := arguments.several("aggregation-rule"):
            if verbs or paths or chosen or wanted:
                told = "without nonResourceURLs, verbs, resources or resourceNames"
                raise Said(f"error: aggregation rule must be specified {told}")
            selectors = [{"matchLabels": pairs_of(aggregated)}]
            return {
                **_head(api, kind, name),
                "aggregationRule": {"clusterRoleSelectors": selectors},
                "rules": None,
            }
        _check(api, verbs, paths, wanted, cluster=kind == "ClusterRole")
        of_paths: list[Plain] = [{"nonResourceURLs": paths, "verbs": verbs}] if paths else []
        rules = list[Plain]() if api.today else list(of_paths)
        by_group: dict[str, list[str]] = {}
        for word in wanted:
            plain, slash, sub = word.partition("/")
            if not plain:
                raise Said("error: resource must be specified if apiGroup/subresource specified")
            if plain == "*" and api.today:
                by_group.setdefault("", []).append(word)
                continue
            resource = _named(api, plain)
            _check_special(api, verbs, resource)
            by_group.setdefault(api.group(resource), []).append(f"{resource}{slash}{sub}")
        for group, resources in by_group.items():
            rule: Plain = {"apiGroups": [group], "resources": resources, "verbs": verbs}
            rules.append({**rule, "resourceNames": chosen} if chosen else rule)
        return {**_head(api, kind, name), "rules": [*rules, *of_paths] if api.today else rules}

    return made


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


_SPECIAL: Final = {
    "bind": ("roles", "clusterroles"),
    "escalate": ("roles", "clusterroles"),
    "impersonate": ("serviceaccounts",),
    "use": (),
}
"""What these verbs can be done to; impersonate and use to others that no API serves, too."""


def _check_special(api: Api, verbs: list[str], resource: str) -> None:
    """Raises Said."""
    if not api.today:
        return
    for verb in verbs:
        if verb in _SPECIAL and resource not in _SPECIAL[verb]:
            told = f"can not perform '{verb}' on '{resource}' in group '{api.group(resource)}'"
            raise Said(f"error: {told}")


def _check(api: Api, verbs: list[str], paths: list[str], resources: list[str], *, cluster: bool) -> None:
    """Raises Said; today a verb that is not usual is warned of."""
    if not verbs:
        raise Said("error: at least one verb must be specified")
    if not resources and not paths:
        told = "one of resource or nonResourceURL must be" if cluster else "at least one resource must be"
        raise Said(f"error: {told} specified")
    for verb in verbs if resources else ():
        if verb not in (_VERBS_TODAY if api.today else _VERBS):
            if not api.today:
                raise Said(f"error: invalid verb: '{verb}'")
            api.warnings.append(f"Warning: '{verb}' is not a standard resource verb")
    for verb in verbs if paths else ():
        if verb not in _VERBS_OF_PATHS:
            raise Said(f"error: invalid verb: '{verb}' for nonResourceURL")
    for path in paths:
        if path != "*" and not path.startswith("/"):
            raise Said("error: nonResourceURL should start with /")
        if "*" in path[:-1]:
            raise Said("error: nonResourceURL only supports wildcard matches when '*' is at the end")


def _named(api: Api, word: str) -> str:
    """The resource of a rule. Raises Said."""
    try:
        return api.named(word)
    except Said as said:
        group = word.partition(".")[2]
        where = f' in group "{group}"' if group else ""
        raise Said(said.text.removeprefix("error: ") + where if api.today else said.text) from None


def _binding(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        role, cluster_role = arguments.value("role"), arguments.value("clusterrole")
        if bool(role) == bool(cluster_role):
            raise Said("error: exactly one of clusterrole or role must be specified")
        subjects = subjects_of(arguments)
        given = {"kind": "Role", "name": role} if role else {"kind": "ClusterRole", "name": cluster_role}
        plain = {**_head(api, kind, name), "roleRef": {"apiGroup": GROUP, **given}}
        return {**plain, "subjects": subjects} if subjects else plain

    return made


def subjects_of(arguments: Arguments) -> list[Plain]:
    """Who is meant. Raises Said."""
    subjects: list[Plain] = [
        {"apiGroup": GROUP, "kind": one, "name": subject}
        for one, flag in (("User", "user"), ("Group", "group"))
        for subject in arguments.several(flag)
    ]
    for account in arguments.several("serviceaccount"):
        namespace, colon, subject = account.partition(":")
        if not colon or not subject or ":" in subject:
            raise Said("error: serviceaccount must be <namespace>:<name>")
        subjects.append({"kind": "ServiceAccount", "name": subject, "namespace": namespace})
    return subjects


def _head(api: Api, kind: str, name: str) -> Plain:
    resource = api.named(kind)
    return {"apiVersion": api.api_version(resource), "kind": kind, "metadata": {"name": name}}


ROLES: Final[dict[str, Callable[[Api, str, Arguments], Plain]]] = {
    "clusterrole": _role("ClusterRole"),
    "clusterrolebinding": _binding("ClusterRoleBinding"),
    "role": _role("Role"),
    "rolebinding": _binding("RoleBinding"),
}
