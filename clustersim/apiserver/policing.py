"""The way of a request past the policies of admission; where there are none, a look at an empty shelf."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.autoscaling import Scale
from clustersim.api.request import Request
from clustersim.apiserver.host import Host

PLUGIN: Final = "ValidatingAdmissionPolicy"
_BINDINGS: Final = "validatingadmissionpolicybindings"
_PARTS: Final = {
    "update-status": "status", "patch-status": "status", "bind": "binding", "evict": "eviction",
    "finalize": "finalize", "update-scale": "scale",
}  # fmt: skip


def is_policed(host: Host) -> bool:
    """Somebody has bound a policy."""
    return bool(host.etcd.range(_BINDINGS)) and PLUGIN in host.flags.admission_control


def _plain_scale(scale: Scale) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(scale)
    return {"apiVersion": "autoscaling/v1", "kind": "Scale", **found}


class Policing:
    """Asks the policies. resource_of: what a request is about; scale_of: an object as its Scale. told: what
    they warn of in the request that is carried out."""

    def __init__(
        self,
        host: Host,
        resource_of: Callable[[Request], Resource],
        scale_of: Callable[[Request, Any], Any],
    ) -> None:
        self._host = host
        self._resource_of = resource_of
        self._scale_of = scale_of
        self.told: tuple[str, ...] = ()

    def created(self, request: Request, client: str, new: Any) -> None:
        """Raises ApiError for what a policy denies."""
        if is_policed(self._host):
            self._ask(request, client, "CREATE", new, None)

    def changed(self, request: Request, client: str, old: Any, new: Any) -> None:
        """Raises ApiError."""
        if is_policed(self._host):
            self._ask(request, client, "UPDATE", new, old)

    def deleted(self, request: Request, client: str, old: Any) -> None:
        """Raises ApiError."""
        if is_policed(self._host):
            self._ask(request, client, "DELETE", None, old)

    def bound(self, request: Request, client: str) -> None:
        """Raises ApiError for a binding of a pod, or its eviction, that a policy denies."""
        metadata = {"name": request.name, "namespace": request.namespace}
        sent: dict[str, Any] = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata}
        if request.verb == "bind":
            target = {"kind": "Node", "name": request.body}
            sent = {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}
        self.created(request, client, sent)

    def _ask(self, request: Request, client: str, operation: str, new: Any, old: Any) -> None:
        # Only worlds with policies pay for the evaluator.
        from clustersim.apiserver.policies.attributes import Attributes  # noqa: PLC0415
        from clustersim.apiserver.policies.validating import Review  # noqa: PLC0415

        host, resource = self._host, self._resource_of(request)
        metadata: Any = getattr(new if old is None else old, "metadata", None)
        part = _PARTS.get(request.verb, request.subresource)
        if part == "scale":
            new, old = (_plain_scale(self._scale_of(request, one)) for one in (new, old))
        name = request.name or (metadata.name if metadata is not None else "")
        namespace = request.namespace or (metadata.namespace if metadata is not None else "") or ""
        asked = Attributes(
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
        )
        self.told += Review(host.etcd, host.release, asked).run()
