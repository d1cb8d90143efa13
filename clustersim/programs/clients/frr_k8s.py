"""The program of frr-k8s that answers for its FRRConfigurations: it makes the certificates of its webhook and
has the API server know it.

Source: frr-k8s v0.0.25 cmd/statuscleaner/main.go. Which configurations of one node contradict each other is
not looked at.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from clustersim.api.request import Request
from clustersim.programs.clients.certificates import VALIDATING, rotated, with_authority
from clustersim.programs.clients.client import Acts, ApiClient, Look, Means, Reconciler, Seen

_CERTIFICATES: Final = "frr-k8s-webhook-server-cert"
_WEBHOOKS: Final = "frr-k8s-validating-webhook-configuration"


class StatusCleaner(Reconciler):
    """statuscleaner."""

    manager = "statuscleaner"

    def looks(self, client: ApiClient) -> Sequence[Look]:
        return Look("secrets", self._namespace(client), _CERTIFICATES), Look(VALIDATING, "", _WEBHOOKS)

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        return Acts([*self._requests(client, seen, means)])

    def _requests(self, client: ApiClient, seen: Seen, means: Means) -> Iterator[Request]:
        own = self._namespace(client)
        secret, config = seen[Look("secrets", own, _CERTIFICATES)], seen[Look(VALIDATING, "", _WEBHOOKS)]
        if secret is None or client.option("disable-cert-rotation") == "true":
            return
        if (made := rotated(secret, means.random)) is not secret:
            yield Request("update", "secrets", own, _CERTIFICATES, made)
        elif config is not None and (changed := with_authority(config, secret.data["ca.crt"])) != config:
            yield Request("update", VALIDATING, "", _WEBHOOKS, changed)

    def _namespace(self, client: ApiClient) -> str:
        return client.option("namespace", client.namespace)
