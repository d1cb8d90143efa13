"""The API server as kubectl reaches it from the workstation: it answers, refuses, or leaves one waiting.

Looking goes straight to the store, so that nothing of the run changes; writing is left to commands.
"""

from collections.abc import Mapping
from typing import Any

from clustersim.api.registry import RESOURCES, object_key
from clustersim.apiserver.server import ApiServer
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.engine.process import HUNG
from clustersim.engine.time import Micros
from clustersim.faults.workloads import resource_named
from clustersim.i18n import _


class Api:
    """What kubectl can ask for now."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.release: str = cluster.world.release.name
        self.now: Micros = cluster.now

    @property
    def server(self) -> ApiServer:
        """The process."""
        return self.cluster.world.apiserver  # type: ignore[no-any-return]

    @property
    def store(self) -> Mapping[str, Mapping[str, Any]]:
        """All objects by resource and key."""
        return self.cluster.world.etcd.store.objects

    @property
    def revision(self) -> int:
        """The store's revision."""
        return self.cluster.world.etcd.store.revision

    def reach(self) -> None:
        """Raises Said unless the API server answers, and answers out of etcd."""
        server = self.server
        if server.status.phase == HUNG:
            raise Said(note=_("kubectl waits: the API server takes the request and does not answer."))
        if not server.listening:
            port = server.flags.secure_port
            raise Said(
                f"The connection to the server localhost:{port} was refused - "
                "did you specify the right host or port?"
            )
        if not server.etcd.running:
            raise Said(note=_("kubectl waits: the API server has no answer while it cannot reach etcd."))

    def objects(self, resource: str, namespace: str | None) -> list[Any]:
        """Objects of a resource as a list request gives them; None: of all namespaces."""
        found = self.store.get(resource, {})
        prefix = f"{namespace}/" if namespace and RESOURCES[resource].namespaced else ""
        return [found[key] for key in sorted(found) if key.startswith(prefix)]

    def get(self, resource: str, namespace: str, name: str) -> Any:
        """One object. Raises Said where there is none."""
        key = object_key(namespace if RESOURCES[resource].namespaced else "", name)
        found = self.store.get(resource, {}).get(key)
        if found is None:
            raise Said(not_found(resource, name))
        return found


def not_found(resource: str, name: str) -> str:
    """What kubectl prints of a 404."""
    return f'Error from server (NotFound): {qualified(resource)} "{name}" not found'


def qualified(resource: str) -> str:
    """The resource with its group, as errors name it: "deployments.extensions"."""
    group, slash, _version = RESOURCES[resource].api_version.partition("/")
    return f"{resource}.{group}" if slash else resource


def singular(resource: str) -> str:
    """What kubectl calls one object when it has done something to it: "replicationcontroller"."""
    return RESOURCES[resource].kind.lower()


def named(kind: str) -> str:
    """The resource called so on the command line. Raises Said."""
    resource = resource_named(kind)
    if resource is None:
        raise Said(f'error: the server doesn\'t have a resource type "{kind}"', note=UNKNOWN_KIND)
    return resource


UNKNOWN_KIND = _("This model has nodes, pods, rc, rs, deploy, sts, ds, jobs, svc, ep, events and ns.")
