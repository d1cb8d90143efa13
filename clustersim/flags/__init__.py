"""Every flag of every component as a setting with unit, default, range and help: in one place, for everybody.

Durations are microseconds inside and Go durations outside ("40s", "5m0s").
"""

from clustersim.flags.apiserver import ApiServerFlags, EtcdFlags
from clustersim.flags.catalogue import COMPONENTS, Flags, catalogue, find, has
from clustersim.flags.checks import refusal, warnings
from clustersim.flags.component import ComponentFlags
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.flags.duration import DurationError, Lasting, format_duration, lasting, parse_duration
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.node import (
    ContainerdFlags,
    DockerFlags,
    KubeProxyFlags,
    NetworkFlags,
    RuntimeDelays,
)
from clustersim.flags.scheduler import SchedulerFlags
from clustersim.flags.setting import Origin, Setting, Value
from clustersim.flags.values import FlagError, FlagInfo, format_value, parse_value

__all__ = [
    "COMPONENTS",
    "ApiServerFlags",
    "ComponentFlags",
    "ContainerdFlags",
    "ControllerManagerFlags",
    "DockerFlags",
    "DurationError",
    "EtcdFlags",
    "FlagError",
    "FlagInfo",
    "Flags",
    "KubeProxyFlags",
    "KubeletFlags",
    "Lasting",
    "NetworkFlags",
    "Origin",
    "RuntimeDelays",
    "SchedulerFlags",
    "Setting",
    "Value",
    "catalogue",
    "find",
    "format_duration",
    "format_value",
    "has",
    "lasting",
    "parse_duration",
    "parse_value",
    "refusal",
    "warnings",
]
