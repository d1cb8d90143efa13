"""curl from a machine: of Services and pods as traffic would go, of a kubelet's and the control plane's
health."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from clustersim.console.answer import Answer, Said
from clustersim.console.arguments import Flags, parse
from clustersim.console.nodes import kube_proxy_ports, kubelet_ports
from clustersim.console.nodes.answering import Dialled, answering, dialled_from, host_port
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.served_files import served_file
from clustersim.console.nodes.service_addresses import why_nothing
from clustersim.engine.process import HUNG, Process
from clustersim.engine.random import RandomStream
from clustersim.engine.serving import LOOPBACK, Listener, Serves, health
from clustersim.i18n import Message, _
from clustersim.kubelet.healthz import healthz
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubeproxy import KubeProxy
from clustersim.kubeproxy.rules import Backend, PortRules
from clustersim.machine import ADDRESS_OF_MASTER
from clustersim.programs import says
from clustersim.runtime.records import RuntimeDisk
from clustersim.traffic import answers

_URL: Final = re.compile(r"(?:(https?)://)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(/[^\s?]*)?(\?\S*)?\Z")
_CURL: Final = Flags(
    {
        "m": "max-time",
        "max-time": "max-time",
        "connect-timeout": "connect-timeout",
        "interface": "interface",
        "o": "output",
        "w": "write-out",
        "X": "request",
        "H": "header",
        "d": "data",
        "u": "user",
        "request": "request",
        "header": "header",
        "data": "data",
        "user": "user",
        "cacert": "cacert",
        "cert": "cert",
        "key": "key",
        "output": "output",
        "write-out": "write-out",
        "resolve": "resolve",
    },
    {
        "s": "silent",
        "S": "show-error",
        "k": "insecure",
        "v": "verbose",
        "i": "include",
        "I": "head",
        "L": "location",
        "f": "fail",
        "g": "globoff",
        "q": "disable",
        "silent": "silent",
        "insecure": "insecure",
        "verbose": "verbose",
        "include": "include",
        "head": "head",
        "location": "location",
        "fail": "fail",
        "show-error": "show-error",
    },
)
_LOCAL: Final = ("127.0.0.1", "localhost")
_CONTROL: Final = ("etcd", "apiserver", "controller-manager", "scheduler")
_HEALTH_PATH: Final = re.compile(r"/(healthz|livez|readyz)(/[a-z/-]+)?/?\Z")
_ETCD: Final = {"/health": '{"health": "true"}', "/version": '{"etcdserver":"3.0.17","etcdcluster":"3.0.0"}'}
_ETCD_TODAY: Final = {
    "/health": '{"health":"true","reason":""}',
    "/version": '{"etcdserver":"3.6.6","etcdcluster":"3.6.0","storage":"3.6.0"}',
}


class Asked(NamedTuple):
    """What curl is to get."""

    scheme: str
    host: str
    port: int
    path: str
    verbose: bool
    insecure: bool = False
    query: str = ""
    protocol: str = "tcp"

    @property
    def failed(self) -> str:
        return f"curl: (7) Failed to connect to {self.host} port {self.port}: "


def curl(host: Host | None, cluster_host: Host, words: Sequence[str]) -> Answer:
    """curl URL; host None: from the workstation. Raises Said."""
    arguments = parse(words, _CURL)
    match = _URL.match(arguments.words[0]) if len(arguments.words) == 1 else None
    if match is None:
        raise Said(
            "curl: try 'curl --help' or 'curl --manual' for more information",
            note=_("curl wants an address: curl 10.254.0.1:80/path"),
        )
    scheme, name, port, path, query = match.groups()
    number = int(port or (443 if scheme == "https" else 80))
    asked = Asked(scheme or "http", name, number, path or "/", bool(query and "verbose" in query))
    asked = asked._replace(insecure=arguments.has("insecure"), query=query or "")
    answer = get(host, cluster_host, asked)
    if arguments.has("include") or arguments.has("head"):
        head = "HTTP/1.1 200 OK\nContent-Type: text/plain; charset=utf-8\n"
        return Answer(
            text=head if arguments.has("head") else f"{head}\n{answer.text}", ok=answer.ok, note=answer.note
        )
    if arguments.value("write-out") and arguments.value("output"):
        return Answer(
            text=arguments.value("write-out")
            .replace("%{http_code}", "200" if answer.ok else "500")
            .replace("\\n", ""),
            ok=answer.ok,
        )
    return answer


def get(host: Host | None, cluster_host: Host, asked: Asked) -> Answer:
    """What answers there. Raises Said."""
    cluster = cluster_host.cluster
    if asked.host in _LOCAL:
        if host is None:
            raise Said(f"{asked.failed}Connection refused", note=_("Here is no kubelet: it is on the nodes."))
        return _local(host, asked)
    rules = _service(host, asked) if host is not None and not host.is_master else None
    if host is not None and rules is not None:
        return _through(host, rules.at(host.name, outside=False), asked)
    if asked.host in (ADDRESS_OF_MASTER, "master") and asked.host not in cluster.machines:
        _reach(host, cluster_host, None, asked)
        return _control_plane(cluster_host, asked, asked.port, local=host is not None and host.is_master)
    for name, machine in cluster.machines.items():
        if asked.host in (name, machine.ip):
            return _node(host, Host(cluster, name)._replace(nth=0 if host is None else host.nth), asked)
    if host is not None and not host.is_master:
        backend = _pod(host, asked)
        if backend is not None:
            return _answered(host, backend, asked)
    if re.fullmatch(r"[\d.]+", asked.host):
        if host is None:
            raise Said(
                f"{asked.failed}No route to host",
                note=_("Addresses of Services and pods are known on the nodes only: ssh to one first."),
            )
        raise Said(f"{asked.failed}Connection timed out", **why_nothing(host, asked.host, asked.port))
    note = _("The cluster has no DNS add-on: ask the address that kubectl get svc shows.")
    raise Said(
        f"curl: (6) Could not resolve host: {asked.host}",
        note=note if "." in asked.host or host is not None else None,
    )


def _node(host: Host | None, target: Host, asked: Asked) -> Answer:
    """A port of a node, from itself or from elsewhere."""
    local = host is not None and host.name == target.name
    if not local:
        _reach(host, target, target, asked)
    if (backend := host_port(target.machine, asked.host, asked.port, asked.protocol)) is not None:
        return _answered(target, backend, asked)
    rules = _node_port(target, asked.port)
    if rules is None:
        return _process(target, asked, local=local)
    own = local and target.release.name == "v1.36"  # what a node sends itself may go anywhere today
    return _through(target, rules if own else rules.at(target.name, outside=True), asked)


def _local(host: Host, asked: Asked) -> Answer:
    if host.is_master:
        return _control_plane(host, asked, asked.port, local=True)
    if (backend := host_port(host.machine, asked.host, asked.port, asked.protocol)) is not None:
        return _answered(host, backend, asked)
    rules = _node_port(host, asked.port)
    return _through(host, rules, asked) if rules is not None else _process(host, asked, local=True)


def _reach(host: Host | None, cluster_host: Host, target: Host | None, asked: Asked) -> None:
    """Raises Said where no packet gets through."""
    network = cluster_host.cluster.network
    if target is not None and not target.machine.state.powered:
        raise Said(f"{asked.failed}No route to host")
    kubelet = cluster_host.cluster.flags.kubelet
    if target is None:
        lost = host is not None and host.name in network.state.cut
    elif asked.port in (kubelet.port, kubelet.read_only_port):
        lost = network.is_kubelet_away(target.name)
    else:
        lost = network.is_away(target.name)
    if lost or (host is not None and network.is_away(host.name)):
        raise Said(f"{asked.failed}Connection timed out")


# --- health ------------------------------------------------------------------------------------------------


def _process(target: Host, asked: Asked, *, local: bool) -> Answer:
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
    kubelet = target.cluster.process("kubelet", target.name)
    assert isinstance(kubelet, Kubelet)
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


def _control_plane(host: Host, asked: Asked, port: int, *, local: bool) -> Answer:
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


# --- traffic -----------------------------------------------------------------------------------------------


def _service(host: Host, asked: Asked) -> PortRules | None:
    for ports in host.machine.state.kernel_rules.values():
        for rules in ports:
            here = (asked.host, asked.port, asked.protocol)
            if (rules.cluster_ip, rules.port, rules.protocol) == here:
                return rules  # type: ignore[no-any-return]
    return None


def _node_port(target: Host, port: int) -> PortRules | None:
    for ports in target.machine.state.kernel_rules.values():
        for rules in ports:
            if rules.node_port and rules.node_port == port:
                return rules  # type: ignore[no-any-return]
    return None


def _pod(host: Host, asked: Asked) -> Backend | None:
    for name, machine in host.cluster.machines.items():
        disk: RuntimeDisk | None = machine.state.disk.get("runtime")
        for box in disk.sandboxes.values() if disk is not None else ():
            if box.ip == asked.host and box.ready:
                return Backend(box.ip, asked.port, name, box.pod)
    return None


def _through(entry: Host, rules: PortRules | None, asked: Asked) -> Answer:
    """By the rules of a node: one endpoint, by chance; without rules it is dropped."""
    if rules is None:
        raise Said(
            f"{asked.failed}Connection timed out",
            note=_("The Service keeps such traffic on its node, where no endpoint is: it is dropped."),
        )
    engine = entry.cluster.world.engine
    moment = "" if rules.affinity else f"{entry.now}/{entry.nth or ''}"
    stream = RandomStream(engine.seed, f"console/curl/{moment}{entry.name}/{asked.host}", {})
    backend = rules.choose(stream)
    if backend is None:
        raise Said(
            f"{asked.failed}Connection refused",
            note=_("The Service has no ready endpoints: the node's rules reject it."),
        )
    if not backend.node:  # of an EndpointSlice that somebody wrote by hand
        backend = _pod(entry, asked._replace(host=backend.ip, port=backend.port)) or backend
    return _answered(entry, backend, asked)


def _answered(entry: Host, backend: Backend, asked: Asked) -> Answer:
    if backend.ip == ADDRESS_OF_MASTER:
        _reach(entry, entry, None, asked)
        return _control_plane(entry, asked, backend.port, local=False)
    machines, is_away = entry.cluster.machines, entry.cluster.network.is_away
    target = machines.get(backend.node)
    lost = (
        target is None
        or not target.state.powered
        or (backend.node != entry.name and (is_away(backend.node) or is_away(entry.name)))
    )
    if lost or target is None:
        raise Said(
            f"{asked.failed}Connection timed out",
            note=_("The rules lead to {pod} on {node}, from where nobody answers."),
            pod=backend.pod,
            node=backend.node,
        )
    if not answers(target, backend):
        raise Said(
            f"{asked.failed}Connection refused",
            note=_("The rules lead to {pod} on {node}; no program listens there."),
            pod=backend.pod,
            node=backend.node,
        )
    container = answering(target, backend)
    if container is None:
        raise Said(
            "curl: (28) Operation timed out with 0 bytes received",
            note=_("The program of {pod} does not answer."),
            pod=backend.pod,
        )
    address = f"{asked.path}{asked.query}"
    if dialled := dialled_from(container, address):
        return _dial(Host(entry.cluster, target.name), dialled)
    file = served_file(entry.cluster, container)
    page = says(container.spec, backend.port, "GET", address, backend.pod, file)
    unknown = page.text == f"{backend.pod}\n"
    note = Message(_("Programs of this model answer with the name of their pod.")) if unknown else None
    return Answer(text=page.text.removesuffix("\n"), ok=page.status < 400, note=note)


def _dial(host: Host, wanted: Dialled) -> Answer:
    """What netexec says of the requests that it was asked to make."""
    asked = Asked("http", wanted.host, wanted.port, f"/{wanted.request.lstrip('/')}", verbose=False)
    said: dict[str, list[str]] = {}
    for turn in range(wanted.tries):
        try:
            said.setdefault("responses", []).append(get(host._replace(nth=turn + 1), host, asked).text)
        except Said as failed:
            said.setdefault("errors", []).append(failed.text)
    return Answer(text=msgspec.json.encode(said).decode())
