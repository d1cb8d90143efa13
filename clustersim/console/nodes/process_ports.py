"""What the components of a cluster answer on their ports: the control plane, the kubelet, kube-proxy."""

import re
from typing import Final

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes import kube_proxy_ports, kubelet_ports
from clustersim.console.nodes.asked import Asked
from clustersim.console.nodes.host import Host
from clustersim.engine.process import HUNG, Process
from clustersim.engine.serving import LOOPBACK, Listener, Serves, health
from clustersim.i18n import _
from clustersim.kubelet.healthz import healthz
from clustersim.kubeproxy import KubeProxy

_CONTROL: Final = ("etcd", "apiserver", "controller-manager", "scheduler")
_HEALTH_PATH: Final = re.compile(r"/(healthz|livez|readyz)(/[a-z/-]+)?/?\Z")
_ETCD: Final = {"/health": '{"health": "true"}', "/version": '{"etcdserver":"3.0.17","etcdcluster":"3.0.0"}'}
_ETCD_TODAY: Final = {
    "/health": '{"health":"true","reason":""}',
    "/version": '{"etcdserver":"3.6.6","etcdcluster":"3.6.0","storage":"3.6.0"}',
}


def of_node(target: Host, asked: Asked, *, local: bool) -> Answer:
    """Of a node: kube-proxy on its ports, the kubelet on all others."""
    proxy = target.cluster.process("kube-proxy", target.name)
    assert isinstance(proxy, KubeProxy)
    told = proxy.of_service(asked.port) if proxy.running and proxy.listening else None
    if told is not None:
        return Answer(text=told.body, ok=told.status == 200)
    listener = next((one for one in proxy.listeners() if one.port == asked.port), None)
    if listener is None:
        return _kubelet(target, asked, local=local)
    if listener.bind == LOOPBACK and not local:
        raise Said(f"{asked.failed}Connection refused")
    _check_listening(proxy, asked)
    _check_scheme(asked, listener)
    return kube_proxy_ports.answer(target, proxy, listener.serves, asked.path)


def _kubelet(target: Host, asked: Asked, *, local: bool) -> Answer:
    kubelet = target.cluster.world.kubelets[target.name]
    if asked.port == kubelet.flags.healthz_port and not local:
        raise Said(
            f"{asked.failed}Connection refused",
            note=_("The kubelet serves port {port} on 127.0.0.1 of its own machine only."),
            port=asked.port,
        )
    listener = next((one for one in kubelet.listeners() if one.port == asked.port), None)
    found = healthz(kubelet, asked.port, verbose=asked.verbose)
    if listener is None or not kubelet.listening or found.status == 0:
        return Answer(text=found.body.replace("127.0.0.1", asked.host), ok=False)
    _check_scheme(asked, listener)
    if listener.secure and not kubelet.takes_anybody:
        raise Said(
            "Unauthorized",
            note=_("Port {port} asks who one is; ask 10248 on the node itself."),
            port=asked.port,
        )
    if asked.path.rstrip("/") == "/healthz":
        return Answer(text=found.body, ok=found.status == 200)
    if listener.serves is Serves.NODE_HEALTH:
        raise Said(
            "404 page not found", note=_("The kubelet is asked for its health: curl 127.0.0.1:10248/healthz")
        )
    return kubelet_ports.answer(target, kubelet, asked.path)


def of_master(host: Host, asked: Asked, port: int, *, local: bool) -> Answer:
    process, listener = _listening(host, port)
    if process is None or listener is None or (listener.bind == LOOPBACK and not local):
        raise Said(f"{asked.failed}Connection refused")
    _check_listening(process, asked)
    _check_scheme(asked, listener)
    if process.kind == "etcd":
        told = _ETCD_TODAY if host.release.name == "v1.36" else _ETCD
        if asked.path not in told:
            raise Said("404 page not found")
        return Answer(text=told[asked.path])
    if match := _HEALTH_PATH.match(asked.path):
        checks = process.health_checks(asked.path.rstrip("/"))
        if checks is None:
            raise Said("404 page not found")
        answer = health(checks, name=match[1], verbose=asked.verbose)
        return Answer(text=answer.body, ok=answer.status == 200)
    if asked.path == "/version" and process.kind == "apiserver":
        return Answer(text=f'{{\n  "gitVersion": "{host.release.version}",\n  "platform": "linux/amd64"\n}}')
    raise Said(note=_("Ask for /healthz or /version here; kubectl shows the objects."))


def _listening(host: Host, port: int) -> tuple[Process | None, Listener | None]:
    for kind in _CONTROL:
        process = host.cluster.process(kind)
        for listener in process.listeners():
            if listener.port == port:
                return process, listener
    return None, None


def _check_listening(process: Process, asked: Asked) -> None:
    """Raises Said where the process hangs or does not run."""
    if process.status.phase == HUNG:
        raise Said(note=_("curl waits: nobody answers."))
    if not process.listening:
        raise Said(f"{asked.failed}Connection refused")


def _check_scheme(asked: Asked, listener: Listener) -> None:
    """Raises Said where one speaks TLS and the other does not, or nobody vouches for the certificate."""
    if listener.secure and asked.scheme == "http":
        raise Said(
            "Client sent an HTTP request to an HTTPS server.",
            note=_("Port {port} speaks TLS: curl -k https://{host}:{port}{path}"),
            port=asked.port,
            host=asked.host,
            path=asked.path,
        )
    if asked.scheme == "https" and not listener.secure:
        raise Said(
            "curl: (35) error:1408F10B:SSL routines:ssl3_get_record:wrong version number",
            note=_("Port {port} speaks no TLS: curl http://{host}:{port}{path}"),
            port=asked.port,
            host=asked.host,
            path=asked.path,
        )
    if listener.secure and not asked.insecure:
        raise Said(
            "curl: (60) SSL certificate problem: unable to get local issuer certificate",
            note=_("The certificate is of the cluster's own authority: -k takes it unseen."),
        )
