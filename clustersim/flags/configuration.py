"""Files of settings that programs of a machine read when they start: dockerd its daemon.json, the kubelet of
v1.36 its KubeletConfiguration.

A file says all of what it may say: what it does not name has its default, whatever a file before it said.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from clustersim.flags.catalogue import find
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import Value
from clustersim.flags.values import check_value

DAEMON_JSON: Final = "/etc/docker/daemon.json"
KUBELET_CONFIG: Final = "/var/lib/kubelet/config.yaml"
READ_UNITS: Final = "/run/systemd/read/"
"""Where it is kept what systemd has read of changed unit files."""
DOCKER_UNIT: Final = f"{READ_UNITS}docker"
KUBELET_UNIT: Final = f"{READ_UNITS}kubelet"
PROXY_UNIT: Final = f"{READ_UNITS}kube-proxy"
CONFIGURATIONS: Final = {
    "docker": (DAEMON_JSON, DOCKER_UNIT),
    "kubelet": (KUBELET_CONFIG, KUBELET_UNIT),
    "kube-proxy": (PROXY_UNIT,),
}
"""What each component reads that has files of settings."""


class ConfigurationError(ValueError):
    """The program does not start with such a file. The text is what it says."""


F = TypeVar("F", bound=ComponentFlags)


class Read(NamedTuple, Generic[F]):
    """What a file says. complaints: lines of the program's journal about what it does not heed; unheeded:
    keys that the real program heeds and the model does not."""

    flags: F
    complaints: tuple[str, ...] = ()
    unheeded: tuple[str, ...] = ()


class Key(NamedTuple):
    """One key of a file: the flag that means the same, and the form of its value.

    form: "duration", "seconds", "int", "bool", "text", what joins key and value of a map: "<", "=", or
    "exec-opts", a list of docker's with KEY=VALUE in it.
    zero: 0 is a value; otherwise it stands for the default.
    """

    flag: str
    form: str
    zero: bool = False

    @property
    def field(self) -> str:
        """Where the settings keep it."""
        return self.flag.replace("-", "_")


def with_keys(given: F, defaults: F, keys: Iterable[Key], values: Mapping[str, Value]) -> F:
    """The settings given, except for those of the keys: their values, by fields, or their defaults."""
    named = {key.field: values.get(key.field, getattr(defaults, key.field)) for key in keys}
    return msgspec.structs.replace(given, **named)


def told(flags: ComponentFlags, defaults: ComponentFlags, keys: Mapping[str, Key]) -> dict[str, Value]:
    """The keys whose values are not the defaults, with these."""
    found: dict[str, Value] = {}
    for name, key in keys.items():
        if (value := getattr(flags, key.field)) != getattr(defaults, key.field):
            found[name] = value
    return found


def checked(component: str, key: Key, value: Any) -> Value:
    """A value within the bounds of its flag. Raises FlagError."""
    return check_value(find(component, key.flag), value)
