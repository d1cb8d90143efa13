"""cert-manager's webhook, which makes an authority of its own, and its cainjector, which has the API server
know what webhooks are signed by.

Source: cert-manager pkg/server/tls/authority/authority.go, pkg/controller/cainjector.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.core_v1 import Secret
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.programs.clients.certificates import (
    MUTATING,
    VALIDATING,
    annotated,
    certificate,
    lacks,
    private_key,
    with_authority,
)
from clustersim.programs.clients.client import Acts, ApiClient, Look, Means, Reconciler, Seen

_INJECTS: Final = "cert-manager.io/allow-direct-injection"
_FROM_SECRET: Final = "cert-manager.io/inject-ca-from-secret"  # noqa: S105 (the name of an annotation)
_KEYS: Final = ("ca.crt", "tls.crt", "tls.key")


class Authority(Reconciler):
    """cert-manager-webhook."""

    manager = "webhook"

    def looks(self, client: ApiClient) -> Sequence[Look]:
        name = client.option("dynamic-serving-ca-secret-name")
        namespace = client.option("dynamic-serving-ca-secret-namespace")
        return (Look("secrets", namespace, name),) if name and namespace else ()

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        for look, found in seen.items():
            if found is not None and not lacks(found.data, _KEYS):
                continue
            signed = certificate(means.random)
            data = {"ca.crt": signed, "tls.crt": signed, "tls.key": private_key(means.random)}
            if found is not None:
                changed = replace(found, data={**found.data, **data})
                return Acts((Request("update", "secrets", look.namespace, look.name, changed),))
            metadata = ObjectMeta(name=look.name, namespace=look.namespace, annotations={_INJECTS: "true"})
            secret = Secret(metadata=metadata, data=data)
            return Acts((Request("create", "secrets", look.namespace, look.name, secret),))
        return Acts()


class Injector(Reconciler):
    """cert-manager-cainjector, of webhooks whose authority is in a Secret."""

    manager = "cainjector"

    def looks(self, client: ApiClient) -> Sequence[Look]:
        return (Look(VALIDATING), Look(MUTATING), Look("secrets"))

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        secrets = {f"{one.metadata.namespace}/{one.metadata.name}": one for one in seen[Look("secrets")]}
        requests = []
        for kind in (VALIDATING, MUTATING):
            for config in seen[Look(kind)]:
                authority = _authority(secrets.get(annotated(config, _FROM_SECRET)))
                if authority and (changed := with_authority(config, authority)) != config:
                    requests.append(Request("update", kind, "", config.metadata.name, changed))
        return Acts(requests)


def _authority(secret: Any) -> str:
    """That of a Secret which lets it be used so."""
    if secret is None or annotated(secret, _INJECTS) != "true":
        return ""
    return str(secret.data.get("ca.crt", ""))
