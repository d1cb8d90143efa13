"""What a kube-proxy answers on its ports: its health to everybody, to its own machine how it writes.

Sources: v1.7.5, v1.8.0, v1.36 cmd/kube-proxy/app/server.go.
"""

from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.engine.serving import Serves
from clustersim.i18n import _
from clustersim.kubeproxy import KubeProxy

TO_BE_DELETED: Final = "ToBeDeletedByClusterAutoscaler"
"""Nodes with this taint are about to go: balancers in front are told to send nothing more (v1.36)."""


def answer(host: Host, proxy: KubeProxy, serves: Serves, path: str) -> Answer:
    """What lies at a path of one of its ports. Raises Said."""
    path = path.rstrip("/")
    if serves is Serves.PROXY_HEALTH:
        node = host.cluster.object("nodes", host.name)
        eligible = node is None or all(taint.key != TO_BE_DELETED for taint in node.spec.taints)
        told = proxy.health(path, eligible=eligible)
        if told is not None:
            return Answer(text=told.body, ok=told.status == 200)
    elif path == "/healthz":
        return Answer(text="ok")
    elif path == "/proxyMode":
        return Answer(text=proxy.flags.proxy_mode)
    raise Said(
        "404 page not found",
        note=_("Of kube-proxy this console knows {paths}."),
        paths="127.0.0.1:10249/proxyMode, 10256/healthz",
    )
