"""Validation of kinds that little acts upon: ConfigMap, Secret, budgets, and others."""

import base64
from typing import Any, Final

import msgspec

from clustersim.api.apps import ControllerRevision
from clustersim.api.coordination import Lease
from clustersim.api.core.config import ConfigMap, Secret
from clustersim.api.core.event import Event
from clustersim.api.core.pod import PodTemplate
from clustersim.api.go_json import json_error
from clustersim.api.kept import RuntimeClass, mapping, text
from clustersim.api.policy import PodDisruptionBudget
from clustersim.api.quantity import QuantityError
from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors
from clustersim.apiserver.validation.meta import check_label_selector, check_labels
from clustersim.apiserver.validation.pods import check_template
from clustersim.apiserver.validation.resources import CONTAINER_RESOURCES, check_name, check_quantity
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
"""In the messages of v1.7 and v1.8 about these two a place is left unfilled (ValidateSecret)."""

_JSON: Final = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
"""Types whose content is JSON."""


def check_config_map(errors: FieldErrors, config: ConfigMap) -> None:
    """Keys, and the size of it all."""
    size = 0
    for key, value in config.data.items():
        errors.each(f"data[{key}]", key, names.config_key(key, errors.release))
        if key in config.binary_data:
            errors.invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
        size += len(value.encode(errors="replace"))
    for key, value in config.binary_data.items():
        errors.each(f"binaryData[{key}]", key, names.config_key(key, errors.release))
        size += _decoded(value)
    if size > MAX_SIZE:
        errors.too_long("", MAX_SIZE)


def _decoded(text: str) -> int:
    """How many bytes base64 stands for."""
    return len(text.rstrip("=")) * 3 // 4


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
        size += _decoded(value)
    if size > MAX_SIZE:
        errors.too_long("data", MAX_SIZE)
    if secret.type == "kubernetes.io/service-account-token" and not secret.metadata.annotations.get(
        "kubernetes.io/service-account.name"
    ):
        errors.required("metadata.annotations[kubernetes.io/service-account.name]")
    if secret.type == _BASIC and not secret.data.keys() & {"username", "password"}:
        place = "data[{}]" if errors.modern else "data[%s][{}]"
        errors.required(place.format("username"))
        errors.required(place.format("password"))
    if secret.type == _SSH and not secret.data.get("ssh-privatekey"):
        errors.required("data[ssh-privatekey]" if errors.modern else "data[%s][ssh-privatekey]")
    for key in _NEEDED_KEYS.get(secret.type, ()):
        if key not in secret.data:
            errors.required(f"data[{key}]")
        elif secret.type in _JSON and (why := _json_error(secret.data[key])):
            errors.invalid(f"data[{key}]", "<secret contents redacted>", why)


def _json_error(text: str) -> str:
    """Why bytes are no object of JSON."""
    told = base64.b64decode(text).decode(errors="replace")
    if why := json_error(told):
        return why
    plain = told.strip()
    if plain.startswith("{") or plain == "null":
        return ""
    kinds = {'"': "string", "[": "array", "t": "bool", "f": "bool"}
    kind = kinds.get(plain[0], "number")
    return f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"


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
            why = "priority class names with 'system-' prefix are reserved for system use only"
            unknown = f"{priority.metadata.name} is not a known system priority class"
            errors.forbidden("metadata.name", f"{why}. error: {unknown}")
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
    if errors.modern and old.preemption_policy != new.preemption_policy:
        errors.invalid("preemptionPolicy", new.preemption_policy, IMMUTABLE)


def check_lease(errors: FieldErrors, lease: Lease) -> None:
    """Its duration."""
    seconds = lease.spec.lease_duration_seconds
    if seconds is not None and seconds <= 0:
        errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
    transitions = lease.spec.lease_transitions
    if transitions is not None and transitions < 0:
        errors.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")


def check_runtime_class(errors: FieldErrors, runtime: RuntimeClass) -> None:
    """The name that the runtime has for it."""
    if not runtime.handler:
        errors.required("handler")
    else:
        errors.each("handler", runtime.handler, names.dns_label(runtime.handler, errors.release))
    for key, value in mapping(mapping(runtime.overhead).get("podFixed")).items():
        field = f"overhead.limits[{key}]"
        check_name(errors, field, key, CONTAINER_RESOURCES, "must be a standard resource for containers")
        try:
            check_quantity(errors, field, key, str(value))
        except QuantityError:
            continue
    check_labels(errors, "scheduling.nodeSelector", _texts(mapping(runtime.scheduling).get("nodeSelector")))


def _texts(given: Any) -> dict[str, str]:
    return {key: text(value) for key, value in mapping(given).items()}


def check_runtime_class_update(errors: FieldErrors, old: RuntimeClass, new: RuntimeClass) -> None:
    """What the runtime calls it stays."""
    if old.handler != new.handler:
        errors.invalid("handler", new.handler, IMMUTABLE)


def check_revision(errors: FieldErrors, revision: ControllerRevision) -> None:
    """Its number."""
    errors.not_negative("revision", revision.revision)


def check_new_revision(errors: FieldErrors, revision: ControllerRevision) -> None:
    """What it keeps is an object (since v1.36)."""
    check_revision(errors, revision)
    if not errors.modern:
        return
    if revision.data is None:
        errors.required("data", "data is mandatory")
    elif not isinstance(revision.data, dict):
        errors.required("data", "data must be a valid JSON object")


def check_revision_update(errors: FieldErrors, old: ControllerRevision, new: ControllerRevision) -> None:
    """What it keeps stays; it is compared as JSON, whose lists a controller has in another form."""
    if _as_json(old.data) != _as_json(new.data):
        errors.invalid("data", new.data, IMMUTABLE)


def _as_json(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def check_pod_template(errors: FieldErrors, template: PodTemplate) -> None:
    """The template."""
    check_template(errors, "template", template.template)
