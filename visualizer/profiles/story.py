"""The settings that the story of a lost node turns on: what each is called for people, how far its slider
goes, and which lesson is about it.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim.flags import FlagInfo, Flags, catalogue


class StorySetting(msgspec.Struct, frozen=True):
    """A setting with a slider. stops: what the slider stands on, as on a command line, from left to right;
    other values can be typed. lesson: the id of the lesson about it.
    """

    component: str
    flag: str
    title: Promise
    stops: tuple[str, ...]
    lesson: str


_SECONDS: Final = (
    "1s",
    "2s",
    "4s",
    "5s",
    "8s",
    "10s",
    "15s",
    "20s",
    "30s",
    "40s",
    "50s",
    "1m0s",
    "2m0s",
    "5m0s",
)
_MINUTES: Final = ("0s", "10s", "30s", "1m0s", "2m0s", "3m0s", "5m0s", "10m0s", "20m0s")
_RATES: Final = ("0", "0.01", "0.05", "0.1", "0.2", "0.5", "1", "10")

_HEARTBEAT: Final = StorySetting(
    "kubelet",
    "node-status-update-frequency",
    _("How often a kubelet reports"),
    ("1s", "2s", "4s", "5s", "10s", "20s", "30s", "1m0s"),
    "watch-compare-act",
)
_PERIOD: Final = StorySetting(
    "controller-manager",
    "node-monitor-period",
    _("How often the controller looks"),
    ("500ms", "1s", "2s", "5s", "10s", "20s", "30s"),
    "watch-compare-act",
)
_GRACE: Final = StorySetting(
    "controller-manager",
    "node-monitor-grace-period",
    _("How long a silent node stays Ready"),
    _SECONDS,
    "forty-seconds-five-minutes",
)
_RATE: Final = StorySetting(
    "controller-manager",
    "node-eviction-rate",
    _("How many nodes a second are given up"),
    _RATES,
    "all-nodes-lost",
)
_ZONE: Final = StorySetting(
    "controller-manager",
    "unhealthy-zone-threshold",
    _("Which share of lost nodes stops that"),
    ("0.1", "0.34", "0.55", "0.75", "1"),
    "all-nodes-lost",
)
_FINISHED: Final = StorySetting(
    "controller-manager",
    "terminated-pod-gc-threshold",
    _("How many finished pods are kept"),
    ("0", "5", "50", "500", "12500"),
    "dead-pods",
)
_EVICTION: Final = StorySetting(
    "controller-manager",
    "pod-eviction-timeout",
    _("How long its pods are spared"),
    _MINUTES,
    "forty-seconds-five-minutes",
)
_RULES: Final = StorySetting(
    "kube-proxy",
    "iptables-sync-period",
    _("How often kube-proxy writes all rules again"),
    ("1s", "5s", "10s", "30s", "1m0s", "5m0s"),
    "kube-proxy",
)

_LEASE: Final = StorySetting(
    "kubelet",
    "node-lease-duration",
    _("How long a Lease is good for (renewed four times in it)"),
    ("4s", "8s", "20s", "40s", "1m20s", "2m0s"),
    "nine-years-later",
)
_NOT_READY: Final = StorySetting(
    "apiserver",
    "default-not-ready-toleration-seconds",
    _("How long its pods bear a node that is not ready"),
    ("0", "10", "30", "60", "120", "300", "600"),
    "nine-years-later",
)
_UNREACHABLE: Final = StorySetting(
    "apiserver",
    "default-unreachable-toleration-seconds",
    _("How long its pods bear a node that is silent"),
    ("0", "10", "30", "60", "120", "300", "600"),
    "nine-years-later",
)

_ERA: Final = (_HEARTBEAT, _PERIOD, _GRACE, _EVICTION, _RATE, _ZONE, _FINISHED, _RULES)
_TODAY: Final = (_LEASE, _PERIOD, _GRACE, _UNREACHABLE, _NOT_READY, _RATE, _ZONE, _FINISHED, _RULES)
STORY: Final[Mapping[str, tuple[StorySetting, ...]]] = {"v1.7": _ERA, "v1.8": _ERA, "v1.36": _TODAY}


def story_of(release: str, defaults: Flags) -> list[tuple[StorySetting, FlagInfo]]:
    """The settings of the story in a release, each with its description in the catalogue."""
    infos = {(info.component, info.flag): info for info in catalogue(defaults, release)}
    return [(one, infos[one.component, one.flag]) for one in STORY[release]]
