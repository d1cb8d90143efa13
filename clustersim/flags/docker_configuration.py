"""daemon.json: the file that dockerd reads when it starts, and again when it is told to (docker 17.05
daemon/config/config.go, cmd/dockerd/daemon.go loadDaemonCliConfig)."""

from typing import Any, Final

import msgspec

from clustersim.flags.configuration import (
    DAEMON_JSON,
    ConfigurationError,
    Key,
    Read,
    checked,
    told,
    with_keys,
)
from clustersim.flags.node import DockerFlags
from clustersim.flags.setting import Value
from clustersim.flags.values import FlagError

KEYS: Final = {
    "exec-opts": Key("cgroup-driver", "exec-opts"),
    "live-restore": Key("live-restore", "bool"),
    "storage-driver": Key("storage-driver", "text"),
}
"""What the model heeds."""

_OTHERS: Final = """
allow-nondistributable-artifacts api-cors-header authorization-plugins bip bridge cgroup-parent
cluster-advertise cluster-store cluster-store-opts containerd containerd-socket data-root debug
default-address-pools default-gateway default-gateway-v6 default-runtime default-shm-size default-ulimits
disable-legacy-registry dns dns-opts dns-search experimental fixed-cidr fixed-cidr-v6 graph group hosts
icc init init-path insecure-registries ip ip-forward ip-masq iptables ipv6 labels log-driver log-level
log-opts max-concurrent-downloads max-concurrent-uploads metrics-addr mtu oom-score-adjust pidfile
raw-logs registry-mirrors runtimes seccomp-profile selinux-enabled shutdown-timeout storage-opts
swarm-default-advertise-addr tls tlscacert tlscert tlskey tlsverify userland-proxy userland-proxy-path
userns-remap
"""
OTHERS: Final = frozenset(_OTHERS.split())
"""What the real daemon knows besides."""

RELOADED: Final = ("live_restore",)
"""What counts from a reload on; everything else needs a restart (daemon/reload.go)."""

_DRIVER: Final = "native.cgroupdriver="
_WHERE: Final = {
    "trailing comma in object": "looking for beginning of object key string",
    "keys must be strings": "looking for beginning of object key string",
    "expected ',' or '}'": "after object key:value pair",
    "expected ',' or ']'": "after array element",
    "expected ':'": "after object key",
    "trailing characters": "after top-level value",
}
"""What the reader of this model says, and what that of Go does."""
_CANNOT: Final = f"unable to configure the Docker daemon with file {DAEMON_JSON}: "


def read(text: str | None, given: DockerFlags, defaults: DockerFlags) -> Read[DockerFlags]:
    """The settings of a daemon that finds this file; None: there is none, which is no fault. Raises
    ConfigurationError."""
    plain = {} if text is None or not text.strip() else _plain(text)
    if unknown := [name for name in plain if name not in KEYS and name not in OTHERS]:
        names = ", ".join(sorted(unknown))
        raise ConfigurationError(
            f"{_CANNOT}the following directives don't match any configuration option: {names}"
        )
    values = {key.field: _value(name, key, plain[name]) for name, key in KEYS.items() if name in plain}
    found = with_keys(given, defaults, KEYS.values(), {k: v for k, v in values.items() if v is not None})
    return Read(found, (), tuple(name for name in plain if name in OTHERS))


def written(flags: DockerFlags, defaults: DockerFlags) -> str:
    """The file that says these settings."""
    named = told(flags, defaults, KEYS)
    lines = [f'"exec-opts": ["{_DRIVER}{flags.cgroup_driver}"]']
    if "live-restore" in named:
        lines.append(f'"live-restore": {str(flags.live_restore).lower()}')
    lines.append(f'"storage-driver": "{flags.storage_driver}"')
    return "{\n  " + ",\n  ".join(lines) + "\n}"


def _plain(text: str) -> dict[str, Any]:
    try:
        plain = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ConfigurationError(f"{_CANNOT}{_go_words(text, str(error))}") from None
    if not isinstance(plain, dict):
        kind = {list: "array", str: "string", bool: "bool"}.get(type(plain), "number")
        raise ConfigurationError(
            f"{_CANNOT}json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
        )
    return plain


def _go_words(text: str, error: str) -> str:
    """How Go's encoding/json says what is wrong with a text: where it ends too early, or which character."""
    place = error.rpartition("byte ")[2].rstrip(")")
    at = int(place) if place.isdecimal() else len(text)
    rest = text.encode()[at:].decode(errors="replace").strip()
    if not rest:
        return "unexpected end of JSON input"
    where = next((words for sign, words in _WHERE.items() if sign in error), "looking for beginning of value")
    return f"invalid character '{rest[0]}' {where}"


def _value(name: str, key: Key, value: Any) -> Value | None:
    """None: nothing is said. Raises ConfigurationError."""
    if key.form == "exec-opts":
        options = value if isinstance(value, list) else [value]
        drivers = [
            one.removeprefix(_DRIVER) for one in options if isinstance(one, str) and one.startswith(_DRIVER)
        ]
        if not drivers:
            return None
        value = drivers[-1]
    elif not isinstance(value, bool if key.form == "bool" else str):
        kind = {str: "string", bool: "bool", list: "array", dict: "object"}.get(type(value), "number")
        wanted = "bool" if key.form == "bool" else "string"
        raise ConfigurationError(
            f"{_CANNOT}json: cannot unmarshal {kind} into Go struct field Config.{name} of type {wanted}"
        )
    try:
        return checked("docker", key, value)
    except FlagError as error:
        raise ConfigurationError(error.message.text()) from None
