"""The root CA certificate publisher: every namespace has the certificate by which its pods know the API
server, in the ConfigMap kube-root-ca.crt.

Source: v1.36 pkg/controller/certificates/rootcacertpublisher/publisher.go.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import ConfigMap, Namespace
from clustersim.api.meta import ObjectMeta, replace
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.pernamespace import PerNamespace

_DESCRIBED: Final = "kubernetes.io/description"
_DESCRIPTION: Final = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such "
    "as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions "
    "of Kubernetes clusters."
)
_CERTIFICATE: Final = (
    "-----BEGIN CERTIFICATE-----\nMIIB (this model keeps no keys)\n-----END CERTIFICATE-----\n"
)


class RootCertificatePublisher(PerNamespace):
    """Makes the ConfigMap of every namespace, and keeps it."""

    waits_for: ClassVar[tuple[str, ...]] = ("namespaces", "configmaps")
    title: ClassVar[str] = "root CA certificate publisher"
    resource: ClassVar[str] = "configmaps"
    object_name: ClassVar[str] = "kube-root-ca.crt"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "root-ca-certificate-publisher")

    def namespace_changed(self, old: Namespace | None, new: Namespace | None) -> None:
        """Only of one that is not going."""
        if new is not None and new.status.phase == "Active":
            super().namespace_changed(old, new)

    def misses(self, new: ConfigMap | None) -> bool:
        """Also one that was changed."""
        return True

    def see_to(self, namespace: str, found: ConfigMap | None) -> bool:
        data = {"ca.crt": _CERTIFICATE}
        answer = self.then(self.seen_to, namespace)
        if found is None:
            described = {_DESCRIBED: _DESCRIPTION}
            metadata = ObjectMeta(name=self.object_name, namespace=namespace, annotations=described)
            self.api.create(ConfigMap(metadata=metadata, data=data), answer)
        elif found.data != data or found.metadata.annotations.get(_DESCRIBED) != _DESCRIPTION:
            annotations = {**found.metadata.annotations, _DESCRIBED: _DESCRIPTION}
            metadata = replace(found.metadata, annotations=annotations)
            self.api.update(replace(found, data=data, metadata=metadata), answer)
        else:
            return False
        return True
