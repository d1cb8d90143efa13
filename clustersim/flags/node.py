"""docker, containerd, kube-proxy, and the model's own times of a container runtime."""

from typing import Annotated, ClassVar

from clustersim.engine.time import HOUR, MILLISECOND, MINUTE, SECOND, Micros
from clustersim.flags.component import ComponentFlags
from clustersim.flags.setting import (
    OLD_RELEASES,
    TODAY,
    Origin,
    count,
    duration,
    tcp_port,
    text,
    today,
)
from clustersim.i18n import _


class DockerFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of dockerd 17.05 and before: cmd/dockerd/config_unix.go, daemon/config."""

    component: ClassVar[str] = "docker"
    releases = OLD_RELEASES

    live_restore: Annotated[
        bool, text(_("Whether containers go on running while the docker daemon itself is stopped."))
    ] = False
    cgroup_driver: Annotated[
        str,
        text(
            _("Who manages cgroups (--exec-opt native.cgroupdriver); must be the kubelet's choice."),
            choices=("cgroupfs", "systemd"),
            refusal=_('Invalid cgroup driver "{value}"'),
        ),
    ] = "cgroupfs"
    storage_driver: Annotated[
        str,
        text(
            _("How image layers are stored; not every kernel and filesystem can do each."),
            choices=("aufs", "devicemapper", "overlay", "overlay2"),
            refusal=_("error initializing graphdriver: driver not supported"),
        ),
    ] = "overlay2"

    start_delay: Annotated[
        Micros, duration(_("From starting the process until it answers."), Origin.MODEL, maximum=MINUTE)
    ] = 500 * MILLISECOND
    call_latency: Annotated[
        Micros,
        duration(_("Time of a call that only lists or inspects."), Origin.MODEL, minimum=1, maximum=SECOND),
    ] = 2 * MILLISECOND


class ContainerdFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of containerd 2.2: /etc/containerd/config.toml."""

    component: ClassVar[str] = "containerd"
    releases = TODAY

    cgroup_driver: Annotated[
        str,
        text(
            _("Who manages cgroups (SystemdCgroup of runc's options); must be the kubelet's choice."),
            choices=("cgroupfs", "systemd"),
        ),
    ] = "cgroupfs"
    start_delay: Annotated[
        Micros, duration(_("From starting the process until it answers."), Origin.MODEL, maximum=MINUTE)
    ] = 500 * MILLISECOND
    call_latency: Annotated[
        Micros,
        duration(_("Time of a call that only lists or inspects."), Origin.MODEL, minimum=1, maximum=SECOND),
    ] = 2 * MILLISECOND


class KubeProxyFlags(ComponentFlags, frozen=True, kw_only=True):
    """Settings of kube-proxy: v1.7.5 and v1.8.0 cmd/kube-proxy/app/server.go and its v1alpha1/defaults.go."""

    component: ClassVar[str] = "kube-proxy"

    iptables_sync_period: Annotated[
        Micros,
        duration(
            _("All rules are written anew at least so often."),
            minimum=SECOND,
            maximum=HOUR,
            refusal=_("IPTablesSyncPeriod: Invalid value: {value}: must be greater than 0"),
        ),
    ] = 30 * SECOND
    iptables_min_sync_period: Annotated[
        Micros, duration(_("Rules are not written more often than this; 0 for no limit."), maximum=HOUR)
    ] = 0
    proxy_mode: Annotated[
        str,
        today(
            text(
                _("How rules are written into the kernel."),
                choices=("iptables", "nftables"),
                refusal=_('Mode: Invalid value: "{value}": must be iptables or nftables'),
            )
        ),
    ] = "iptables"
    healthz_port: Annotated[int, tcp_port(_("Port on which health is served."))] = 10_256

    # v1.7.5 pkg/proxy/iptables/proxier.go
    sync_burst: Annotated[
        int,
        count(
            _("Writes of rules that may follow at once."), "syncs", Origin.CONSTANT, minimum=1, maximum=1000
        ),
    ] = 2

    sync_cost: Annotated[
        Micros, duration(_("Time of writing all rules once."), Origin.MODEL, minimum=1, maximum=MINUTE)
    ] = 20 * MILLISECOND
    start_delay: Annotated[
        Micros, duration(_("From starting the process until it watches."), Origin.MODEL, maximum=MINUTE)
    ] = 300 * MILLISECOND


class RuntimeDelays(ComponentFlags, frozen=True, kw_only=True):
    """How long the container runtime needs: the model's own, taken over from the runtime of the
    recordings."""

    component: ClassVar[str] = "runtime"

    sandbox: Annotated[
        Micros, duration(_("Creating the sandbox of a pod with its network."), Origin.MODEL, maximum=HOUR)
    ] = 400 * MILLISECOND
    first_pull: Annotated[
        Micros, duration(_("Pulling an image that the node does not have yet."), Origin.MODEL, maximum=HOUR)
    ] = 1500 * MILLISECOND
    create: Annotated[Micros, duration(_("Creating a container."), Origin.MODEL, maximum=HOUR)] = (
        100 * MILLISECOND
    )
    start: Annotated[Micros, duration(_("Starting a container."), Origin.MODEL, maximum=HOUR)] = (
        200 * MILLISECOND
    )
    stop: Annotated[
        Micros,
        duration(_("From SIGTERM until a well-behaved container has ended."), Origin.MODEL),
    ] = 1000 * MILLISECOND


class NetworkFlags(ComponentFlags, frozen=True, kw_only=True):
    """The wires between machines: the model's own, except for what Linux compiles in (net/ipv4/tcp.h)."""

    component: ClassVar[str] = "network"

    latency: Annotated[
        Micros,
        duration(_("Time of a packet from one machine to another."), Origin.MODEL, minimum=1, maximum=MINUTE),
    ] = 500
    local_latency: Annotated[
        Micros,
        duration(
            _("The same between two processes of one machine."), Origin.MODEL, minimum=1, maximum=MINUTE
        ),
    ] = 50
    request_cost: Annotated[
        Micros, duration(_("Work of the API server on one request."), Origin.MODEL, minimum=1, maximum=MINUTE)
    ] = 3 * MILLISECOND
    watch_latency: Annotated[
        Micros,
        duration(
            _("From a write being stored until the API server sends it to those who watch."),
            Origin.MODEL,
            minimum=1,
            maximum=MINUTE,
        ),
    ] = 16 * MILLISECOND
    retransmission_timeout: Annotated[
        Micros,
        duration(
            _("What was sent into a cut is sent again after so long, then twice as long, and so on."),
            Origin.CONSTANT,
            minimum=MILLISECOND,
            maximum=MINUTE,
        ),
    ] = 212 * MILLISECOND
    retransmission_maximum: Annotated[
        Micros,
        duration(
            _("The longest wait between two such tries."), Origin.CONSTANT, minimum=SECOND, maximum=HOUR
        ),
    ] = 120 * SECOND
    connect_retry: Annotated[
        Micros,
        duration(
            _(
                "A connection attempt without an answer is repeated after so long, then twice as long, and "
                "so on."
            ),
            Origin.CONSTANT,
            minimum=MILLISECOND,
            maximum=MINUTE,
        ),
    ] = SECOND
