"""The little of protobuf that kubectl 1.32 and newer send: typed creations, options of a deletion, reviews.

Answers are always JSON, which these clients accept. The field numbers are those of the `generated.proto`
files of v1.36; only the fields that kubectl's own generators set are here, and an unknown one is refused by
its number, never dropped in silence.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

MAGIC: Final = b"k8s\x00"
MEDIA_TYPE: Final = "application/vnd.kubernetes.protobuf"

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5


class ProtobufError(ValueError):
    """The bytes are no message of a kind that is known here."""


class Field(msgspec.Struct, frozen=True):
    """One field of a message. kind: "text", "int", "bool", "bytes", "map" (of texts), "quantities" (a map of
    Quantity), "intstr", "time" or the name of a message.
    """

    name: str
    kind: str
    repeated: bool = False


def _text(name: str, *, repeated: bool = False) -> Field:
    return Field(name, "text", repeated)


def _int(name: str) -> Field:
    return Field(name, "int")


def _bool(name: str) -> Field:
    return Field(name, "bool")


def _many(name: str, kind: str) -> Field:
    return Field(name, kind, repeated=True)


MESSAGES: Final[Mapping[str, Mapping[int, Field]]] = {
    "ObjectMeta": {
        1: _text("name"),
        2: _text("generateName"),
        3: _text("namespace"),
        4: _text("selfLink"),
        5: _text("uid"),
        6: _text("resourceVersion"),
        7: _int("generation"),
        8: Field("creationTimestamp", "time"),
        11: Field("labels", "map"),
        12: Field("annotations", "map"),
        14: _text("finalizers", repeated=True),
    },
    "LabelSelectorRequirement": {1: _text("key"), 2: _text("operator"), 3: _text("values", repeated=True)},
    "LabelSelector": {
        1: Field("matchLabels", "map"),
        2: _many("matchExpressions", "LabelSelectorRequirement"),
    },
    "ConfigMapKeySelector": {2: _text("key"), 1: Field("", "LocalObjectReference"), 3: _bool("optional")},
    "LocalObjectReference": {1: _text("name")},
    "EnvVar": {1: _text("name"), 2: _text("value")},
    "ContainerPort": {
        1: _text("name"),
        2: _int("hostPort"),
        3: _int("containerPort"),
        4: _text("protocol"),
        5: _text("hostIP"),
    },
    "ResourceRequirements": {1: Field("limits", "quantities"), 2: Field("requests", "quantities")},
    "SecurityContext": {2: _bool("privileged")},
    "VolumeMount": {
        1: _text("name"),
        2: _bool("readOnly"),
        3: _text("mountPath"),
        4: _text("subPath"),
    },
    "Container": {
        1: _text("name"),
        2: _text("image"),
        3: _text("command", repeated=True),
        4: _text("args", repeated=True),
        5: _text("workingDir"),
        6: _many("ports", "ContainerPort"),
        7: _many("env", "EnvVar"),
        8: Field("resources", "ResourceRequirements"),
        9: _many("volumeMounts", "VolumeMount"),
        13: _text("terminationMessagePath"),
        14: _text("imagePullPolicy"),
        15: Field("securityContext", "SecurityContext"),
        16: _bool("stdin"),
        17: _bool("stdinOnce"),
        18: _bool("tty"),
        20: _text("terminationMessagePolicy"),
    },
    "PodSecurityContext": {2: _int("runAsUser")},
    "Toleration": {
        1: _text("key"),
        2: _text("operator"),
        3: _text("value"),
        4: _text("effect"),
        5: _int("tolerationSeconds"),
    },
    "HostPathVolumeSource": {1: _text("path"), 2: _text("type")},
    "VolumeSource": {1: Field("hostPath", "HostPathVolumeSource")},
    "Volume": {1: _text("name"), 2: Field("", "VolumeSource")},
    "PodSpec": {
        1: _many("volumes", "Volume"),
        2: _many("containers", "Container"),
        3: _text("restartPolicy"),
        4: _int("terminationGracePeriodSeconds"),
        5: _int("activeDeadlineSeconds"),
        6: _text("dnsPolicy"),
        7: Field("nodeSelector", "map"),
        8: _text("serviceAccountName"),
        10: _text("nodeName"),
        11: _bool("hostNetwork"),
        12: _bool("hostPID"),
        13: _bool("hostIPC"),
        14: Field("securityContext", "PodSecurityContext"),
        19: _text("schedulerName"),
        20: _many("initContainers", "Container"),
        22: _many("tolerations", "Toleration"),
    },
    "PodTemplateSpec": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "PodSpec")},
    "RollingUpdateDeployment": {1: Field("maxUnavailable", "intstr"), 2: Field("maxSurge", "intstr")},
    "DeploymentStrategy": {1: _text("type"), 2: Field("rollingUpdate", "RollingUpdateDeployment")},
    "DeploymentSpec": {
        1: _int("replicas"),
        2: Field("selector", "LabelSelector"),
        3: Field("template", "PodTemplateSpec"),
        4: Field("strategy", "DeploymentStrategy"),
        5: _int("minReadySeconds"),
        6: _int("revisionHistoryLimit"),
        7: _bool("paused"),
        9: _int("progressDeadlineSeconds"),
    },
    "JobSpec": {
        1: _int("parallelism"),
        2: _int("completions"),
        3: _int("activeDeadlineSeconds"),
        4: Field("selector", "LabelSelector"),
        5: _bool("manualSelector"),
        6: Field("template", "PodTemplateSpec"),
        7: _int("backoffLimit"),
    },
    "JobTemplateSpec": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "JobSpec")},
    "CronJobSpec": {
        1: _text("schedule"),
        2: _int("startingDeadlineSeconds"),
        3: _text("concurrencyPolicy"),
        4: _bool("suspend"),
        5: Field("jobTemplate", "JobTemplateSpec"),
    },
    "ServicePort": {
        1: _text("name"),
        2: _text("protocol"),
        3: _int("port"),
        4: Field("targetPort", "intstr"),
        5: _int("nodePort"),
    },
    "ServiceSpec": {
        1: _many("ports", "ServicePort"),
        2: Field("selector", "map"),
        3: _text("clusterIP"),
        4: _text("type"),
        7: _text("sessionAffinity"),
        10: _text("externalName"),
    },
    "ResourceQuotaSpec": {1: Field("hard", "quantities"), 2: _text("scopes", repeated=True)},
    "PodDisruptionBudgetSpec": {
        1: Field("minAvailable", "intstr"),
        2: Field("selector", "LabelSelector"),
        3: Field("maxUnavailable", "intstr"),
    },
    "CrossVersionObjectReference": {1: _text("kind"), 2: _text("name"), 3: _text("apiVersion")},
    "MetricTarget": {1: _text("type"), 4: _int("averageUtilization")},
    "ResourceMetricSource": {1: _text("name"), 2: Field("target", "MetricTarget")},
    "MetricSpec": {1: _text("type"), 4: Field("resource", "ResourceMetricSource")},
    "HorizontalPodAutoscalerSpec": {
        1: Field("scaleTargetRef", "CrossVersionObjectReference"),
        2: _int("minReplicas"),
        3: _int("maxReplicas"),
        4: _many("metrics", "MetricSpec"),
    },
    "Preconditions": {1: _text("uid"), 2: _text("resourceVersion")},
    "ResourceAttributes": {
        1: _text("namespace"),
        2: _text("verb"),
        3: _text("group"),
        4: _text("version"),
        5: _text("resource"),
        6: _text("subresource"),
        7: _text("name"),
    },
    "NonResourceAttributes": {1: _text("path"), 2: _text("verb")},
    "SelfSubjectAccessReviewSpec": {
        1: Field("resourceAttributes", "ResourceAttributes"),
        2: Field("nonResourceAttributes", "NonResourceAttributes"),
    },
}

KINDS: Final[Mapping[str, Mapping[int, Field]]] = {
    "ConfigMap": {1: Field("metadata", "ObjectMeta"), 2: Field("data", "map"), 4: _bool("immutable")},
    "CronJob": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "CronJobSpec")},
    "DeleteOptions": {
        1: _int("gracePeriodSeconds"),
        2: Field("preconditions", "Preconditions"),
        3: _bool("orphanDependents"),
        4: _text("propagationPolicy"),
        5: _text("dryRun", repeated=True),
    },
    "Deployment": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "DeploymentSpec")},
    "Eviction": {1: Field("metadata", "ObjectMeta"), 2: Field("deleteOptions", "DeleteOptions")},
    "HorizontalPodAutoscaler": {
        1: Field("metadata", "ObjectMeta"),
        2: Field("spec", "HorizontalPodAutoscalerSpec"),
    },
    "Job": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "JobSpec")},
    "Namespace": {1: Field("metadata", "ObjectMeta")},
    "Pod": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "PodSpec")},
    "PodDisruptionBudget": {
        1: Field("metadata", "ObjectMeta"),
        2: Field("spec", "PodDisruptionBudgetSpec"),
    },
    "PriorityClass": {
        1: Field("metadata", "ObjectMeta"),
        2: _int("value"),
        3: _bool("globalDefault"),
        4: _text("description"),
        5: _text("preemptionPolicy"),
    },
    "ResourceQuota": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "ResourceQuotaSpec")},
    "Secret": {1: Field("metadata", "ObjectMeta"), 3: _text("type"), 4: Field("stringData", "map")},
    "SelfSubjectAccessReview": {
        1: Field("metadata", "ObjectMeta"),
        2: Field("spec", "SelfSubjectAccessReviewSpec"),
    },
    "Service": {1: Field("metadata", "ObjectMeta"), 2: Field("spec", "ServiceSpec")},
    "ServiceAccount": {1: Field("metadata", "ObjectMeta")},
}

STATUS: Final = 3
"""The field number of `status` in every kind that has one; what a client says there is not read."""

_ENVELOPE: Final[Mapping[int, Field]] = {
    1: Field("typeMeta", "TypeMeta"),
    2: Field("raw", "bytes"),
    3: _text("contentEncoding"),
    4: _text("contentType"),
}
_TYPE_META: Final[Mapping[int, Field]] = {1: _text("apiVersion"), 2: _text("kind")}


def decode(body: bytes) -> dict[str, Any]:
    """An object as JSON-ready dicts, from the envelope that Kubernetes puts around protobuf. Raises
    ProtobufError.
    """
    if not body.startswith(MAGIC):
        raise ProtobufError("the body does not begin as Kubernetes' protobuf does")
    envelope = _message(memoryview(body)[4:], {**_ENVELOPE}, "Unknown")
    meta = envelope.get("typeMeta", {})
    kind = meta.get("kind", "")
    if kind not in KINDS:
        raise ProtobufError(f"no protobuf of kind {kind or '(none)'} is read here: send JSON")
    fields = _message(memoryview(envelope.get("raw", b"")), KINDS[kind], kind)
    return {"apiVersion": meta.get("apiVersion", ""), "kind": kind, **fields}


def _message(data: memoryview, fields: Mapping[int, Field], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, wire, value in _parts(data):
        field = fields.get(number)
        if field is None:
            if name in KINDS and number == STATUS:
                continue
            raise ProtobufError(f"field {number} of {name} is not read here: send JSON")
        decoded = _value(field, wire, value)
        if decoded in ("", 0, False, None, {}) and not field.repeated:
            continue
        if not field.name:
            found.update(decoded)
        elif field.kind in ("map", "quantities"):
            found.setdefault(field.name, {}).update(decoded)
        elif field.repeated:
            found.setdefault(field.name, []).append(decoded)
        else:
            found[field.name] = decoded
    return found


def _value(field: Field, wire: int, value: Any) -> Any:
    kind = field.kind
    if kind in ("int", "bool"):
        if wire != VARINT:
            raise ProtobufError(f"{field.name} is no number")
        number = value - (1 << 64) if value >= 1 << 63 else value
        return bool(number) if kind == "bool" else number
    if wire != BYTES:
        raise ProtobufError(f"{field.name} has an unexpected form")
    if kind in _READ:
        return _READ[kind](value)
    return _message(value, _FIELDS[kind], kind)


def _entry(data: memoryview, read: Any) -> dict[str, Any]:
    """One entry of a map: key 1, value 2."""
    key: str = ""
    value: Any = ""
    for number, wire, part in _parts(data):
        if wire == BYTES and number == 1:
            key = _utf8(part)
        elif wire == BYTES and number == 2:
            value = read(part)
    return {key: value}


def _quantity(data: memoryview) -> str:
    return next((_utf8(part) for number, wire, part in _parts(data) if number == 1 and wire == BYTES), "0")


def _int_or_text(data: memoryview) -> int | str:
    """IntOrString: type 1 (0: a number), intVal 2, strVal 3."""
    kind, number, text = 0, 0, ""
    for tag, _wire, part in _parts(data):
        if tag == 1:
            kind = part
        elif tag == 2:
            number = part
        elif tag == 3:
            text = _utf8(part)
    return text if kind else number


def _map(data: memoryview) -> dict[str, Any]:
    return _entry(data, _utf8)


def _quantities(data: memoryview) -> dict[str, Any]:
    return _entry(data, _quantity)


def _no_time(data: memoryview) -> None:
    """What the server sets is not read."""


def _utf8(data: memoryview) -> str:
    try:
        return str(data, "utf-8")
    except (UnicodeDecodeError, TypeError) as error:
        raise ProtobufError("a text is not UTF-8") from error


def _parts(data: memoryview) -> Iterator[tuple[int, int, Any]]:
    """The fields of a message as (number, wire type, value)."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
        elif wire == BYTES:
            size, at = _varint(data, at)
            if at + size > len(data):
                raise ProtobufError("the message ends too early")
            yield number, wire, data[at : at + size]
            at += size
        elif wire in (FIXED64, FIXED32):
            size = 8 if wire == FIXED64 else 4
            if at + size > len(data):
                raise ProtobufError("the message ends too early")
            yield number, wire, struct.unpack("<Q" if size == 8 else "<I", data[at : at + size])[0]
            at += size
        else:
            raise ProtobufError(f"wire type {wire} is not known")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ProtobufError("a number ends too early or is too long")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7


_READ: Final[Mapping[str, Callable[[memoryview], Any]]] = {
    "text": _utf8,
    "bytes": bytes,
    "map": _map,
    "quantities": _quantities,
    "intstr": _int_or_text,
    "time": _no_time,
}
_FIELDS: Final = {**MESSAGES, "TypeMeta": _TYPE_META, "DeleteOptions": KINDS["DeleteOptions"]}
