"""What the programs of admission webhooks make of certificates: Secrets that hold them, and the authority in
the configurations of webhooks, by which the API server knows them.

This model keeps no keys: a certificate is a text that is another one each time.
"""

import base64
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from clustersim.api.core_v1 import Secret
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import Webhooks, listing, mapping
from clustersim.engine.random import RandomStream

_SEQUENCE: Final = b"\x30"
"""With which what is in a certificate begins (X.690)."""
_ROTATED: Final = ("ca.crt", "ca.key", "tls.crt", "tls.key")
VALIDATING: Final = "validatingwebhookconfigurations"
MUTATING: Final = "mutatingwebhookconfigurations"


def encoded(text: str) -> str:
    """As a Secret keeps it."""
    return base64.b64encode(text.encode()).decode()


def certificate(random: RandomStream) -> str:
    """A new one, as a Secret keeps it."""
    return _block("CERTIFICATE", random)


def private_key(random: RandomStream) -> str:
    """A new one, as a Secret keeps it."""
    return _block("PRIVATE KEY", random)


def _block(kind: str, random: RandomStream) -> str:
    told = f"this model keeps no keys, but a text {random.digits(2)}".encode()
    body = base64.b64encode(_SEQUENCE + bytes([len(told)]) + told).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return encoded(f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n")


def rotated(secret: Secret, random: RandomStream) -> Secret:
    """A Secret with an authority and its certificate, the same where it has them (cert-controller v0.15.0
    pkg/rotator)."""
    if not lacks(secret.data, _ROTATED):
        return secret
    made = {key: (private_key if key.endswith("key") else certificate)(random) for key in _ROTATED}
    return replace(secret, data={**secret.data, **made})


def with_authority(config: Webhooks, authority: str, policy: str = "") -> Webhooks:
    """A configuration all of whose webhooks are known by that authority, in base64. policy: what is to become
    of requests where they do not answer; empty: as it is."""
    hooks = []
    for hook in map(mapping, listing(config.webhooks)):
        changed = {**hook, "clientConfig": {**mapping(hook.get("clientConfig")), "caBundle": authority}}
        hooks.append({**changed, "failurePolicy": policy} if policy else changed)
    return replace(config, webhooks=hooks)


def converted_by(definition: CustomResourceDefinition, authority: str) -> CustomResourceDefinition:
    """A definition whose webhook of conversion is known by that authority."""
    conversion = definition.spec.conversion
    if conversion is None or conversion.strategy != "Webhook":
        return definition
    hook = mapping(conversion.webhook)
    told = {**hook, "clientConfig": {**mapping(hook.get("clientConfig")), "caBundle": authority}}
    return replace(definition, spec=replace(definition.spec, conversion=replace(conversion, webhook=told)))


def lacks(data: Mapping[str, str], keys: Iterable[str]) -> bool:
    """Whether a Secret has nothing below one of the keys."""
    return any(not data.get(key) for key in keys)


def annotated(obj: Any, name: str) -> str:
    """An annotation of an object; empty where it has none."""
    return str(obj.metadata.annotations.get(name, ""))
