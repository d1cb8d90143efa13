"""Tokens of service accounts: made when a client asks for one (`kubectl create token`), and recognised again.
Their times are the room's (pkg/registry/core/serviceaccount/storage/token.go).
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings

from clustersim.api.timestamp import rfc3339
from clustersim.cluster import Cluster
from clustersim.console.authorization import somebody
from clustersim.engine.time import SECOND
from visualizer.kubeapi.responses import WireError

ISSUER: Final = "https://kubernetes.default.svc.cluster.local"
HOUR: Final = 3600
LEAST: Final = 600
MOST: Final = 1 << 32
_HEADER: Final = {"alg": "HS256", "typ": "JWT"}


def token_request(cluster: Cluster, room: str, account: Any, body: dict[str, Any]) -> dict[str, Any]:
    """The answer to a TokenRequest for that ServiceAccount. Raises WireError."""
    asked = body.get("spec")
    asked = asked if isinstance(asked, dict) else {}
    seconds = asked.get("expirationSeconds", HOUR)
    audiences = asked.get("audiences") or [ISSUER]
    if not isinstance(seconds, int) or not isinstance(audiences, list):
        raise WireError(400, "spec.expirationSeconds must be a number and spec.audiences a list")
    for wrong, why in (
        (seconds < LEAST, "may not specify a duration less than 10 minutes"),
        (seconds > MOST, "may not specify a duration larger than 2^32 seconds"),
    ):
        if wrong:
            raise _invalid(account.metadata.name, seconds, why)
    now, metadata = cluster.now, account.metadata
    ends = rfc3339(now + seconds * SECOND)
    claims = {
        "iss": ISSUER,
        "aud": [str(one) for one in audiences],
        "sub": f"system:serviceaccount:{metadata.namespace}:{metadata.name}",
        "iat": _epoch(rfc3339(now)),
        "exp": _epoch(ends),
        "kubernetes.io": {
            "namespace": metadata.namespace,
            "serviceaccount": {"name": metadata.name, "uid": metadata.uid},
        },
    }
    spec = {
        "audiences": claims["aud"],
        "expirationSeconds": seconds,
        "boundObjectRef": asked.get("boundObjectRef"),
    }
    named = {"name": metadata.name, "namespace": metadata.namespace, "creationTimestamp": rfc3339(now)}
    return {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": named,
        "spec": spec,
        "status": {"token": _signed(claims, room), "expirationTimestamp": ends},
    }


def token_review(cluster: Cluster, room: str, spec: dict[str, Any]) -> dict[str, Any]:
    """The status of a TokenReview: whose token it is, if it is one of this room and still good."""
    claims = _claims(str(spec.get("token", "")), room)
    if claims is None:
        return {"user": {}, "error": "[invalid bearer token, unknown]"}
    audiences = [one for one in spec.get("audiences") or [ISSUER] if one in claims["aud"]]
    named = claims["kubernetes.io"]
    key, account = f"{named['namespace']}/{named['serviceaccount']['name']}", named["serviceaccount"]
    found = cluster.object("serviceaccounts", key)
    late = _epoch(rfc3339(cluster.now)) >= claims["exp"]
    if late or not audiences or found is None or found.metadata.uid != account["uid"]:
        return {"user": {}, "error": "[invalid bearer token, service account token has expired]"}
    who = somebody(claims["sub"], ())
    user = {"username": who.user, "uid": account["uid"], "groups": who.groups}
    return {"authenticated": True, "user": user, "audiences": audiences}


def _invalid(name: str, seconds: int, why: str) -> WireError:
    field, said = "spec.expirationSeconds", f"Invalid value: {seconds}: {why}"
    causes = [{"reason": "FieldValueInvalid", "message": said, "field": field}]
    details = {"name": name, "group": "authentication.k8s.io", "kind": "TokenRequest", "causes": causes}
    text = f'TokenRequest.authentication.k8s.io "{name}" is invalid: {field}: {said}'
    return WireError(422, text, details=details)


def _epoch(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def _signed(claims: dict[str, Any], room: str) -> str:
    said = b".".join(_text(msgspec.json.encode(part)) for part in (_HEADER, claims))
    return (said + b"." + _signature(said, room)).decode()


def _claims(token: str, room: str) -> dict[str, Any] | None:
    """What a token says; None of one that was not made here."""
    said, _dot, signature = token.encode().rpartition(b".")
    if not hmac.compare_digest(signature, _signature(said, room)):
        return None
    body = said.partition(b".")[2]
    found: dict[str, Any] = msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    return found


def _signature(said: bytes, room: str) -> bytes:
    key = hashlib.sha256(f"service accounts of {room}/{settings.SECRET_KEY}".encode()).digest()
    return _text(hmac.new(key, said, hashlib.sha256).digest())


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
