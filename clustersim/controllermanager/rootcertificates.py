"""The root CA certificate publisher: every namespace has the certificate by which its pods know the API
server, in the ConfigMap kube-root-ca.crt.

Source: v1.36 pkg/controller/certificates/rootcacertpublisher/publisher.go.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import ConfigMap, Namespace
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop

NAME: Final = "kube-root-ca.crt"
_DESCRIBED: Final = "kubernetes.io/description"
_DESCRIPTION: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such "
    "as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions "
    "of Kubernetes clusters."
)
_CERTIFICATE: Final = (
    "-----BEGIN CERTIFICATE-----\nMIIB (this model keeps no keys)\n-----END CERTIFICATE-----\n"
)


class RootCertificatePublisher(Controller):
    """Makes the ConfigMap of every namespace, and keeps it."""

    waits_for: ClassVar[tuple[str, ...]] = ("namespaces", "configmaps")
    title: ClassVar[str] = "root CA certificate publisher"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "root-ca-certificate-publisher", "root-ca-certificate-publisher")
        self.namespaces = self.shared.get("namespaces", self.namespace_changed)
        self.maps = self.shared.get("configmaps", self.map_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def namespace_changed(self, old: Namespace | None, new: Namespace | None) -> None:
        """A namespace is there."""
        if new is not None and new.status.phase == "Active":
            self.queue.add(new.metadata.name)

    def map_changed(self, old: ConfigMap | None, new: ConfigMap | None) -> None:
        """It was changed or deleted."""
        changed = new or old
        if changed is not None and old is not None and changed.metadata.name == NAME:
            self.queue.add(changed.metadata.namespace)

    def sync(self, name: str) -> None:
        """See that one namespace has it as it should be."""
        namespace: Namespace | None = self.namespaces.get("", name)
        found: ConfigMap | None = self.maps.get(name, NAME)
        data = {"ca.crt": _CERTIFICATE}
        answer = self.then(self.published, name)
        if namespace is None or namespace.status.phase != "Active":
            self.queue.done(name)
        elif found is None:
            metadata = ObjectMeta(name=NAME, namespace=name, annotations={_DESCRIBED: _DESCRIPTION})
            self.api.create(ConfigMap(metadata=metadata, data=data), answer)
        elif found.data != data or found.metadata.annotations.get(_DESCRIBED) != _DESCRIPTION:
            annotations = {**found.metadata.annotations, _DESCRIBED: _DESCRIPTION}
            kept = replace(found, data=data, metadata=replace(found.metadata, annotations=annotations))
            self.api.update(kept, answer)
        else:
            self.queue.done(name)

    def published(self, reply: Reply, name: str) -> None:
        """It is there, or its namespace is going."""
        if reply.ok or reply.reason in ("AlreadyExists", "Forbidden", "NotFound"):
            self.queue.done(name)
        else:
            self.queue.retry(name)
