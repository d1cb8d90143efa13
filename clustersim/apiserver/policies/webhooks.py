"""Webhooks of admission: whom the API server asks about a request, and what comes of it.

It asks the Service that a configuration names, by its cluster address, which leads to a pod that is ready.
Whether anybody answers there, and by a certificate that is known, follows from the cluster; what the program
says is known of some (programs/clients). Any other lets everything through, and changes nothing.

Source: v1.36 apiserver pkg/admission/plugin/webhook/{generic,mutating,validating,errors}, pkg/util/webhook,
pkg/util/proxy (ResolveCluster); kube-apiserver without --enable-aggregator-routing.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from clustersim.api.errors import ApiError, bad_request
from clustersim.api.kept import listing, mapping, text
from clustersim.apiserver.policies.attributes import DELETE, Attributes
from clustersim.apiserver.policies.evaluation import OutOfBudget
from clustersim.apiserver.policies.expressions import ExpressionError
from clustersim.apiserver.policies.following import applies, values_of
from clustersim.apiserver.policies.matching import is_exempt, matched_version
from clustersim.cel.program import WORK
from clustersim.cel.values import Work
from clustersim.engine.time import SECOND, Micros
from clustersim.etcd import Etcd
from clustersim.programs.clients import reconciler
from clustersim.runtime.answering import Taken

MUTATING: Final = "mutatingwebhookconfigurations"
VALIDATING: Final = "validatingwebhookconfigurations"
_USUAL_TIMEOUT: Final = 10
_NO_SIDE_EFFECTS: Final = ("None", "NoneOnDryRun")

Plain = Mapping[str, Any]
Dial = Callable[[str, int], Taken | None]
"""What becomes of a connection to an address and a port; None where nobody knows."""


class _Failed(Exception):
    """A webhook could not be asked. lost: nobody answered in time."""

    def __init__(self, why: str, *, lost: bool = False) -> None:
        super().__init__(why)
        self.lost = lost


class Webhooks:
    """One request before all webhooks. waited: how long they made it wait."""

    def __init__(self, etcd: Etcd, release: str, asked: Attributes, dial: Dial) -> None:
        self._etcd = etcd
        self._release = release
        self._asked = asked
        self._dial = dial
        self.waited: Micros = 0

    def run(self, kind: str) -> None:
        """Those of MUTATING, or of VALIDATING. Raises ApiError where one denies the request, or fails and is
        not to be ignored."""
        if is_exempt(self._asked):
            return
        for hook in self._hooks(kind):
            try:
                self._call(hook)
            except _Failed as failed:
                seconds = hook.get("timeoutSeconds")
                if failed.lost:
                    self.waited = max(
                        self.waited, (seconds if type(seconds) is int else _USUAL_TIMEOUT) * SECOND
                    )
                if hook.get("failurePolicy") != "Ignore":
                    why = f'failed calling webhook "{text(hook.get("name"))}": {failed}'
                    raise ApiError(500, "InternalError", f"Internal error occurred: {why}") from None

    def _hooks(self, kind: str) -> Iterator[Plain]:
        """Those that the request meets, in order of their configurations' names."""
        stored = self._etcd.range(kind)
        for name in sorted(stored):
            for hook in map(mapping, listing(stored[name].webhooks)):
                criteria = {
                    "namespaceSelector": hook.get("namespaceSelector"),
                    "objectSelector": hook.get("objectSelector"),
                    "matchPolicy": hook.get("matchPolicy"),
                    "resourceRules": hook.get("rules"),
                }
                if not listing(hook.get("rules")):
                    continue
                version = matched_version(self._etcd, criteria, self._asked, self._release)
                if version and self._applies(hook, version):
                    yield hook

    def _applies(self, hook: Plain, version: str) -> bool:
        """Its conditions hold. One that cannot be told counts as a failure of the webhook."""
        if not listing(hook.get("matchConditions")):
            return True
        try:
            return applies(values_of(self._asked, version, ()), hook, Work(WORK))
        except (ExpressionError, OutOfBudget) as error:
            if hook.get("failurePolicy") == "Ignore":
                return False
            raise ApiError(500, "InternalError", f"Internal error occurred: {error}") from None

    # --- one of them -------------------------------------------------------------------------------------

    def _call(self, hook: Plain) -> None:
        """Raises _Failed, and ApiError where it denies the request."""
        name, config = text(hook.get("name")), mapping(hook.get("clientConfig"))
        if self._asked.dry_run and hook.get("sideEffects") not in _NO_SIDE_EFFECTS:
            raise bad_request(f'admission webhook "{name}" does not support dry run')
        asked = mapping(config.get("service"))
        if not asked:
            return  # outside of the cluster
        service, namespace, port = text(asked.get("name")), text(asked.get("namespace")), _port(asked)
        seconds = hook.get("timeoutSeconds")
        timeout = f"{seconds if type(seconds) is int else _USUAL_TIMEOUT}s"
        path = f"/{text(asked.get('path')).lstrip('/')}"
        url = f"https://{service}.{namespace}.svc:{port}{path}?timeout={timeout}"
        begun = f'failed to call webhook: Post "{url}": '
        address, taken = self._reached(begun, namespace, service, port)
        if taken is None:
            return
        if taken.lost:
            raise _Failed(f"{begun}context deadline exceeded", lost=True)
        if taken.container is None:
            raise _Failed(f"{begun}dial tcp {address}:{port}: connect: connection refused")
        if not config.get("caBundle"):
            why = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            raise _Failed(f"{begun}{why}")
        self._judge(name, taken.container)

    def _reached(self, begun: str, namespace: str, name: str, port: int) -> tuple[str, Taken | None]:
        """The address of a Service, and what becomes of a connection to it. Raises _Failed."""
        service = self._etcd.get("services", f"{namespace}/{name}")
        if service is None:
            raise _Failed(f'{begun}service "{name}" not found')
        address = service.spec.cluster_ip
        if service.spec.type == "ExternalName":
            return "", None
        if address in ("", "None"):
            raise _Failed(f'{begun}cannot route to service with ClusterIP "None"')
        found = next((one for one in service.spec.ports if one.port == port), None)
        if found is None:
            raise _Failed(f'{begun}no service port {port} found for service "{name}"')
        endpoints = self._etcd.get("endpoints", f"{namespace}/{name}")
        for subset in () if endpoints is None else endpoints.subsets:
            target = next((one.port for one in subset.ports if (one.name or "") == (found.name or "")), None)
            if target is not None and subset.addresses:
                taken = [self._dial(one.ip, target) for one in subset.addresses]
                answers = (one for one in taken if one is not None and one.container is not None)
                return address, next(answers, taken[0])
        return address, Taken()

    def _judge(self, hook: str, container: Any) -> None:
        """What the program that answers makes of it. Raises ApiError."""
        client = None if container.program is None else container.program.client
        if client is None or self._asked.new is None or self._asked.operation == DELETE:
            return
        known = reconciler(client.program)
        why = known.objects_to(client, hook, self._asked.new, lambda kind: self._etcd.range(kind).values())
        if why:
            raise ApiError(*known.denies, f'admission webhook "{hook}" denied the request: {why}')


def _port(service: Plain) -> int:
    port = service.get("port")
    return port if type(port) is int else 443
