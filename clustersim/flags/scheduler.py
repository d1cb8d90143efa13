"""kube-scheduler.

Defaults: v1.7.5 plugin/cmd/kube-scheduler/app/options/options.go and
pkg/apis/componentconfig/v1alpha1/defaults.go, equal in v1.8.0, unless a group of fields names another file.
"""

from typing import Annotated, ClassVar

from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.leaderelection import LeaderElectionFlags
from clustersim.flags.serving import ADDRESS, BIND_ADDRESS, PORT, SECURE_PORT
from clustersim.flags.setting import ALL_INTERFACES, PERIOD, Origin, count, duration, in_v1_8, text
from clustersim.i18n import _


class SchedulerFlags(LeaderElectionFlags, frozen=True, kw_only=True):
    """Settings of kube-scheduler."""

    component: ClassVar[str] = "scheduler"

    kube_api_qps: Annotated[
        float,
        count(_("Requests per second that the scheduler may send to the API server."), "1/s", minimum=0.01),
    ] = 50.0
    kube_api_burst: Annotated[
        int, count(_("Requests that may go out at once before that limit sets in."), "requests", minimum=1)
    ] = 100

    feature_gates: Annotated[
        tuple[str, ...],
        in_v1_8(
            text(
                _(
                    "Alpha features switched on or off. With PodPriority a pod that fits nowhere displaces "
                    "less important ones; with TaintNodesByCondition only taints keep pods away, not the "
                    "conditions of nodes, nor a cordon."
                ),
                choices=tuple(
                    f"{gate}={value}"
                    for gate in ("PodPriority", "TaintNodesByCondition")
                    for value in ("true", "false")
                ),
            ),
            _("The alpha features of v1.7 and v1.8 are part of v1.36, and always on."),
        ),
    ] = ()

    address: Annotated[str, ADDRESS] = ALL_INTERFACES
    port: Annotated[int, PORT] = 10_251
    bind_address: Annotated[str, BIND_ADDRESS] = ALL_INTERFACES
    secure_port: Annotated[int, SECURE_PORT] = 10_259

    # plugin/pkg/scheduler/factory/factory.go and plugin/pkg/scheduler/util/backoff_utils.go
    pod_backoff_initial: Annotated[
        Micros,
        duration(
            _("Wait before a pod that fitted nowhere is tried again; doubles every time."),
            Origin.CONSTANT,
            minimum=PERIOD,
        ),
    ] = SECOND
    pod_backoff_maximum: Annotated[
        Micros, duration(_("The longest such wait."), Origin.CONSTANT, minimum=PERIOD)
    ] = 60 * SECOND
    assumed_pod_ttl: Annotated[
        Micros,
        duration(
            _("How long the scheduler counts a pod it bound whose binding no watch confirmed."),
            Origin.CONSTANT,
        ),
    ] = 30 * SECOND

    scheduling_cost: Annotated[
        Micros,
        duration(_("Work of finding a node for one pod."), Origin.MODEL, minimum=1, maximum=SECOND),
    ] = 6 * MILLISECOND
    start_delay: Annotated[
        Micros,
        duration(_("From starting the process until it asks for the lock."), Origin.MODEL, maximum=MINUTE),
    ] = SECOND
