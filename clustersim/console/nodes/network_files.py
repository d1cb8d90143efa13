"""/etc/hosts and /etc/resolv.conf of containers, as their kubelet writes them.

Sources: v1.7.5, v1.36 pkg/kubelet/kubelet_pods.go managedHostsFileContent; v1.36
pkg/kubelet/network/dns/dns.go GetPodDNS, appendDNSConfig.
"""

from typing import Any, Final

from clustersim.console.nodes.lookup import DOMAIN, INSIDE, OUTSIDE, own_names

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
_IN_CLUSTER: Final = ("ClusterFirst", "ClusterFirstWithHostNet")


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
    """Which name servers are asked, and for what. In the machine's own network names are looked for as they
    stand."""
    spec = pod.spec
    cluster = spec.dns_policy in _IN_CLUSTER[int(spec.host_network) :]
    servers = [INSIDE] if cluster else [] if spec.dns_policy == "None" else [OUTSIDE]
    searches = [f"{pod.metadata.namespace}.{DOMAIN}", DOMAIN, DOMAIN.partition(".")[2]] if cluster else []
    options = {"ndots": "5"} if cluster else {}
    if (config := spec.dns_config) is not None:
        servers += [one for one in config.nameservers if one not in servers]
        searches += [one for one in config.searches if one not in searches]
        options |= {one.name: one.value for one in config.options}
    told = " ".join(f"{name}:{value}" if value else name for name, value in options.items())
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {one}" for one in servers]
    lines += [f"options {told}"] if told else []
    return "".join(f"{line}\n" for line in lines)
