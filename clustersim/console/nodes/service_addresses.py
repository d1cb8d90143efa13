"""Addresses of Services, as the kernel of a machine knows them."""

from clustersim.console.nodes.host import Host
from clustersim.i18n import _


def why_nothing(host: Host, address: str, port: int) -> dict[str, str]:
    """Why nothing on that machine leads to an address, as a note: there is no such Service or pod, or the
    rules of the machine do not say so."""
    for key, service in host.cluster.objects("services").items():
        if address in service.spec.external_ips:
            note = _("This is an address of {service} for those outside: {node} sends such packets away.")
            return {"note": note, "service": key, "node": host.name}
        if service.spec.cluster_ip != address:
            continue
        if port not in (one.port for one in service.spec.ports):
            return {"note": _("{service} has no port {port}."), "service": key, "port": str(port)}
        note = _("This is {service}, but {node} has no rule for it: kube-proxy has not written one there.")
        return {"note": note, "service": key, "node": host.name}
    return {"note": _("No Service and no pod has this address.")}
