"""kube-proxy: keeps the node's kernel rules in step with Services and Endpoints, and is not
on the path of any request.
"""

from clustersim.kubeproxy.cohort import Cohorts
from clustersim.kubeproxy.proxy import KubeProxy
from clustersim.kubeproxy.proxy_today import KubeProxyV136
from clustersim.kubeproxy.proxy_v1_7 import KubeProxyV17

__all__ = ["Cohorts", "KubeProxy", "KubeProxyV17", "KubeProxyV136"]
