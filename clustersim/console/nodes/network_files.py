"""/etc/hosts and /etc/resolv.conf of containers, as their kubelet writes them.

Source: v1.7.5, v1.36 pkg/kubelet/kubelet_pods.go managedHostsFileContent.
"""

from typing import Any, Final

from clustersim.console.nodes.lookup import own_names
from clustersim.kubelet.name_service import name_service

_HOSTS: Final = """\
# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
"""
_HOSTS_ON_HOST: Final = "# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n"


def hosts(pod: Any) -> str:
    """Names that are known without a name server."""
    own, full = own_names(pod)
    names = own if full == own else f"{full}\t{own}"
    text = _HOSTS_ON_HOST if pod.spec.host_network else f"{_HOSTS}{pod.status.pod_ip}\t{names}\n"
    if pod.spec.host_aliases:
        text += "\n# Entries added by HostAliases.\n"
    for alias in pod.spec.host_aliases:
        text += "\t".join((alias.ip, *alias.hostnames)) + "\n"
    return text


def resolv_conf(pod: Any) -> str:
    """Which name servers are asked, and for what."""
    servers, searches, options, _complaints = name_service(pod)
    told = " ".join(f"{name}:{value}" if value else name for name, value in options.items())
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {one}" for one in servers]
    lines += [f"options {told}"] if told else []
    return "".join(f"{line}\n" for line in lines)
