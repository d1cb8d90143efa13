"""What `kubectl create role`, `clusterrole`, `rolebinding` and `clusterrolebinding` make (v1.7.5, v1.8.0
pkg/kubectl/cmd/create_role.go; v1.36 k8s.io/kubectl pkg/cmd/create)."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api.rbac import GROUP
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments

Plain = dict[str, Any]

_VERBS: Final = (
    "*", "bind", "create", "delete", "deletecollection", "get", "impersonate", "list", "patch", "proxy",
    "redirect", "update", "use", "watch",
)  # fmt: skip


def _role(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        verbs, paths = arguments.several("verb"), arguments.several("non-resource-url")
        if not verbs:
            raise Said("error: at least one verb must be specified")
        strange = next((verb for verb in verbs if verb not in _VERBS), None)
        if strange is not None and not paths and not api.today:
            raise Said(f"error: invalid verb: '{strange}'")
        if not arguments.several("resource") and not paths:
            raise Said("error: at least one resource must be specified")
        rules: list[Plain] = []
        if paths:
            rules.append({"nonResourceURLs": paths, "verbs": verbs})
        by_group: dict[str, list[str]] = {}
        for word in arguments.several("resource"):
            plain, slash, sub = word.partition("/")
            resource = api.named(plain)
            by_group.setdefault(api.group(resource), []).append(f"{resource}{slash}{sub}")
        chosen = arguments.each("resource-name")
        for group, resources in by_group.items():
            rule: Plain = {"apiGroups": [group], "resources": resources, "verbs": verbs}
            rules.append({**rule, "resourceNames": chosen} if chosen else rule)
        return {**_head(api, kind, name), "rules": rules}

    return made


def _binding(kind: str) -> Callable[[Api, str, Arguments], Plain]:
    def made(api: Api, name: str, arguments: Arguments) -> Plain:
        role, cluster_role = arguments.value("role"), arguments.value("clusterrole")
        if bool(role) == bool(cluster_role):
            raise Said("error: exactly one of clusterrole or role must be specified")
        subjects: list[Plain] = [
            {"apiGroup": GROUP, "kind": one, "name": subject}
            for one, flag in (("User", "user"), ("Group", "group"))
            for subject in arguments.several(flag)
        ]
        for account in arguments.several("serviceaccount"):
            namespace, colon, subject = account.partition(":")
            if not colon or not subject:
                raise Said("error: serviceaccount must be <namespace>:<name>")
            subjects.append({"kind": "ServiceAccount", "name": subject, "namespace": namespace})
        given = {"kind": "Role", "name": role} if role else {"kind": "ClusterRole", "name": cluster_role}
        plain = {**_head(api, kind, name), "roleRef": {"apiGroup": GROUP, **given}}
        return {**plain, "subjects": subjects} if subjects else plain

    return made


def _head(api: Api, kind: str, name: str) -> Plain:
    resource = api.named(kind)
    return {"apiVersion": api.api_version(resource), "kind": kind, "metadata": {"name": name}}


ROLES: Final[dict[str, Callable[[Api, str, Arguments], Plain]]] = {
    "clusterrole": _role("ClusterRole"),
    "clusterrolebinding": _binding("ClusterRoleBinding"),
    "role": _role("Role"),
    "rolebinding": _binding("RoleBinding"),
}
