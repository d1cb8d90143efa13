"""Events as components send them, of which most that is created consists.

There is nothing to fill in, and what could be wrong is looked at in one go: those that pass are stored as
the long way through the registry would store them; all others take that way, and are refused there.
"""

from typing import Any

from clustersim import bounds
from clustersim.api.core_v1 import Event
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.apiserver.validation.names import dns_label, dns_subdomain
from clustersim.etcd import Etcd

RESOURCE = "events"
WITHOUT = ("default", "kube-system")
"""Where Events stand that are about something without a namespace."""


def is_plain(request: Request, etcd: Etcd, release: str) -> bool:
    """A new Event with a name, in the namespace of what it is about, and with nothing else in its
    metadata."""
    event: Any = request.body
    if type(event) is not Event or request.manager or request.dry_run:
        return False
    metadata, about = event.metadata, event.involved_object.namespace
    name, namespace = metadata.name, metadata.namespace
    events = etcd.range(RESOURCE)
    return not (
        not name
        or not namespace
        or namespace != request.namespace
        or (about != namespace if about else namespace not in WITHOUT)
        or metadata != ObjectMeta(name=name, namespace=namespace)
        or len(events) >= bounds.MOST_EVENTS
        or f"{namespace}/{name}" in events
        or dns_subdomain(name, release)
        or dns_label(namespace, release)
    )
