"""`kubectl describe csr`: what the request for a certificate says of its subject.

Sources: v1.7.5, v1.8.0 pkg/printers/internalversion/describe.go, v1.36.2 k8s.io/kubectl pkg/describe; the
request is PKCS#10 (RFC 2986) in DER (X.690) in PEM.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final

import msgspec

from clustersim.engine.time import SECOND
from clustersim.kubectl.ages import human_duration, moment
from clustersim.kubectl.describe.parts import TODAY
from clustersim.kubectl.signing_requests import verdict
from clustersim.kubectl.texts import labels_text

_SUBJECT: Final = {
    "55040a": "Organization",
    "55040b": "Organizational Unit",
    "550406": "Country",
    "550407": "Locality",
    "550408": "Province",
    "550409": "StreetAddress",
    "550411": "PostalCode",
}
"""Parts of a name by their object identifiers in DER (RFC 4519), in the order they are told."""
_COMMON_NAME: Final = "550403"
_SERIAL_NUMBER: Final = "550405"
_EXTENSIONS: Final = "2a864886f70d01090e"
_ALTERNATIVES: Final = "551d11"
_ADDRESS: Final = 0x87
_ALTERNATIVE: Final = {0x82: "DNS Names", 0x81: "Email Addresses", 0x86: "URIs", _ADDRESS: "IP Addresses"}


class Unreadable(Exception):
    """It is no request for a certificate."""


class Element(msgspec.Struct, frozen=True):
    """A value in DER."""

    tag: int
    content: bytes

    def inside(self) -> list["Element"]:
        """What it is made of. Raises Unreadable."""
        return list(_elements(self.content))


def signing_request_lines(found: Any, release: str) -> Iterable[str]:
    """A CertificateSigningRequest."""
    spec = found.spec
    yield f"Name:\t{found.metadata.name}"
    yield f"Labels:\t{labels_text(found.metadata.labels)}"
    yield f"Annotations:\t{labels_text(found.metadata.annotations)}"
    yield f"CreationTimestamp:\t{moment(found.metadata.creation_timestamp)}"
    yield f"Requesting User:\t{spec.username}"
    if release in TODAY and spec.signer_name:
        yield f"Signer:\t{spec.signer_name}"
    if release in TODAY and spec.expiration_seconds is not None:
        yield f"Requested Duration:\t{human_duration(spec.expiration_seconds * SECOND)}"
    yield f"Status:\t{verdict(found)}"
    try:
        subject, others = _read(spec.request)
    except (Unreadable, IndexError, ValueError):
        return
    yield "Subject:"
    yield f"\tCommon Name:\t{''.join(subject.get(_COMMON_NAME, ())[-1:])}"
    yield f"\tSerial Number:\t{''.join(subject.get(_SERIAL_NUMBER, ())[-1:])}"
    for part, title in _SUBJECT.items():
        yield from _listed(title, subject.get(part, ()))
    if others:
        yield "Subject Alternative Names:"
    for title in _ALTERNATIVE.values():
        yield from _listed(title, others.get(title, ()))


def _listed(title: str, values: Sequence[str]) -> Iterable[str]:
    if values:
        yield f"\t{title}:\t{values[0]}"
        yield from (f"\t\t{value}" for value in values[1:])


def _read(request: str) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """The parts of the subject, and its other names. Raises Unreadable."""
    subject: dict[str, list[str]] = {}
    info = next(iter(_elements(_der(request)))).inside()[0].inside()
    for part in info[1].inside():
        for pair in part.inside():
            kind, value = pair.inside()[:2]
            subject.setdefault(kind.content.hex(), []).append(value.content.decode(errors="replace"))
    others: dict[str, list[str]] = {}
    for attribute in info[3].inside() if len(info) > 3 else ():
        kind, values = attribute.inside()[:2]
        if kind.content.hex() == _EXTENSIONS:
            for extension in values.inside()[0].inside():
                _add_names(extension.inside(), others)
    return subject, others


def _add_names(extension: Sequence[Element], others: dict[str, list[str]]) -> None:
    if extension[0].content.hex() != _ALTERNATIVES:
        return
    for name in next(iter(_elements(extension[-1].content))).inside():
        if (title := _ALTERNATIVE.get(name.tag)) is not None:
            text = (
                str(ip_address(name.content)) if name.tag == 0x87 else name.content.decode(errors="replace")
            )
            others.setdefault(title, []).append(text)


def _der(request: str) -> bytes:
    try:
        lines = base64.b64decode(request).decode("ascii").split("\n")
        body = [line for line in lines if not line.startswith("-----")]
        return base64.b64decode("".join(body), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        raise Unreadable from None


def _elements(content: bytes) -> Iterable[Element]:
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(content[at : at + octets]), at + octets
        if at + length > len(content):
            raise Unreadable
        yield Element(tag, content[at : at + length])
        at += length
