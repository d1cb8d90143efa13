"""Validation of ConfigMaps and Secrets (pkg/apis/core/validation/validation.go)."""

import base64
from typing import Final

from clustersim.api.core.config import ConfigMap, Secret
from clustersim.api.go_json import json_error
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors

MAX_SIZE: Final = 1024 * 1024
"""Bytes of all the values together."""

_NEEDED_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
"""By type, the keys that a Secret must have."""

_BASIC: Final = "kubernetes.io/basic-auth"
_SSH: Final = "kubernetes.io/ssh-auth"
"""In the messages of v1.7 and v1.8 about these two types a placeholder is left unfilled (ValidateSecret)."""
_JSON: Final = ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson")
"""Types whose content is JSON."""


def check_config_map(errors: FieldErrors, config: ConfigMap) -> None:
    """The keys, and the size of it all."""
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
    """What is marked immutable cannot be changed."""
    if old.immutable:
        if not new.immutable:
            errors.forbidden("immutable", "field is immutable when `immutable` is set")
        if (old.data, old.binary_data) != (new.data, new.binary_data):
            errors.forbidden("data", "field is immutable when `immutable` is set")


def check_secret(errors: FieldErrors, secret: Secret) -> None:
    """The keys, the size of it all, and the keys that the type needs."""
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
    """The type cannot be changed, nor what is marked immutable."""
    if old.type != new.type:
        errors.invalid("type", new.type, IMMUTABLE)
    if old.immutable:
        if not new.immutable:
            errors.forbidden("immutable", "field is immutable when `immutable` is set")
        if old.data != new.data:
            errors.forbidden("data", "field is immutable when `immutable` is set")
