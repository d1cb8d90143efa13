"""Validation of requests for certificates (pkg/apis/certificates/validation)."""

import base64
from typing import Final

from clustersim.api.certificates import CertificateSigningRequest
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.go_fields import go_diff
from clustersim.apiserver.validation.webhook_clients import holds_certificate

LEAST_DURATION: Final = 600
"""Seconds."""
LONGEST_DOMAIN: Final = 253
LONGEST_PATH: Final = 253 + 63 + 1
LONGEST_SIGNER: Final = LONGEST_DOMAIN + LONGEST_PATH + 1
USAGES: Final = (
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign",
    "data encipherment", "decipher only", "digital signature", "email protection", "encipher only",
    "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
    "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
)  # fmt: skip
_LEGACY: Final = "kubernetes.io/legacy-unknown"


def check_signing_request(errors: FieldErrors, asked: CertificateSigningRequest) -> None:
    """Something is asked for, of somebody, for some use."""
    spec = asked.spec
    if not _is_request(spec.request):
        errors.invalid("spec.request", spec.request or None, "PEM block type must be CERTIFICATE REQUEST")
    if not errors.modern:
        return
    if not spec.usages:
        errors.required("spec.usages")
    for index, usage in enumerate(spec.usages):
        if usage not in USAGES:
            errors.unsupported(f"spec.usages[{index}]", usage, USAGES)
    for index, usage in enumerate(spec.usages):
        if usage in spec.usages[:index]:
            errors.duplicate(f"spec.usages[{index}]", usage)
    if spec.signer_name == _LEGACY:
        why = "the legacy signerName is not allowed via this API version"
        errors.invalid("spec.signerName", spec.signer_name, why)
    else:
        _check_signer(errors, spec.signer_name)
    if spec.expiration_seconds is not None and spec.expiration_seconds < LEAST_DURATION:
        why = "may not specify a duration less than 600 seconds (10 minutes)"
        errors.invalid("spec.expirationSeconds", spec.expiration_seconds, why)


_STATES: Final = ("Approved", "Denied", "Failed")


def check_signing_status(
    errors: FieldErrors, old: CertificateSigningRequest, new: CertificateSigningRequest
) -> None:
    """What a signer makes of it: whether it was approved is not his to say."""
    if errors.modern:
        _check_conditions(errors, old, new)
        _check_verdict(errors, old, new)
        before, after = old.status.certificate, new.status.certificate
        if after != before and not holds_certificate(after):
            why = "must contain at least one CERTIFICATE PEM block"
            errors.invalid("status.certificate", "<certificate data>", why)
        if before and after != before:
            why = "updates may not modify existing certificate content"
            errors.forbidden("status.certificate", why)


def check_approval(
    errors: FieldErrors, old: CertificateSigningRequest, new: CertificateSigningRequest
) -> None:
    """What who approves or denies it says."""
    if errors.modern:
        _check_conditions(errors, old, new)
        if new.status.certificate != old.status.certificate:
            errors.forbidden("status.certificate", "updates may not set certificate content")


def _check_conditions(
    errors: FieldErrors, old: CertificateSigningRequest, new: CertificateSigningRequest
) -> None:
    seen: list[str] = []
    for index, one in enumerate(new.status.conditions):
        here, known = f"status.conditions[{index}]", ("False", "True", "Unknown")
        if not one.type:
            errors.required(f"{here}.type")
        errors.one_of(f"{here}.status", one.status, ("True",) if one.type in _STATES else known)
        if {one.type, *seen} >= {"Approved", "Denied"} and one.type in ("Approved", "Denied"):
            why = "Approved and Denied conditions are mutually exclusive"
            errors.invalid("status.conditions", one.type, why)
        if one.type in seen:
            errors.duplicate(f"{here}.type", one.type)
        seen.append(one.type)
    before = [one.type for one in old.status.conditions]
    for state in _STATES:
        if seen.count(state) < before.count(state):
            why = f'updates may not remove a condition of type "{state}"'
            errors.forbidden("status.conditions", why)


def _check_verdict(
    errors: FieldErrors, old: CertificateSigningRequest, new: CertificateSigningRequest
) -> None:
    for state in ("Approved", "Denied"):
        before, after = ([one for one in csr.status.conditions if one.type == state] for csr in (old, new))
        if len(after) > len(before):
            errors.forbidden("status.conditions", f'updates may not add a condition of type "{state}"')
        elif len(after) == len(before) and after != before:
            why = f'updates may not modify a condition of type "{state}"\n{go_diff(before, after)}'
            errors.forbidden("status.conditions", why)


def _is_request(request: str) -> bool:
    try:
        told = base64.b64decode(request, validate=True).decode("ascii", "replace")
    except ValueError:
        return False
    return any(f"-----BEGIN {kind}CERTIFICATE REQUEST-----" in told for kind in ("", "NEW "))


def _check_signer(errors: FieldErrors, signer: str) -> None:
    """A domain and a path (ValidateSignerName)."""
    field = "spec.signerName"
    if not signer:
        errors.required(field)
        return
    domain, slash, path = signer.partition("/")
    if not slash or "/" in path:
        why = "must be a fully qualified domain and path of the form 'example.com/signer-name'"
        errors.invalid(field, signer, why)
        return
    if len(domain) > LONGEST_DOMAIN:
        errors.too_long(field, LONGEST_DOMAIN)
    _check_parts(errors, field, domain, names.dns_label)
    if "." not in domain:
        errors.invalid(field, domain, "should be a domain with at least two segments separated by dots")
    _check_parts(errors, field, path, names.dns_subdomain)
    if len(path) > LONGEST_PATH:
        errors.too_long(field, LONGEST_PATH)
    if len(signer) > LONGEST_SIGNER:
        errors.too_long(field, LONGEST_SIGNER)


def _check_parts(errors: FieldErrors, field: str, text: str, rule: names.Rule) -> None:
    """What is wrong with the first part that is wrong."""
    for part in text.split("."):
        if reasons := rule(part, errors.release):
            errors.each(field, text, [f'validating label "{part}": {why}' for why in reasons])
            return
