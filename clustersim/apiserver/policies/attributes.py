"""What a policy knows of a request (apiserver pkg/admission, pkg/admission/plugin/cel/condition.go)."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import to_builtins
from clustersim.apiserver.authorization import (
    ADMINISTRATORS,
    AUTHENTICATED,
    CONTROLLERS,
    MASTERS,
    NODES,
    Asked,
    Roles,
    Somebody,
    somebody,
)
from clustersim.apiserver.policies.functions import Authorizer, Check
from clustersim.cel.values import from_json, with_moments
from clustersim.etcd import Etcd
from clustersim.programs.clients import ACCOUNT

CREATE: Final = "CREATE"
UPDATE: Final = "UPDATE"
DELETE: Final = "DELETE"
_OPTIONS: Final = {CREATE: "CreateOptions", UPDATE: "UpdateOptions", DELETE: "DeleteOptions"}
_KINDS: Final = {
    "scale": ("autoscaling/v1", "Scale"),
    "binding": ("v1", "Binding"),
    "eviction": ("policy/v1", "Eviction"),
    "exec": ("v1", "PodExecOptions"),
    "attach": ("v1", "PodAttachOptions"),
    "portforward": ("v1", "PodPortForwardOptions"),
}
"""Of what is sent to a part of an object, where that is no object of its kind."""
_SERVER: Final = "system:apiserver"
_COMPONENTS: Final = {
    "controller-manager": CONTROLLERS,
    "scheduler": "system:kube-scheduler",
    "kube-proxy": "system:kube-proxy",
    "apiserver": _SERVER,
}


class Attributes:
    """One request. resource: what it is about; version: through which it came ("apps/v1"); part: a
    subresource; new, old: the object as it would be and as it is, None where there is none; roles: those of
    the cluster, for who asks."""

    def __init__(
        self,
        resource: Resource,
        version: str,
        operation: str,
        *,
        new: Any,
        old: Any,
        part: str = "",
        namespace: str = "",
        name: str = "",
        client: str = "",
        dry_run: bool = False,
        roles: Callable[[], Roles],
    ) -> None:
        self.resource = resource
        self.version = version
        self.operation = operation
        self.new, self.old = new, old
        self.part, self.namespace, self.name = part, namespace, name
        self.client = client
        self.dry_run = dry_run
        self._roles = roles

    @property
    def group_resource(self) -> tuple[str, str]:
        """Group and plural, without its group."""
        return self.version.rpartition("/")[0], self.resource.word

    def labels_of(self, obj: Any) -> Mapping[str, str]:
        """Of an object of the request."""
        return obj.metadata.labels if isinstance(obj, ApiObject) else {}

    def as_values(self, version: str) -> tuple[Any, Any]:
        """The new and the old object in a version, as values of expressions."""
        return _value(self.new, version), _value(self.old, version)

    def request(self, version: str) -> dict[str, Any]:
        """What `request` is, for a policy that asked for the resource in that version."""
        kind, asked_kind = _kind(version, self.resource.kind), _kind(self.version, self.resource.kind)
        if self.part in _KINDS:
            kind = asked_kind = _kind(*_KINDS[self.part])
        options = _OPTIONS.get(self.operation)
        return {
            "kind": kind,
            "resource": _resource(version, self.resource.word),
            "subResource": self.part,
            "requestKind": asked_kind,
            "requestResource": _resource(self.version, self.resource.word),
            "requestSubResource": self.part,
            "name": self.name,
            "namespace": self.namespace,
            "operation": self.operation,
            "userInfo": self.user,
            "dryRun": self.dry_run,
            "options": {"kind": options, "apiVersion": "meta.k8s.io/v1"} if options else None,
        }

    @cached_property
    def user(self) -> dict[str, Any]:
        """Who asks: people are the administrator."""
        process, _, machine = self.client.partition("@")
        groups: tuple[str, ...] = (AUTHENTICATED,)
        if process == "kubelet":
            name, groups = f"system:node:{machine}", (NODES, *groups)
        elif process in _COMPONENTS:
            name = _COMPONENTS[process]
            if name == _SERVER:
                groups = (MASTERS, *groups)
        elif process.startswith(ACCOUNT):
            name, groups = somebody(process, ())
        else:
            name, groups = "kubernetes-admin", (ADMINISTRATORS, *groups)
        return {"username": name, "groups": groups, "extra": {}}

    def authorizers(self) -> dict[str, Any]:
        """What expressions ask who may do what, and may ask about the request's own resource."""
        authorizer = Authorizer(Somebody(self.user["username"], self.user["groups"]), self._roles)
        group, plural = self.group_resource
        about = Asked("", group, plural, self.name, self.namespace)
        return {"authorizer": authorizer, "authorizer.requestResource": Check(authorizer, about, self.part)}


def _value(obj: Any, version: str) -> Any:
    if obj is None:
        return None
    if not isinstance(obj, ApiObject):
        return from_json(obj)
    plain = to_builtins(obj, version)
    return from_json(plain) if obj.__class__.__name__ == "CustomObject" else with_moments(from_json(plain))


def _kind(version: str, kind: str) -> dict[str, str]:
    group, _, short = version.rpartition("/")
    return {"group": group, "version": short, "kind": kind}


def _resource(version: str, plural: str) -> dict[str, str]:
    group, _, short = version.rpartition("/")
    return {"group": group, "version": short, "resource": plural}


def namespace_value(etcd: Etcd, name: str) -> Any:
    """What `namespaceObject` is: the namespace, without who manages its fields."""
    found = etcd.get("namespaces", name) if name else None
    if found is None:
        return None
    bare = replace(found, metadata=replace(found.metadata, managed_fields=(), owner_references=()))
    return with_moments(from_json(to_builtins(bare, "v1")))
