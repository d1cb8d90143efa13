"""Which name servers a pod's containers ask, and for what: its policy, and what it configures itself, as much
of it as resolvers take (v1.36.2 pkg/kubelet/network/dns/dns.go GetPodDNS, appendDNSConfig; pkg/apis/core
validation MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars)."""

from typing import Final, NamedTuple

from clustersim.api.core_v1 import Pod

OUTSIDE: Final = "10.0.0.2"
"""The name server of the machines."""
INSIDE: Final = "10.254.0.2"
"""That of the cluster."""
DOMAIN: Final = "svc.cluster.local"

_IN_CLUSTER: Final = ("ClusterFirst", "ClusterFirstWithHostNet")
_MOST_SERVERS: Final = 3
_MOST_SEARCHES: Final = 32
_MOST_CHARACTERS: Final = 2048


class NameService(NamedTuple):
    """What stands in /etc/resolv.conf, and what the kubelet has to say of what does not fit."""

    servers: tuple[str, ...]
    searches: tuple[str, ...]
    options: dict[str, str]
    complaints: tuple[str, ...]


def name_service(pod: Pod) -> NameService:
    """Of a pod. In the machine's own network names are looked for as they stand."""
    spec = pod.spec
    cluster = spec.dns_policy in _IN_CLUSTER[int(spec.host_network) :]
    servers = [INSIDE] if cluster else [] if spec.dns_policy == "None" else [OUTSIDE]
    searches = [f"{pod.metadata.namespace}.{DOMAIN}", DOMAIN, DOMAIN.partition(".")[2]] if cluster else []
    options = {"ndots": "5"} if cluster else {}
    if (config := spec.dns_config) is not None:
        servers += config.nameservers
        searches += config.searches
        options |= {one.name: one.value or "" for one in config.options}
    return _fitting(tuple(dict.fromkeys(servers)), tuple(dict.fromkeys(searches)), options)


def _fitting(servers: tuple[str, ...], searches: tuple[str, ...], options: dict[str, str]) -> NameService:
    complaints = []
    kept = searches[:_MOST_SEARCHES]
    while len(" ".join(kept)) > _MOST_CHARACTERS:
        kept = kept[:-1]
    if len(servers) > _MOST_SERVERS:
        servers = servers[:_MOST_SERVERS]
        omitted = "Nameserver limits were exceeded, some nameservers have been omitted"
        complaints.append(f"{omitted}, the applied nameserver line is: {' '.join(servers)}")
    if kept != searches:
        omitted = "Search Line limits were exceeded, some search paths have been omitted"
        complaints.append(f"{omitted}, the applied search line is: {' '.join(kept)}")
    return NameService(servers, kept, options, tuple(complaints))
