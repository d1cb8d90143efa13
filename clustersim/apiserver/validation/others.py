"""Validation of kinds that little acts upon: ConfigMap, Secret, budgets, and others."""

import base64
from typing import Final

import msgspec

from clustersim.api.certificates import CertificateSigningRequest
from clustersim.api.coordination import Lease
from clustersim.api.core.config import ConfigMap, Secret
from clustersim.api.core.event import Event
from clustersim.api.core.pod import PodTemplate
from clustersim.api.discovery import EndpointSlice
from clustersim.api.kept import RuntimeClass
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.meta import check_label_selector
from clustersim.apiserver.validation.pods import check_template
from clustersim.apiserver.validation.workloads import at_most_all, check_int_or_percent

MAX_SIZE: Final = 1024 * 1024
HIGHEST_USER_PRIORITY: Final = 1_000_000_000

_NEEDED_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}


_BASIC: Final = "kubernetes.io/basic-auth"
_SSH: Final = "kubernetes.io/ssh-auth"
"""In the messages about these two a place is left unfilled (ValidateSecret)."""

_JSON: Final = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
"""Types whose content is JSON."""


def check_config_map(errors: FieldErrors, config: ConfigMap) -> None:
    """Keys, and the size of it all."""
    size = 0
    for name, data in (("data", config.data), ("binaryData", config.binary_data)):
        for key, value in data.items():
            errors.each(f"{name}[{key}]", key, names.config_key(key, errors.release))
            size += len(value.encode(errors="replace"))
    if size > MAX_SIZE:
        errors.too_long("", MAX_SIZE)


def check_config_map_update(errors: FieldErrors, old: ConfigMap, new: ConfigMap) -> None:
    """What was said to be immutable is."""
    if old.immutable:
        if not new.immutable:
            errors.forbidden("immutable", "field is immutable when `immutable` is set")
        if (old.data, old.binary_data) != (new.data, new.binary_data):
            errors.forbidden("data", "field is immutable when `immutable` is set")


def check_secret(errors: FieldErrors, secret: Secret) -> None:
    """Keys, base64, and the keys that its type must have."""
    size = 0
    for key, value in secret.data.items():
        errors.each(f"data[{key}]", key, names.config_key(key, errors.release))
        size += len(value)
    if size > MAX_SIZE:
        errors.too_long("data", MAX_SIZE)
    if secret.type == "kubernetes.io/service-account-token" and not secret.metadata.annotations.get(
        "kubernetes.io/service-account.name"
    ):
        errors.required("metadata.annotations[kubernetes.io/service-account.name]")
    if secret.type == _BASIC and not secret.data.keys() & {"username", "password"}:
        errors.required("data[%s][username]")
        errors.required("data[%s][password]")
    if secret.type == _SSH and not secret.data.get("ssh-privatekey"):
        errors.required("data[%s][ssh-privatekey]")
    for key in _NEEDED_KEYS.get(secret.type, ()):
        if key not in secret.data:
            errors.required(f"data[{key}]")
        elif secret.type in _JSON and (why := _json_error(secret.data[key])):
            errors.invalid(f"data[{key}]", "<secret contents redacted>", why)


def _json_error(text: str) -> str:
    """Why bytes are no JSON, in the words of Go's encoding/json as far as its first character decides."""
    told = base64.b64decode(text).decode(errors="replace").strip()
    try:
        msgspec.json.decode(told)
    except msgspec.DecodeError:
        if not told:
            return "unexpected end of JSON input"
        if told[0] not in '{["-0123456789tfn':
            return f"invalid character '{told[0]}' looking for beginning of value"
        return "unexpected end of JSON input"
    return ""


def check_secret_update(errors: FieldErrors, old: Secret, new: Secret) -> None:
    """The type of a Secret stays."""
    if old.type != new.type:
        errors.invalid("type", new.type, IMMUTABLE)
    if old.immutable:
        if not new.immutable:
            errors.forbidden("immutable", "field is immutable when `immutable` is set")
        if old.data != new.data:
            errors.forbidden("data", "field is immutable when `immutable` is set")


def check_new_event(errors: FieldErrors, event: Event) -> None:
    """It is where what it is about is; what is about no namespace is in two that every cluster has
    (pkg/apis/core/validation/events.go)."""
    about, here = event.involved_object.namespace, event.metadata.namespace
    if about != here if about else here not in ("default", "kube-system"):
        errors.invalid("involvedObject.namespace", about, "does not match event.namespace")


def check_budget(errors: FieldErrors, budget: PodDisruptionBudget) -> None:
    """One of its two numbers."""
    spec = budget.spec
    if spec.min_available is not None and spec.max_unavailable is not None:
        errors.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    for name, value in (("minAvailable", spec.min_available), ("maxUnavailable", spec.max_unavailable)):
        check_int_or_percent(errors, f"spec.{name}", value)
        at_most_all(errors, f"spec.{name}", value)
    check_label_selector(errors, "spec.selector", spec.selector)
    policy = spec.unhealthy_pod_eviction_policy
    errors.one_of("spec.unhealthyPodEvictionPolicy", policy, _UNHEALTHY, needed=False)


_UNHEALTHY: Final = ("AlwaysAllow", "IfHealthyBudget")


def check_budget_update(errors: FieldErrors, old: PodDisruptionBudget, new: PodDisruptionBudget) -> None:
    """The older releases keep a budget as it was made."""
    if not errors.modern and old.spec != new.spec:
        errors.forbidden("spec", "updates to poddisruptionbudget spec are forbidden.")


def check_priority_class(errors: FieldErrors, priority: PriorityClass) -> None:
    """A value that people may use; in v1.8 that is for admission to see."""
    if not errors.modern:
        return
    if priority.metadata.name.startswith("system-"):
        if priority.metadata.name not in ("system-cluster-critical", "system-node-critical"):
            errors.forbidden(
                "metadata.name", "priority class names with 'system-' prefix are reserved for system use only"
            )
    elif priority.value > HIGHEST_USER_PRIORITY:
        errors.forbidden(
            "value", f"maximum allowed value of a user defined priority is {HIGHEST_USER_PRIORITY}"
        )
    if priority.preemption_policy:
        errors.one_of("preemptionPolicy", priority.preemption_policy, ("Never", "PreemptLowerPriority"))


def check_priority_class_update(errors: FieldErrors, old: PriorityClass, new: PriorityClass) -> None:
    """A priority stays what it is."""
    if old.value != new.value:
        errors.forbidden("value" if errors.modern else "Value", "may not be changed in an update.")


def check_lease(errors: FieldErrors, lease: Lease) -> None:
    """Its duration."""
    seconds = lease.spec.lease_duration_seconds
    if seconds is not None and seconds <= 0:
        errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
    transitions = lease.spec.lease_transitions
    if transitions is not None and transitions < 0:
        errors.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")


def check_endpoint_slice(errors: FieldErrors, one: EndpointSlice) -> None:
    """What its addresses are."""
    errors.one_of("addressType", one.address_type, ("FQDN", "IPv4", "IPv6"))
    if len(one.endpoints) > 1000:
        errors.too_many("endpoints", 1000, len(one.endpoints))
    for index, endpoint in enumerate(one.endpoints):
        field = f"endpoints[{index}].addresses"
        if not endpoint.addresses:
            errors.required(field, "must contain at least 1 address")
        for place, address in enumerate(endpoint.addresses):
            _check_address(errors, f"{field}[{place}]", one.address_type, address)


def _check_address(errors: FieldErrors, field: str, kind: str, address: str) -> None:
    if kind == "FQDN":
        errors.each(field, address, names.dns_subdomain(address.removesuffix("."), errors.release))
    elif reasons := names.ip_address(address, errors.release):
        errors.each(field, address, reasons)
    elif kind != ("IPv6" if ":" in address else "IPv4"):
        errors.invalid(field, address, f"must be a valid {kind} address")
    else:
        errors.each(field, address, names.common_address(address, errors.release))


def check_runtime_class(errors: FieldErrors, runtime: RuntimeClass) -> None:
    """The name that the runtime has for it."""
    errors.each("handler", runtime.handler, names.dns_label(runtime.handler, errors.release))


def check_pod_template(errors: FieldErrors, template: PodTemplate) -> None:
    """The template."""
    check_template(errors, "template", template.template)


LEAST_DURATION: Final = 600
"""Seconds."""


def check_signing_request(errors: FieldErrors, asked: CertificateSigningRequest) -> None:
    """Something is asked for, of somebody, for some use (pkg/apis/certificates/validation)."""
    spec = asked.spec
    try:
        text = base64.b64decode(spec.request, validate=True).decode("ascii", "replace")
    except ValueError:
        text = ""
    if (
        "-----BEGIN CERTIFICATE REQUEST-----" not in text
        and "-----BEGIN NEW CERTIFICATE REQUEST-----" not in text
    ):
        errors.invalid("spec.request", spec.request, "PEM block type must be CERTIFICATE REQUEST")
    if not errors.modern:
        return
    if not spec.usages:
        errors.required("spec.usages", "usages are required")
    if not spec.signer_name:
        errors.required("spec.signerName")
    elif "/" not in spec.signer_name:
        why = "should be a fully qualified domain and path of the form 'example.com/signer-name'"
        errors.invalid("spec.signerName", spec.signer_name, why)
    if spec.expiration_seconds is not None and spec.expiration_seconds < LEAST_DURATION:
        why = "may not specify a duration less than 600 seconds (10 minutes)"
        errors.invalid("spec.expirationSeconds", spec.expiration_seconds, why)
