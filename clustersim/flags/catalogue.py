"""All settings of a cluster in one value, and the one list that command line, scenario files and admin
read."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import msgspec

from clustersim.flags.apiserver import ApiServerFlags, EtcdFlags
from clustersim.flags.component import ComponentFlags
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.node import (
    ContainerdFlags,
    DockerFlags,
    KubeProxyFlags,
    NetworkFlags,
    RuntimeDelays,
)
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.flags.setting import Value
from clustersim.flags.values import FlagError, FlagInfo, check_gates, format_value, parse_value
from clustersim.i18n import Message, _


class Flags(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of every component; the defaults are those of v1.7.5."""

    controller_manager: ControllerManagerFlags = ControllerManagerFlags()
    scheduler: SchedulerFlags = SchedulerFlags()
    apiserver: ApiServerFlags = ApiServerFlags()
    etcd: EtcdFlags = EtcdFlags()
    kubelet: KubeletFlags = KubeletFlags()
    docker: DockerFlags = DockerFlags()
    containerd: ContainerdFlags = ContainerdFlags()
    kube_proxy: KubeProxyFlags = KubeProxyFlags()
    runtime: RuntimeDelays = RuntimeDelays()
    network: NetworkFlags = NetworkFlags()

    def of(self, component: str) -> ComponentFlags:
        """The settings of "controller-manager", "kubelet", ... Raises FlagError for another name."""
        if component not in COMPONENTS:
            raise _unknown(_("no component {component}"), component, COMPONENTS, component=component)
        found: ComponentFlags = getattr(self, _field(component))
        return found

    def replaced(self, component: str, flags: ComponentFlags) -> "Flags":
        """The same with other settings of that component."""
        return msgspec.structs.replace(self, **{_field(component): flags})

    def with_texts(self, texts: Mapping[str, Mapping[str, str]], release: str = "") -> "Flags":
        """The same with some flags set as on command lines: {component: {flag: text}}.

        Raises FlagError for an unknown component or flag, or one that this release does not have, and for a
        value that cannot be read or is out of range.
        """
        flags = self
        for component, values in texts.items():
            changes = {}
            for name, text in values.items():
                info = find(component, name, release)
                changes[_field(info.flag)] = value = parse_value(info, text)
                check_gates(info, value, release)
            flags = flags.replaced(component, msgspec.structs.replace(flags.of(component), **changes))
        return flags

    def texts(self, base: "Flags | None" = None) -> dict[str, dict[str, str]]:
        """{component: {flag: text}} of what differs from `base`; of everything without one."""
        found: dict[str, dict[str, str]] = {}
        for info in _infos():
            value = self.value(info)
            if base is None or value != base.value(info):
                found.setdefault(info.component, {})[info.flag] = format_value(info, value)
        return found

    def value(self, info: FlagInfo) -> Value:
        """The value of that flag; durations in microseconds."""
        found: Value = getattr(self.of(info.component), _field(info.flag))
        return found


COMPONENTS: Final = tuple(name.replace("_", "-") for name in Flags.__struct_fields__)
_KINDS: Final[dict[Any, str]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    tuple[str, ...]: "list",
}


def _field(name: str) -> str:
    return name.replace("-", "_")


@cache
def _infos() -> tuple[FlagInfo, ...]:
    found = []
    defaults = Flags()
    for component in COMPONENTS:
        flags = defaults.of(component)
        hints = get_type_hints(type(flags), include_extras=True)
        for field in flags.__struct_fields__:
            kind, setting = get_args(hints[field])
            name = "duration" if setting.unit == "s" else _KINDS[kind]
            found.append(FlagInfo(component, field.replace("_", "-"), name, getattr(flags, field), setting))
    return tuple(found)


def catalogue(defaults: Flags | None = None, release: str = "") -> tuple[FlagInfo, ...]:
    """Every setting, component by component; with the defaults of a release when its flags are given, and
    only those that it has when its name is."""
    infos = _infos()
    if release:
        infos = tuple(info for info in infos if has(info, release))
    if defaults is None:
        return infos
    return tuple(msgspec.structs.replace(info, default=defaults.value(info)) for info in infos)


def has(info: FlagInfo, release: str) -> bool:
    """Whether a release has that setting."""
    component = type(Flags().of(info.component))
    return component.releases.have(release) and info.setting.releases.have(release)


@cache
def _index() -> dict[tuple[str, str], FlagInfo]:
    return {(info.component, info.flag): info for info in _infos()}


def find(component: str, flag: str, release: str = "") -> FlagInfo:
    """The description of one flag. Raises FlagError with the nearest name for an unknown one, and with what
    took its place for one that this release does not have."""
    if component not in COMPONENTS:
        raise _unknown(_("no component {component}"), component, COMPONENTS, component=component)
    info = _index().get((component, flag))
    if info is None:
        names = [known.flag for known in _infos() if known.component == component]
        raise _unknown(_("{component} has no flag {flag}"), flag, names, component=component, flag=flag)
    if release and not has(info, release):
        setting = info.setting
        where = Message(setting.gone) if setting.gone and setting.releases.begun_by(release) else ""
        told = _("{component} has no flag {flag} in {release}. {where}")
        values = {"component": component, "flag": flag, "release": release, "where": where}
        raise FlagError(Message(told, values))
    return info


def _unknown(msgid: str, name: str, names: Iterable[str], **values: str) -> FlagError:
    nearest = get_close_matches(name, list(names), 1)
    return FlagError(Message(msgid, dict(values)), nearest=nearest[0] if nearest else "")
