"""The flags of every component that elects a leader.

Defaults: v1.7.5 pkg/client/leaderelectionconfig/config.go, equal in v1.8.0.
"""

from typing import Annotated

from clustersim.engine.time import SECOND, Micros
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import PERIOD, duration, text
from clustersim.i18n import _


class LeaderElectionFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of the election."""

    leader_elect: Annotated[
        bool, text(_("Whether the process works only while it holds the lock that makes it the leader."))
    ] = True
    leader_elect_lease_duration: Annotated[
        Micros,
        duration(
            _("How long a candidate waits after the last change of the lock before it takes it."),
            minimum=SECOND,
        ),
    ] = 15 * SECOND
    leader_elect_renew_deadline: Annotated[
        Micros, duration(_("A leader that could not renew its lock for so long exits."), minimum=PERIOD)
    ] = 10 * SECOND
    leader_elect_retry_period: Annotated[
        Micros, duration(_("Pause between two tries to take or renew the lock."), minimum=PERIOD)
    ] = 2 * SECOND
