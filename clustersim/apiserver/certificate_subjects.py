"""The admission plugin CertificateSubjectRestriction: nobody becomes an administrator by a request that the
usual signer of clients would sign.

Source: v1.36.2 plugin/pkg/admission/certificates/subjectrestriction/admission.go.
"""

import base64
from collections.abc import Iterator
from typing import Any, Final

from clustersim.api.certificates import CertificateSigningRequest
from clustersim.api.errors import forbidden
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

_SIGNER: Final = "kubernetes.io/kube-apiserver-client"
_MASTERS: Final = "system:masters"
_ORGANIZATION: Final = b"\x06\x03\x55\x04\x0a"
"""What comes before a text in DER that names an organization: the identifier 2.5.4.10."""
_TEXTS: Final = (0x0C, 0x13, 0x14, 0x16)
"""Kinds of texts: UTF-8, printable, of teletext, of ASCII."""


def certificate_subject_restriction(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """No request to that signer is for somebody of the group of administrators. Raises ApiError (403)."""
    if not isinstance(obj, CertificateSigningRequest) or obj.spec.signer_name != _SIGNER:
        return obj
    if _MASTERS in _organizations(obj.spec.request):
        why = f"use of {_SIGNER} signer with {_MASTERS} group is not allowed"
        raise forbidden(resource, obj.metadata.name, why)
    return obj


def _organizations(request: str) -> Iterator[str]:
    """The organizations that a request names: PEM in Base64, as its object has it."""
    try:
        lines = base64.b64decode(request).decode("ascii", "replace").splitlines()
        der = base64.b64decode("".join(line for line in lines if not line.startswith("-----")))
    except ValueError:
        return
    for part in der.split(_ORGANIZATION)[1:]:
        if len(part) > 1 and part[0] in _TEXTS and part[1] < 128:
            yield part[2 : 2 + part[1]].decode("utf-8", "replace")
