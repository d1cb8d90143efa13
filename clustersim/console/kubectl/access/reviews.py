"""Questions about rights that come as manifests: `kubectl create -f review.yaml -o yaml`. They are answered,
and kept nowhere.

Sources: pkg/registry/authorization and pkg/apis/authorization/validation of each release; kubectl
pkg/cmd/create.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.authorization import (
    MASTERS,
    Asked,
    Somebody,
    Verdict,
    decide,
    roles_of,
    rules_for,
    somebody,
    told_rules,
)
from clustersim.apiserver.tokens import reviewed
from clustersim.console.answer import Said
from clustersim.console.api import Api

_OF_RIGHTS: Final = ("SelfSubjectAccessReview", "SubjectAccessReview", "LocalSubjectAccessReview")


def is_review(api: Api, plain: Any) -> bool:
    """Whether the API server of this release answers that, instead of keeping it."""
    if not isinstance(plain, Mapping):
        return False
    group, _slash, version = str(plain.get("apiVersion") or "").rpartition("/")
    kinds = _OF_RIGHTS if api.release == "v1.7" else (*_OF_RIGHTS, "SelfSubjectRulesReview")
    if group == "authorization.k8s.io":
        return plain.get("kind") in kinds and version in (("v1",) if api.today else ("v1", "v1beta1"))
    if group != "authentication.k8s.io":
        return False
    if plain.get("kind") == "TokenReview":
        return version in (("v1",) if api.today else ("v1", "v1beta1"))
    return api.today and (version, plain.get("kind")) == ("v1", "SelfSubjectReview")


def answered(api: Api, plain: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """The question with its answer. Raises Said for one that cannot be answered."""
    kind, spec = str(plain["kind"]), plain.get("spec")
    spec = dict(spec) if isinstance(spec, Mapping) else {}
    whole = {"apiVersion": plain["apiVersion"], "kind": kind, "metadata": {}, "spec": spec}
    if not api.today:
        whole["metadata"] = {"creationTimestamp": None}
    who = somebody("admin", (MASTERS,))
    if kind == "SelfSubjectReview":
        user = {"username": who.user, "groups": list(who.groups)}
        del whole["spec"]
        return {**whole, "metadata": {"creationTimestamp": rfc3339(api.now)}, "status": {"userInfo": user}}
    if kind == "TokenReview":
        return {**whole, "status": _token(api, spec)}
    if kind == "SelfSubjectRulesReview":
        return {**whole, "status": _rules(api, who, str(spec.get("namespace") or ""))}
    given = plain.get("metadata")
    given = given if isinstance(given, Mapping) else {}
    if kind == "LocalSubjectAccessReview":
        whole["metadata"] = {**whole["metadata"], "namespace": given.get("namespace") or namespace}
    if wrong := list(_wrong(api, kind, spec, whole["metadata"])):
        told = wrong[0] if len(wrong) == 1 else "".join(f"\n* {one}" for one in wrong)
        raise Said(f'The {kind} "" is invalid: {told}')
    if kind != "SelfSubjectAccessReview":
        groups = spec.get("groups")
        who = somebody(str(spec.get("user") or ""), map(str, groups if isinstance(groups, list) else ()))
    verdict = _verdict(api, who, spec)
    reason = {"reason": verdict.reason} if verdict.reason else {}
    return {**whole, "status": {"allowed": verdict.allowed, **reason}}


def _token(api: Api, spec: Mapping[str, Any]) -> dict[str, Any]:
    """Whose token it is. Service accounts of old had theirs in Secrets, of which this model has none. Raises
    Said."""
    if api.today and not spec.get("token"):
        begun = 'Error from server (BadRequest): error when creating "STDIN"'
        raise Said(f"{begun}: token is required for TokenReview in authentication")
    if api.today:
        return reviewed(api.cluster.scenario.seed, spec, api.store.get("serviceaccounts", {}), api.now)
    return {"user": {}, **({"error": "invalid bearer token"} if spec.get("token") else {})}


def _wrong(api: Api, kind: str, spec: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[str]:
    nothing = "null" if api.today else '"null"'
    resource, other = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is None and other is None:
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        yield f"spec.resourceAttributes: Invalid value: {nothing}: {why}"
    if kind != "SelfSubjectAccessReview" and not spec.get("user") and not spec.get("groups"):
        yield 'spec.user: Invalid value: "": at least one of user or group must be specified'
    if kind == "LocalSubjectAccessReview" and isinstance(resource, Mapping):
        asked = str(resource.get("namespace") or "")
        if asked != metadata.get("namespace"):
            field = "spec.resourceAttributes.namespace"
            yield f'{field}: Invalid value: "{asked}": must match metadata.namespace'


def _verdict(api: Api, who: Somebody, spec: Mapping[str, Any]) -> Verdict:
    roles = roles_of(api.etcd, api.release, api.server.flags)
    asked = spec.get("resourceAttributes")
    if not isinstance(asked, Mapping):
        other = spec.get("nonResourceAttributes")
        other = other if isinstance(other, Mapping) else {}
        wanted = Asked(str(other.get("verb") or ""), path=str(other.get("path") or ""))
        return decide(roles, who, wanted)
    names = ("verb", "group", "resource", "name", "namespace")
    values = {name: str(asked.get(name) or "") for name in names}
    if part := asked.get("subresource"):
        values["resource"] += f"/{part}"
    return decide(roles, who, Asked(**values))


def _rules(api: Api, who: Somebody, namespace: str) -> dict[str, Any]:
    """What somebody may do in a namespace, rule by rule."""
    return told_rules(rules_for(roles_of(api.etcd, api.release, api.server.flags), who, namespace))
