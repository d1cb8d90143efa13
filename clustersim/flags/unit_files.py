"""Unit files of systemd: what they say of the command line of a program, and what a kubelet and a kube-proxy
make of theirs (systemd.service(5); v1.7, v1.8 spf13/pflag; v1.36 cmd/kubelet/app/server.go).
"""

import re
import shlex
from typing import Final, NamedTuple

import msgspec

from clustersim.flags import docker_configuration
from clustersim.flags.catalogue import Flags, find, has
from clustersim.flags.configuration import ConfigurationError
from clustersim.flags.flag_names import is_real
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.kubelet_configuration import KEYS
from clustersim.flags.node import KubeProxyFlags
from clustersim.flags.refused import words_of_refusal
from clustersim.flags.setting import Origin
from clustersim.flags.values import FlagError

_EXEC_START: Final = re.compile(r"^ExecStart=(.*)$", re.MULTILINE)
_HEEDED: Final = frozenset(key.flag for key in KEYS.values())
"""Flags that a kubelet can be given while its node goes on: those that its file of settings has, too."""


class UnclosedQuote(ValueError):
    """ExecStart cannot be divided into words."""


class Started(NamedTuple):
    """What a unit file says of a program. flags: those that it is given, "true" where no value is."""

    program: str
    flags: dict[str, str]


def started(text: str) -> Started:
    """Of a unit file, whose lines may go on behind a backslash. Raises UnclosedQuote."""
    match = _EXEC_START.search(text.replace("\\\n", " "))
    try:
        program, *words = shlex.split(match[1]) if match else [""]
    except ValueError:
        raise UnclosedQuote from None
    flags: dict[str, str] = {}
    name = ""
    for word in words:
        if word.startswith("-"):
            name, sign, value = word.lstrip("-").partition("=")
            flags[name] = value if sign else "true"
            name = "" if sign else name
        elif name:
            flags[name], name = word, ""
    return Started(program, flags)


def flag_words(text: str) -> list[str]:
    """The flags of a unit file, each with its value; none where they cannot be read."""
    try:
        return [f"--{name}={value}" for name, value in started(text).flags.items()]
    except UnclosedQuote:
        return []


def is_flag(component: str, name: str) -> bool:
    """A flag of that component in some release."""
    try:
        return find(component, name).origin is Origin.FLAG
    except FlagError:
        return False


def unheeded(text: str, flags: Flags, release: str, component: str) -> list[str]:
    """Flags of a unit file that the model does not act on, and the program has. Raises UnclosedQuote."""
    if component == "docker":
        return [name for name in started(text).flags if name in docker_configuration.OTHER_FLAGS]
    if component == "kube-proxy":
        return [
            name
            for name in started(text).flags
            if not is_flag(component, name) and not is_strange(name, release, component)
        ]
    known = flags.texts().get("kubelet", {})
    return [
        name
        for name, value in started(text).flags.items()
        if not (name == "config" or name in _HEEDED or known.get(name) == value)
        and not is_strange(name, release)
    ]


def kubelet_settings(text: str, base: KubeletFlags, defaults: KubeletFlags, release: str) -> KubeletFlags:
    """The settings of a kubelet with that unit file. base: those that it has beside its command line. Raises
    ConfigurationError with the words of one that refuses them."""
    given = words_of(text, "kubelet")
    today = release not in ("v1.7", "v1.8")
    if not today:
        usual = {key.field: getattr(defaults, key.field) for key in KEYS.values()}
        base = msgspec.structs.replace(base, **usual)
    texts = {name: value for name, value in given.items() if name in _HEEDED or is_strange(name, release)}
    flags = Flags(kubelet=base)
    try:
        if words := words_of_refusal(flags, "kubelet", texts, release):
            told = words.removeprefix("Error: ")
            raise ConfigurationError(f"failed to parse kubelet flag: {told}" if told != words else told)
        return flags.with_texts({"kubelet": texts}, release).kubelet
    except FlagError as error:
        raise ConfigurationError(error.message.text()) from None


def proxy_settings(text: str, base: KubeProxyFlags, usual: KubeProxyFlags, release: str) -> KubeProxyFlags:
    """The settings of a kube-proxy with that unit file. base: those that it has without one, of which those
    that are no flags stay; usual: its defaults. Raises ConfigurationError with the words of one that refuses
    them."""
    given = words_of(text, "kube-proxy")
    flags = Flags(kube_proxy=base)
    named = {name for name in flags.texts().get("kube-proxy", {}) if is_flag("kube-proxy", name)}
    fields = {name.replace("-", "_") for name in named}
    flags = Flags(kube_proxy=msgspec.structs.replace(base, **{one: getattr(usual, one) for one in fields}))
    texts = {
        name: value
        for name, value in given.items()
        if name in named or is_strange(name, release, "kube-proxy")
    }
    try:
        if words := words_of_refusal(flags, "kube-proxy", texts, release):
            raise ConfigurationError(words)
        return flags.with_texts({"kube-proxy": texts}, release).kube_proxy
    except FlagError as error:
        raise ConfigurationError(error.message.text()) from None


def words_of(text: str, program: str) -> dict[str, str]:
    """The flags of a unit file. Raises ConfigurationError where it starts another program."""
    try:
        found, given = started(text)
    except UnclosedQuote:
        found, given = "", {}
    if found.rpartition("/")[2] != program:
        raise ConfigurationError(f"Failed at step EXEC spawning {found}: No such file or directory")
    return given


def is_strange(name: str, release: str, component: str = "kubelet") -> bool:
    """A flag that programs of that release do not have."""
    if is_flag(component, name):
        return not has(find(component, name), release)
    return not is_real(name, release)
