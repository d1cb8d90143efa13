"""What one change of a Service's endpoints costs by the number of nodes, whose kube-proxies all learn it.

    python -m benchmarks.proxies [300 1000 5000] [--changes 200]

Nodes without pods, of v1.8 and of v1.36; a Service without a selector, whose only Endpoints or slice is
written again and again while nothing else works but the API server. What the write itself costs is measured
when the kube-proxies are stopped, too, and left out.
"""

import argparse
import sys
from typing import Any, Final

from benchmarks import model
from benchmarks.timing import cpu_seconds, machine, row
from clustersim import Cluster
from clustersim.api import core_v1 as v1
from clustersim.api.discovery import DiscoveryEndpointPort, Endpoint, EndpointSlice
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.engine.time import SECOND, Micros

SIZES: Final = (100, 300, 1000)
RELEASES: Final = ("v1.8", "v1.36")
EVERY: Final[Micros] = 2 * SECOND
BACKENDS: Final = 30
NAME: Final = "web"


def _service() -> v1.Service:
    spec = v1.ServiceSpec(cluster_ip="10.0.0.77", ports=(v1.ServicePort(port=80, target_port=80),))
    return v1.Service(metadata=ObjectMeta(name=NAME, namespace="default"), spec=spec)


def _endpoints(release: str, count: int) -> Any:
    """So many of them, as the release stores them."""
    ips = [f"10.9.0.{number}" for number in range(1, count + 1)]
    metadata = ObjectMeta(name=NAME, namespace="default", labels={"kubernetes.io/service-name": NAME})
    if release == "v1.36":
        found = tuple(Endpoint(addresses=(ip,)) for ip in ips)
        ports = (DiscoveryEndpointPort(name="", port=80),)
        return EndpointSlice(metadata=metadata, address_type="IPv4", endpoints=found, ports=ports)
    addresses = tuple(v1.EndpointAddress(ip=ip) for ip in ips)
    subset = v1.EndpointSubset(addresses=addresses, ports=(v1.EndpointPort(port=80),))
    return v1.Endpoints(metadata=metadata, subsets=(subset,))


def _write(cluster: Cluster, verb: str, obj: Any) -> None:
    resource = {"Service": "services", "Endpoints": "endpoints"}.get(type(obj).__name__, "endpointslices")
    reply = cluster.world.apiserver.handle(Request(verb, resource, "default", NAME, obj), "kubectl")
    if not reply.ok:
        sys.exit(f"{verb} {resource}: {reply.message}")
    cluster.world.engine.cause = 0
    cluster.run_until(cluster.now + EVERY)


def _changes(cluster: Cluster, release: str, count: int) -> None:
    resource = "endpointslices" if release == "v1.36" else "endpoints"
    for number in range(count):
        stored = cluster.object(resource, f"default/{NAME}")
        _write(
            cluster, "update", replace(_endpoints(release, BACKENDS - number % 2), metadata=stored.metadata)
        )


def measure(nodes: int, release: str, changes: int) -> tuple[float, float]:
    """Seconds that a change costs with all kube-proxies, and with none."""
    cluster = Cluster(model.world(nodes, 0, release))
    for process in cluster.processes():
        if process.kind in ("kubelet", "controller-manager", "scheduler"):
            process.kill()
    _write(cluster, "create", _service())
    _write(cluster, "create", _endpoints(release, BACKENDS))
    _changes(cluster, release, 5)
    all_of_them = cpu_seconds(lambda: _changes(cluster, release, changes)) / changes
    kernel = cluster.machines[f"n{nodes}"].state.kernel_rules[f"default/{NAME}"]
    if len(kernel[0].backends) != BACKENDS - (changes - 1) % 2:
        sys.exit("the rules of the last node are not those of the last change")
    for node in cluster.machines:
        cluster.process("kube-proxy", node).kill()
    _changes(cluster, release, 5)
    none = cpu_seconds(lambda: _changes(cluster, release, changes)) / changes
    return all_of_them, none


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nodes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--changes", type=int, default=200)
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for release in RELEASES:
        for nodes in arguments.nodes:
            ours, none = measure(nodes, release, max(1, arguments.changes))
            each = (ours - none) * 1e6
            row(
                f"{release}, {nodes} nodes: a change",
                f"{each:,.0f} us",
                f"{each / nodes:.2f} us a kube-proxy",
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
