"""Tokens of service accounts: made when somebody asks for one (`kubectl create token`), and recognised again.

They are signed with what a scenario's seed says, so that a room makes the same ones when it is computed anew:
they are reviewed, and open nothing. Source: v1.36 pkg/registry/core/serviceaccount/storage/token.go.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import ServiceAccount
from clustersim.api.errors import ApiError, Cause, Details
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import SECOND, Micros

ISSUER: Final = "https://kubernetes.default.svc.cluster.local"
HOUR: Final = 3600
LEAST: Final = 600
MOST: Final = 1 << 32
_HEADER: Final = {"alg": "HS256", "typ": "JWT"}


class Named(msgspec.Struct, frozen=True):
    """A service account that a token names."""

    name: str
    uid: str


class Bound(msgspec.Struct, frozen=True):
    """Where it is, and the pod and the node that it is for, if it is for one."""

    namespace: str
    serviceaccount: Named
    pod: Named | None = None
    node: Named | None = None


class Claims(msgspec.Struct, frozen=True):
    """What a token says. exp: seconds since 1970 at which it ends; jti: what it is called."""

    aud: tuple[str, ...]
    exp: int
    sub: str
    jti: str
    about: Bound = msgspec.field(name="kubernetes.io")


def token_of(
    seed: int,
    account: ServiceAccount,
    now: Micros,
    *,
    seconds: int = HOUR,
    audiences: Sequence[str] = (),
    bound: Any = None,
    node: Named | None = None,
) -> dict[str, Any]:
    """The answer to a TokenRequest for that ServiceAccount. bound: the object whose end ends it, too; node:
    that of the pod that it is bound to. Raises ApiError."""
    metadata = account.metadata
    for wrong, why in (
        (seconds < LEAST, "may not specify a duration less than 10 minutes"),
        (seconds > MOST, "may not specify a duration larger than 2^32 seconds"),
    ):
        if wrong:
            raise _invalid(metadata.name, seconds, why)
    ends, named = rfc3339(now + seconds * SECOND), {"name": metadata.name, "namespace": metadata.namespace}
    held: dict[str, Any] = {}
    if isinstance(bound, dict) and bound.get("kind") == "Pod":
        held["pod"] = {"name": bound.get("name", ""), "uid": bound.get("uid", "")}
        if node is not None:
            held["node"] = {"name": node.name, "uid": node.uid}
    claims = {
        "aud": list(audiences) or [ISSUER],
        "exp": epoch(ends),
        "iat": epoch(rfc3339(now)),
        "iss": ISSUER,
        "jti": _identifier(seed, metadata.uid, ends, str(bound)),
        "kubernetes.io": {
            "namespace": metadata.namespace,
            "serviceaccount": {"name": metadata.name, "uid": metadata.uid},
            **held,
        },
        "nbf": epoch(rfc3339(now)),
        "sub": f"system:serviceaccount:{metadata.namespace}:{metadata.name}",
    }
    return {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {**named, "creationTimestamp": rfc3339(now)},
        "spec": {"audiences": claims["aud"], "expirationSeconds": seconds, "boundObjectRef": bound},
        "status": {"token": _signed(claims, seed), "expirationTimestamp": ends},
    }


def claims_of(seed: int, token: str) -> Claims | None:
    """What a token says; None of one that was not made here."""
    said, _dot, signature = token.encode().rpartition(b".")
    if not hmac.compare_digest(signature, _signature(said, seed)):
        return None
    body = said.partition(b".")[2]
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)), type=Claims)
    except (binascii.Error, msgspec.DecodeError):
        return None


def reviewed(seed: int, spec: Mapping[str, Any], accounts: Mapping[str, Any], now: Micros) -> dict[str, Any]:
    """The status of a TokenReview: whose token it is, if it was made here and is still good. accounts: by
    namespace and name."""
    claims = claims_of(seed, str(spec.get("token") or ""))
    if claims is None:
        return {"user": {}, "error": "[invalid bearer token, unknown]"}
    wanted = spec.get("audiences")
    wanted = wanted if isinstance(wanted, list) and wanted else [ISSUER]
    audiences = [one for one in wanted if one in claims.aud]
    account = claims.about.serviceaccount
    found = accounts.get(f"{claims.about.namespace}/{account.name}")
    late = epoch(rfc3339(now)) >= claims.exp
    if late or not audiences or found is None or found.metadata.uid != account.uid:
        return {"user": {}, "error": "[invalid bearer token, service account token has expired]"}
    every = "system:serviceaccounts"
    groups = [every, f"{every}:{claims.about.namespace}", "system:authenticated"]
    user = {"username": claims.sub, "uid": account.uid, "groups": groups, "extra": extra_of(claims)}
    return {"authenticated": True, "user": user, "audiences": audiences}


def extra_of(claims: Claims) -> dict[str, list[str]]:
    """What else a review says of its user (apiserver pkg/authentication/serviceaccount/util.go UserInfo)."""
    prefix, told = "authentication.kubernetes.io", {"credential-id": f"JTI={claims.jti}"}
    for kind in ("node", "pod"):
        if (named := getattr(claims.about, kind)) is not None:
            told |= {f"{kind}-name": named.name, f"{kind}-uid": named.uid}
    return {f"{prefix}/{key}": [text] for key, text in sorted(told.items())}


def _identifier(seed: int, *parts: str) -> str:
    """A UUID of its own for each token, the same whenever it is made."""
    digits = hashlib.sha256("|".join((str(seed), *parts)).encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def is_of(seed: int, token: str) -> bool:
    """Whether a token was made here."""
    return claims_of(seed, token) is not None


def epoch(time: str) -> int:
    """Seconds since 1970 of an RFC 3339 text."""
    return int(datetime.fromisoformat(time).timestamp())


def _invalid(name: str, seconds: int, why: str) -> ApiError:
    field, said = "spec.expirationSeconds", f"Invalid value: {seconds}: {why}"
    details = Details(
        name=name,
        group="authentication.k8s.io",
        kind="TokenRequest",
        causes=(Cause("FieldValueInvalid", said, field),),
    )
    text = f'TokenRequest.authentication.k8s.io "{name}" is invalid: {field}: {said}'
    return ApiError(422, "Invalid", text, details)


def _signed(claims: dict[str, Any], seed: int) -> str:
    said = b".".join(_text(msgspec.json.encode(part)) for part in (_HEADER, claims))
    return (said + b"." + _signature(said, seed)).decode()


def _signature(said: bytes, seed: int) -> bytes:
    key = hashlib.sha256(f"service accounts of {seed}".encode()).digest()
    return _text(hmac.new(key, said, hashlib.sha256).digest())


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
