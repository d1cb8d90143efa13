"""How the server reaches a web hook: where it is, and whom it trusts there.

Source: v1.36.2 apiserver pkg/util/webhook/validation.go; client-go transport/transport.go.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors

_FORM: Final = "; desired format: https://host[/path]"
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]*)-----END \1-----")
_SEQUENCE: Final = 0x30
"""With which a certificate begins."""


def check_client(errors: FieldErrors, field: str, client: Mapping[str, Any]) -> None:
    """An address or a Service."""
    url, service = client.get("url"), client.get("service")
    if (url is None) == (service is None):
        errors.required(field, "exactly one of url or service is required")
    elif url is not None:
        _check_url(errors, f"{field}.url", str(url))
    elif isinstance(service, Mapping):
        for name in ("name", "namespace"):
            if not service.get(name):
                errors.required(f"{field}.service.{name}")
        port, path = service.get("port", 443), service.get("path")
        if isinstance(port, int) and (reasons := names.port_number(port)):
            errors.invalid(f"{field}.service.port", port, f"port is not valid: {', '.join(reasons)}")
        if isinstance(path, str):
            _check_path(errors, f"{field}.service.path", path)


def _check_url(errors: FieldErrors, field: str, url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        errors.required(field, f"url must be a valid URL: {error}{_FORM}")
        return
    if parts.scheme != "https":
        errors.invalid(field, parts.scheme, f"'https' is the only allowed URL scheme{_FORM}")
    host = parts.netloc.rpartition("@")[2]
    if not host:
        errors.invalid(field, host, f"host must be specified{_FORM}")
    if "@" in parts.netloc:
        user = parts.netloc.rpartition("@")[0]
        errors.invalid(field, user, "user information is not permitted in the URL")
    if parts.fragment:
        errors.invalid(field, parts.fragment, "fragments are not permitted in the URL")
    if parts.query:
        errors.invalid(field, parts.query, "query parameters are not permitted in the URL")


def _check_path(errors: FieldErrors, field: str, path: str) -> None:
    if path in ("", "/"):
        return
    if path == "//":
        errors.invalid(field, path, "segment[0] may not be empty")
        return
    if not path.startswith("/"):
        errors.invalid(field, path, "must start with a '/'")
    for index, step in enumerate(path[1:].removesuffix("/").split("/")):
        if not step:
            errors.invalid(field, path, f"segment[{index}] may not be empty")
            continue
        for why in names.dns_subdomain(step, errors.release):
            errors.invalid(field, path, f"segment[{index}]: {why}")


def check_authorities(errors: FieldErrors, field: str, bundle: str) -> None:
    """Certificates in PEM, as base64; empty for those of the system."""
    if why := wrong_authorities(bundle):
        errors.invalid(field, bundle, f"unable to load root certificates: {why}")


def wrong_authorities(bundle: str) -> str:
    """Why nobody can be trusted by certificates; empty if one of them can be read, or there are none."""
    if not bundle:
        return ""
    blocks = _BLOCK.findall(base64.b64decode(bundle))
    certificates = [body for kind, body in blocks if kind == b"CERTIFICATE"]
    if any(map(_is_certificate, certificates)):
        return ""
    wrong = "failed to parse certificate: x509: malformed certificate"
    return wrong if certificates else "unable to parse bytes as PEM block"


def holds_certificate(bundle: str) -> bool:
    """Whether there is one, or nothing at all."""
    return not bundle or any(kind == b"CERTIFICATE" for kind, _ in _BLOCK.findall(base64.b64decode(bundle)))


def _is_certificate(body: bytes) -> bool:
    """Whether it looks like one: nobody reads what is in it."""
    try:
        found = base64.b64decode(body)
    except binascii.Error:
        return False
    return found[:1] == bytes([_SEQUENCE])
