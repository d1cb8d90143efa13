"""A control plane and two nodes with nothing but kube-proxy."""

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import KubeProxyFlags
from clustersim.kubeproxy import KubeProxy
from clustersim.machine import Machine
from tests.model.worlds import ApiWorld


def endpoints(*ips: str, name: str = "tomcat", nodes: dict[str, str] | None = None) -> v1.Endpoints:
    addresses = tuple(
        v1.EndpointAddress(
            ip=ip,
            node_name=(nodes or {}).get(ip, ""),
            target_ref=ObjectReference(kind="Pod", namespace="default", name=f"pod-{ip}"),
        )
        for ip in ips
    )
    subsets = (v1.EndpointSubset(addresses=addresses, ports=(v1.EndpointPort(port=8080),)),) if ips else ()
    return v1.Endpoints(metadata=ObjectMeta(name=name, namespace="default"), subsets=subsets)


def service(name: str = "tomcat", cluster_ip: str = "10.0.0.20") -> v1.Service:
    return v1.Service(
        metadata=ObjectMeta(name=name, namespace="default"),
        spec=v1.ServiceSpec(
            cluster_ip=cluster_ip,
            selector={"app": name},
            ports=(v1.ServicePort(port=8080, target_port=8080),),
        ),
    )


class ProxyWorld(ApiWorld):
    def __init__(
        self,
        flags: KubeProxyFlags | None = None,
        *,
        kind: type[KubeProxy] = KubeProxy,
        release: str = "v1.7",
    ) -> None:
        super().__init__(release=release)
        self.machines: dict[str, Machine] = {}
        self.proxies: dict[str, KubeProxy] = {}
        for name in ("n1", "n2"):
            machine = Machine(self.engine, name, cpu_millicores=2000, memory_mib=2048)
            proxy = kind(self.engine, self.network, machine, flags or KubeProxyFlags())
            machine.services = [proxy]
            self.machines[name], self.proxies[name] = machine, proxy
            self.engine.add(machine)
            self.engine.add(proxy)
            proxy.start()
        self.run(SECOND)

    def backends(self, node: str = "n1", key: str = "default/tomcat") -> list[str]:
        rules = self.machines[node].state.kernel_rules.get(key, ())
        return [backend.ip for port in rules for backend in port.backends]

    def set_endpoints(self, *ips: str, wait: Micros = SECOND // 10) -> None:
        old = self.etcd.get("endpoints", "default/tomcat")
        new = endpoints(*ips)
        assert self.ask("update", replace(old, subsets=new.subsets), wait=wait).ok
