"""Profiles that come with the product: what people run, and what is worth seeing once."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from visualizer.profiles.effect import Texts
from visualizer.profiles.models import Profile

_FAST: Final = {
    "kubelet": {"node-status-update-frequency": "4s"},
    "controller-manager": {
        "node-monitor-period": "2s",
        "node-monitor-grace-period": "20s",
        "pod-eviction-timeout": "30s",
    },
}
_SLOW: Final = {
    "kubelet": {"node-status-update-frequency": "1m0s"},
    "controller-manager": {
        "node-monitor-grace-period": "5m0s",
        "pod-eviction-timeout": "1m0s",
    },
}
_FLAPPING: Final = {"controller-manager": {"node-monitor-grace-period": "4s"}}
_CLASSROOM: Final = {
    "controller-manager": {"node-monitor-grace-period": "20s", "pod-eviction-timeout": "1m0s"},
}
_FAST_TODAY: Final = {
    "kubelet": {"node-status-update-frequency": "4s"},
    "controller-manager": {"node-monitor-period": "2s", "node-monitor-grace-period": "20s"},
}

PRESETS: Final[tuple[tuple[Promise, str, Texts, Promise], ...]] = (
    (_("v1.7 defaults"), "v1.7", {}, _("What v1.7 does if nobody says anything.")),
    (_("v1.8 defaults"), "v1.8", {}, _("What v1.8 does if nobody says anything.")),
    (_("v1.36 defaults"), "v1.36", {}, _("What v1.36 does if nobody says anything.")),
    (_("Fast reaction"), "v1.7", _FAST, _("As guides recommend it for a fast answer to a lost node.")),
    (_("Fast reaction, v1.36"), "v1.36", _FAST_TODAY, _("The same in today's Kubernetes.")),
    (_("Slow reaction"), "v1.7", _SLOW, _("As guides recommend it for slow or large networks.")),
    (_("Flapping"), "v1.7", _FLAPPING, _("A grace shorter than the distance of two heartbeats.")),
    (_("Classroom fast"), "v1.7", _CLASSROOM, _("The whole story in a minute and a half.")),
)


def make_presets() -> None:
    """Make those that are missing; those that are there stay. Their names and notes are kept in English and
    shown in the language of the page.
    """
    with override("en"):
        _make()


def _make() -> None:
    for name, release, differences, notes in PRESETS:
        Profile.objects.get_or_create(
            name=str(name),
            preset=True,
            defaults={
                "release": release,
                "differences": differences,
                "notes": str(notes),
            },
        )
