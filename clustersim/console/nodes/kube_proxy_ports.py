"""What a kube-proxy answers on its ports: its health to everybody, how it writes to its own machine.

Sources: v1.7.5, v1.8.0 pkg/proxy/healthcheck/healthcheck.go, cmd/kube-proxy/app/server.go; v1.36
pkg/proxy/healthcheck/proxy_health.go.
"""

from typing import Final

from clustersim.api.timestamp import rfc3339_micro
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.serving import Serves
from clustersim.engine.time import Micros
from clustersim.i18n import _
from clustersim.kubeproxy import KubeProxy

TO_BE_DELETED: Final = "ToBeDeletedByClusterAutoscaler"
"""Nodes with this taint are about to go: balancers in front are told to send nothing more (v1.36)."""
NEVER: Final = "0001-01-01 00:00:00 +0000 UTC"
"""Go's time that was not set."""


def answer(host: Host, proxy: KubeProxy, serves: Serves, path: str) -> Answer:
    """What lies at a path of one of its ports. Raises Said."""
    path = path.rstrip("/")
    today = host.release.name == "v1.36"
    if serves is Serves.METRICS:
        match path:
            case "/healthz":
                return Answer(text="ok")
            case "/proxyMode":
                return Answer(text=proxy.flags.proxy_mode)
    elif path == "/healthz":
        return _healthz_today(host) if today else _healthz(host, proxy)
    elif path == "/livez" and today:
        return Answer(text=_told(_go_time(host.now), host.now))
    raise Said(
        "404 page not found",
        note=_("Of kube-proxy this console knows {paths}."),
        paths="127.0.0.1:10249/proxyMode, 10256/healthz",
    )


def _healthz(host: Host, proxy: KubeProxy) -> Answer:
    """Well until all rules were last written more than two regular periods ago."""
    synced = proxy.last_sync(host.now)
    late = synced is not None and host.now > synced + 2 * proxy.flags.iptables_sync_period
    return Answer(text=_told(NEVER if synced is None else _go_time(synced), host.now), ok=not late)


def _healthz_today(host: Host) -> Answer:
    """Well while no change waits for a minute, and it never does here; but not where the node is to go."""
    node = host.cluster.object("nodes", host.name)
    eligible = node is None or all(taint.key != TO_BE_DELETED for taint in node.spec.taints)
    told = _told(_go_time(host.now), host.now)
    return Answer(text=f'{told[:-1]}, "nodeEligible": {str(eligible).lower()}}}', ok=eligible)


def _told(updated: str, now: Micros) -> str:
    return f'{{"lastUpdated": "{updated}","currentTime": "{_go_time(now)}"}}'


def _go_time(moment: Micros) -> str:
    """As Go prints a time."""
    day, _t, clock = rfc3339_micro(moment).removesuffix("Z").partition("T")
    return f"{day} {clock.rstrip('0').rstrip('.')} +0000 UTC"
