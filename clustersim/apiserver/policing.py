"""Asks the policies of admission about a request; in a world without policies that costs almost nothing."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api.autoscaling import Scale
from clustersim.api.request import Request
from clustersim.apiserver.authorization import roles_of
from clustersim.apiserver.custom import scale_of
from clustersim.apiserver.host import Host
from clustersim.apiserver.storage import Storage
from clustersim.apiserver.traits import TRAITS
from clustersim.engine.time import Micros

if TYPE_CHECKING:
    from clustersim.apiserver.policies.attributes import Attributes

_VALIDATING: Final = ("ValidatingAdmissionPolicy", "validatingadmissionpolicybindings")
_MUTATING: Final = ("MutatingAdmissionPolicy", "mutatingadmissionpolicybindings")
"""The plugin, and what binds the policies that it follows."""
_HOOKS: Final = {
    "mutatingwebhookconfigurations": "MutatingAdmissionWebhook",
    "validatingwebhookconfigurations": "ValidatingAdmissionWebhook",
}
"""Configurations, and the plugin that follows them, those first that change what comes."""
_PARTS: Final = {
    "update-status": "status", "patch-status": "status", "bind": "binding", "evict": "eviction",
    "finalize": "finalize", "update-scale": "scale",
}  # fmt: skip


def is_policed(host: Host) -> bool:
    """Somebody has bound a policy."""
    stored = host.etcd.store.objects
    if _hooks(host):
        return True
    if _VALIDATING[1] not in stored and _MUTATING[1] not in stored:
        return False
    return _follows(host, _VALIDATING) or _follows(host, _MUTATING)


def _follows(host: Host, kind: tuple[str, str]) -> bool:
    plugin, bindings = kind
    return bool(host.etcd.store.objects.get(bindings)) and plugin in host.flags.admission_control


def _hooks(host: Host) -> bool:
    """Somebody has configured webhooks, and they are called in this release."""
    stored = host.etcd.store.objects
    if not stored.get("mutatingwebhookconfigurations") and not stored.get("validatingwebhookconfigurations"):
        return False
    return TRAITS[host.release].of_today


def _plain_scale(scale: Scale) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(scale)
    return {"apiVersion": "autoscaling/v1", "kind": "Scale", **found}


class Policing:
    """Asks the policies and the webhooks. told: what they warn of in the request that is carried out; waited:
    how long nobody answered."""

    def __init__(self, host: Host, storage: Storage) -> None:
        self._host = host
        self._storage = storage
        self.told: tuple[str, ...] = ()
        self.waited: Micros = 0

    def created(self, request: Request, client: str, new: Any) -> None:
        """Raises ApiError for what a policy denies."""
        if _follows(self._host, _VALIDATING) or _hooks(self._host):
            self._ask(request, client, "CREATE", new, None)

    def changed(self, request: Request, client: str, old: Any, new: Any) -> None:
        """Raises ApiError."""
        if _follows(self._host, _VALIDATING) or _hooks(self._host):
            self._ask(request, client, "UPDATE", new, old)

    def deleted(self, request: Request, client: str, old: Any) -> None:
        """Raises ApiError."""
        if _follows(self._host, _VALIDATING) or _hooks(self._host):
            self._ask(request, client, "DELETE", None, old)

    def connected(self, request: Request, client: str) -> None:
        """Raises ApiError for a way into a pod that a policy denies."""
        if _follows(self._host, _VALIDATING) or _hooks(self._host):
            self._ask(request, client, "CONNECT", request.body, None)

    def bound(self, request: Request, client: str) -> None:
        """Raises ApiError for a binding of a pod, or its eviction, that a policy denies."""
        metadata = {"name": request.name, "namespace": request.namespace}
        sent: dict[str, Any] = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
        if request.verb == "bind":
            target = {"kind": "Node", "name": request.body}
            sent = {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}
        self.created(request, client, sent)

    def mutated(self, request: Request, client: str, new: Any, old: Any = None) -> Any:
        """The object as policies leave it. Raises ApiError where one cannot be followed."""
        if not _follows(self._host, _MUTATING) or request.subresource or request.verb in _PARTS:
            return new
        # Only worlds with policies pay for the evaluator.
        from clustersim.apiserver.policies.mutating import Mutation  # noqa: PLC0415

        operation = "CREATE" if old is None else "UPDATE"
        asked = self._attributes(request, client, operation, new, old)
        return Mutation(self._host.etcd, self._host.release, asked).run()

    def _ask(self, request: Request, client: str, operation: str, new: Any, old: Any) -> None:
        from clustersim.apiserver.policies.validating import Review  # noqa: PLC0415
        from clustersim.apiserver.policies.webhooks import Webhooks  # noqa: PLC0415

        host, asked = self._host, self._attributes(request, client, operation, new, old)
        if _hooks(host):
            hooks = Webhooks(host.etcd, host.release, asked, host.dial)
            try:
                for kind, plugin in _HOOKS.items():
                    if plugin in host.flags.admission_control:
                        hooks.run(kind)
            finally:
                self.waited = hooks.waited
        if _follows(host, _VALIDATING):
            self.told += Review(host.etcd, host.release, asked).run()

    def _attributes(self, request: Request, client: str, operation: str, new: Any, old: Any) -> "Attributes":
        from clustersim.apiserver.policies.attributes import Attributes  # noqa: PLC0415

        host, resource = self._host, self._storage.resource_of(request)
        metadata: Any = getattr(new if old is None else old, "metadata", None)
        part = _PARTS.get(request.verb, request.subresource)
        if part == "scale":
            new, old = (_plain_scale(scale_of(one, resource, host.release)) for one in (new, old))
        name = request.name or (metadata.name if metadata is not None else "")
        namespace = request.namespace or (metadata.namespace if metadata is not None else "") or ""
        return Attributes(
            resource,
            request.api_version or resource.version_in(host.release),
            operation,
            new=new,
            old=old,
            part=part,
            namespace=name if resource.word == "namespaces" else namespace if resource.namespaced else "",
            name=name,
            client=client,
            dry_run=request.dry_run,
            roles=partial(roles_of, host.etcd, host.release, host.flags),
        )
