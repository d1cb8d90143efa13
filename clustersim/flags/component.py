"""What the settings of all components have in common."""

from typing import ClassVar

import msgspec

from clustersim.flags.setting import EVERY_RELEASE, Releases


class ComponentFlags(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the settings of one component: every field is annotated with its `Setting` and has a default.

    A field is named as on the command line with underscores: node_monitor_period is --node-monitor-period.
    Durations are in microseconds. releases: those that have the component.
    """

    component: ClassVar[str] = ""
    releases: ClassVar[Releases] = EVERY_RELEASE
