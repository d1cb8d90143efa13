"""kube-proxy of v1.7, which reads annotations of Services, too."""

from clustersim.api.core_v1 import Service
from clustersim.api.external_traffic import by_annotation
from clustersim.kubeproxy.proxy import KubeProxy


class KubeProxyV17(KubeProxy):
    """Traffic from outside goes where an annotation says (v1.7.5 pkg/proxy/iptables/proxier.go
    newServiceInfo)."""

    def read(self, service: Service) -> Service:
        return by_annotation(service)
