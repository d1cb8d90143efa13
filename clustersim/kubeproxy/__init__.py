"""kube-proxy in iptables mode: keeps the node's kernel rules in step with Services and Endpoints, and is not
on the path of any request.
"""

from clustersim.kubeproxy.proxy import KubeProxy

__all__ = ["KubeProxy"]
