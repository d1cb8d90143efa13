"""nslookup: which names there are. A node asks the name server of its own network, which knows the machines
and nothing of the cluster; within pods the names of Services are known, as to the programs that wait for
them.

Texts: bind-utils' nslookup on nodes, busybox's in containers.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.i18n import _
from clustersim.kubelet.name_service import DOMAIN, INSIDE, OUTSIDE
from clustersim.machine import ADDRESS_OF_MASTER

_MOST_ALIASES: Final = 8
"""Names that lead to names, one after another."""


def nslookup(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """nslookup NAME on a machine. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if not names:
        raise Said(note=_("nslookup wants a name: nslookup n1"))
    name = names[0]
    head = f"Server:\t\t{OUTSIDE}\nAddress:\t{OUTSIDE}#53\n"
    machines = {node: machine.ip for node, machine in host.cluster.machines.items()}
    address = ({"master": ADDRESS_OF_MASTER} | machines).get(name)
    if address is None:
        raise Said(
            f"{head}\n** server can't find {name}: NXDOMAIN",
            note=_("Names of Services are known within pods only: kubectl exec POD -- nslookup {name}"),
            name=name,
        )
    return Answer(text=f"{head}\nName:\t{name}\nAddress: {address}")


def names_within(
    api: Any, namespace: str, name: str, depth: int = _MOST_ALIASES
) -> tuple[tuple[str, str], ...] | None:
    """Where the name of a Service, or of a pod in its domain, leads, as a pod of that namespace may write it:
    addresses with their full names; None where there is no such name."""
    parts = name.removesuffix(".").removesuffix(f".{DOMAIN}").removesuffix(".svc").split(".")
    if len(parts) in (2, 3):
        service = api.find("services", parts[2] if len(parts) == 3 else namespace, parts[1])
        named = () if service is None else _of_headless(api, service)
        if found := tuple(one for one in named if one[1].partition(".")[0] == parts[0]):
            return found
    if len(parts) > 2:
        return None
    service = api.find("services", parts[1] if len(parts) == 2 else namespace, parts[0])
    if service is None:
        return None
    if service.spec.type == "ExternalName":
        return names_within(api, namespace, service.spec.external_name, depth - 1) if depth else None
    if service.spec.cluster_ip not in ("", "None"):
        return ((str(service.spec.cluster_ip), _full_name(service)),)
    return _of_headless(api, service)


def _full_name(service: Any) -> str:
    return f"{service.metadata.name}.{service.metadata.namespace}.{DOMAIN}"


def _of_headless(api: Any, service: Any) -> tuple[tuple[str, str], ...]:
    """The addresses of pods that are ready; a pod with a name in the domain has that."""
    found = api.find("endpoints", service.metadata.namespace, service.metadata.name)
    if found is None or service.spec.cluster_ip not in ("", "None"):
        return ()
    full = _full_name(service)
    return tuple(
        (address.ip, f"{address.hostname}.{full}" if address.hostname else full)
        for subset in found.subsets
        for address in subset.addresses
    )


def address_within(api: Any, namespace: str, name: str) -> tuple[str, ...] | None:
    """The addresses alone."""
    found = names_within(api, namespace, name)
    return None if found is None else tuple(address for address, _name in found)


def nslookup_within(api: Any, namespace: str, words: Sequence[str]) -> Answer:
    """nslookup NAME in a container. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if not names:
        raise Said(note=_("nslookup wants a name: nslookup n1"))
    head = f"Server:    {INSIDE}\nAddress 1: {INSIDE} kube-dns.kube-system.{DOMAIN}\n"
    found = names_within(api, namespace, names[0])
    if not found:
        raise Said(f"{head}\nnslookup: can't resolve '{names[0]}'")
    lines = [f"Address {number}: {address} {full}" for number, (address, full) in enumerate(found, 1)]
    return Answer(text="\n".join([head, f"Name:      {names[0]}", *lines]))


def own_names(pod: Any) -> tuple[str, str]:
    """What a pod calls itself, and its full name if it is in the domain of a Service (v1.7.5, v1.36.2
    pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain)."""
    own = pod.spec.hostname or pod.metadata.name[:63].rstrip("-.")
    if not pod.spec.subdomain:
        return own, own
    return own, f"{own}.{pod.spec.subdomain}.{pod.metadata.namespace}.{DOMAIN}"
