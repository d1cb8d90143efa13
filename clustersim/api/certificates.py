"""CertificateSigningRequest."""

from typing import Annotated

from clustersim.api.meta import ApiObject, ApiStruct, Base64, Int32, Time, merge, written


class CertificateSigningRequestSpec(ApiStruct, frozen=True, kw_only=True):
    """What is asked for, and by whom: the last the API server fills in. signer_name, expiration_seconds: of
    today."""

    request: Base64 = written("")
    signer_name: str = ""
    expiration_seconds: Int32 | None = None
    usages: tuple[str, ...] = ()
    username: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: dict[str, tuple[str, ...]] = {}


class CertificateSigningRequestCondition(ApiStruct, frozen=True, kw_only=True):
    """What became of it. type: Approved, Denied or Failed. status: of today."""

    type: str = written("")
    status: str = ""
    reason: str = ""
    message: str = ""
    last_update_time: Time = ""
    last_transition_time: Time = ""


class CertificateSigningRequestStatus(ApiStruct, frozen=True, kw_only=True):
    """Whether it was approved; the certificate, which nobody issues here."""

    conditions: Annotated[tuple[CertificateSigningRequestCondition, ...], merge("type")] = ()
    certificate: Base64 = ""


class CertificateSigningRequest(ApiObject, frozen=True, kw_only=True):
    """Somebody asks for a certificate."""

    spec: CertificateSigningRequestSpec = written(CertificateSigningRequestSpec())
    status: CertificateSigningRequestStatus = written(CertificateSigningRequestStatus())
