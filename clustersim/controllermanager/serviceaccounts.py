"""The service account controller: every namespace has one called default. (Tokens are not modelled.)

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/serviceaccount/serviceaccounts_controller.go.
"""

from typing import ClassVar

from clustersim.api.core_v1 import ServiceAccount
from clustersim.api.meta import ObjectMeta
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.pernamespace import PerNamespace


class ServiceAccountsController(PerNamespace):
    """Makes the default service account of every namespace."""

    waits_for: ClassVar[tuple[str, ...]] = ("namespaces", "serviceaccounts")
    title: ClassVar[str] = "service account"
    resource: ClassVar[str] = "serviceaccounts"
    object_name: ClassVar[str] = "default"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "service-account-controller")

    def see_to(self, namespace: str, found: ServiceAccount | None) -> bool:
        if found is not None:
            return False
        account = ServiceAccount(metadata=ObjectMeta(name=self.object_name, namespace=namespace))
        self.api.create(account, self.then(self.seen_to, namespace))
        return True
