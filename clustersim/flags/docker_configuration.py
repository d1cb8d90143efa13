"""daemon.json: the file that dockerd reads when it starts, and again when it is told to (docker 17.05
daemon/config/config.go, cmd/dockerd/daemon.go loadDaemonCliConfig)."""

from collections.abc import Mapping
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

_FLAGS: Final = {
    "exec-opt": "exec-opts",
    "s": "storage-driver",
    "storage-driver": "storage-driver",
    "live-restore": "live-restore",
}
"""Flags of the command line that mean what a key of the file means."""
_PLURALS: Final = {
    "dns-opts": "dns-opt",
    "insecure-registries": "insecure-registry",
    "labels": "label",
    "log-opts": "log-opt",
    "registry-mirrors": "registry-mirror",
    "hosts": "host",
    "runtimes": "add-runtime",
    "storage-opts": "storage-opt",
    "default-ulimits": "default-ulimit",
    "authorization-plugins": "authorization-plugin",
    "cluster-store-opts": "cluster-store-opt",
}
OTHER_FLAGS: Final = frozenset(
    {*(_PLURALS.get(name, name) for name in OTHERS), "D", "H", "G", "g", "l", "p", "b", "config-file"}
)
"""Flags that the real daemon knows besides."""

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


def with_flags(
    words: Mapping[str, str], text: str | None, given: DockerFlags, usual: DockerFlags
) -> DockerFlags:
    """The settings of a daemon with these flags and that file; what neither says is as usual. Raises
    ConfigurationError for a flag that there is not, and for what both say (daemon/config/config.go
    findConfigurationConflicts)."""
    if strange := next((name for name in words if name not in _FLAGS and name not in OTHER_FLAGS), ""):
        raise ConfigurationError(f"unknown flag: --{strange[:100]}")
    flags = read(text, given, usual).flags
    in_file = {} if text is None or not text.strip() else _plain(text)
    conflicts, values = list[str](), dict[str, Value]()
    for name, value in words.items():
        if (key := _FLAGS.get(name)) is None:
            continue
        if key in in_file:
            listed = key == "exec-opts"
            told = in_file[key] if not listed else f"[{' '.join(map(str, in_file[key]))}]"
            told = str(told).lower() if isinstance(told, bool) else told
            own = f"[{value}]" if listed else value
            conflicts.append(f"{key}: (from flag: {own}, from file: {told})")
        elif (
            found := _value(key, KEYS[key], value == "true" if key == "live-restore" else value)
        ) is not None:
            values[KEYS[key].field] = found
    if conflicts:
        both = "the following directives are specified both as a flag and in the configuration file"
        raise ConfigurationError(f"{_CANNOT}{both}: {', '.join(conflicts)}")
    return msgspec.structs.replace(flags, **values)


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
