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
from clustersim.machine import ADDRESS_OF_MASTER

OUTSIDE: Final = "10.0.0.2"
"""The name server of the machines' own network."""
INSIDE: Final = "10.254.0.2"
"""That of the cluster, as pods ask it."""
DOMAIN: Final = "svc.cluster.local"


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


def address_within(api: Any, namespace: str, name: str) -> tuple[str, tuple[str, ...]] | None:
    """The full name of a Service as a pod of that namespace may write it, and where it leads; None where
    there is none."""
    parts = name.removesuffix(".").removesuffix(f".{DOMAIN}").removesuffix(".svc").split(".")
    if len(parts) > 2:
        return None
    service = api.find("services", parts[1] if len(parts) == 2 else namespace, parts[0])
    if service is None:
        return None
    metadata, spec = service.metadata, service.spec
    full = f"{metadata.name}.{metadata.namespace}.{DOMAIN}"
    if spec.cluster_ip not in ("", "None"):
        return full, (str(spec.cluster_ip),)
    found = api.find("endpoints", metadata.namespace, metadata.name)
    subsets = found.subsets if found is not None else ()
    return full, tuple(address.ip for subset in subsets for address in subset.addresses)


def nslookup_within(api: Any, namespace: str, words: Sequence[str]) -> Answer:
    """nslookup NAME in a container. Raises Said."""
    names = [word for word in words if not word.startswith("-")]
    if not names:
        raise Said(note=_("nslookup wants a name: nslookup n1"))
    head = f"Server:    {INSIDE}\nAddress 1: {INSIDE} kube-dns.kube-system.{DOMAIN}\n"
    found = address_within(api, namespace, names[0])
    if found is None or not found[1]:
        raise Said(f"{head}\nnslookup: can't resolve '{names[0]}'")
    full, addresses = found
    lines = [f"Address {number}: {address} {full}" for number, address in enumerate(addresses, 1)]
    return Answer(text="\n".join([head, f"Name:      {names[0]}", *lines]))
