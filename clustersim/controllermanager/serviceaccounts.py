"""The service account controller: every namespace has one called default. (Tokens are not modelled.)

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/serviceaccount/serviceaccounts_controller.go.
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import Namespace, ServiceAccount
from clustersim.api.meta import ObjectMeta
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop

DEFAULT: Final = "default"


class ServiceAccountsController(Controller):
    """Makes the default service account of every namespace."""

    waits_for: ClassVar[tuple[str, ...]] = ("namespaces", "serviceaccounts")
    title: ClassVar[str] = "service account"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "service-account-controller", "service-account-controller")
        self.namespaces = self.shared.get("namespaces", self.namespace_changed)
        self.accounts = self.shared.get("serviceaccounts", self.account_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def namespace_changed(self, old: Namespace | None, new: Namespace | None) -> None:
        """A namespace is there."""
        if new is not None:
            self.queue.add(new.metadata.name)

    def account_changed(self, old: ServiceAccount | None, new: ServiceAccount | None) -> None:
        """An account was removed: the default one is made again."""
        if new is None and old is not None and old.metadata.name == DEFAULT:
            self.queue.add(old.metadata.namespace)

    def sync(self, name: str) -> None:
        """See that one namespace has its account."""
        namespace: Namespace | None = self.namespaces.get("", name)
        gone = namespace is None or namespace.status.phase != "Active"
        if gone or self.accounts.get(name, DEFAULT) is not None:
            self.queue.done(name)
            return
        account = ServiceAccount(metadata=ObjectMeta(name=DEFAULT, namespace=name))
        self.api.create(account, self.then(self.created, name))

    def created(self, reply: Reply, name: str) -> None:
        """The account is there, or its namespace is going."""
        if reply.ok or reply.reason in ("AlreadyExists", "Forbidden", "NotFound"):
            self.queue.done(name)
        else:
            self.queue.retry(name)
