"""The API client of a component: requests over the network, within its own rate limit (--kube-api-qps,
--kube-api-burst)."""

from collections.abc import Callable
from typing import Any

from clustersim.api.meta import ApiObject, ObjectMeta
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.client.flowcontrol import TokenBucket, full_bucket
from clustersim.engine.actor import Then
from clustersim.engine.at_hand import AtHand
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.time import SECOND, Micros

API_SERVER = "apiserver"


class Client(Part):
    """Talks to the API server for one process. Every method's `then` gets a `Reply`.

    qps, burst: tokens per second and at once, 0 for no limit. timeout: of every request, None for none of
    its own. name: a process may have several clients (the kubelet's for heartbeats and for events).
    """

    def __init__(
        self,
        process: Process,
        *,
        qps: float = 0,
        burst: int = 0,
        timeout: Micros | None = None,
        name: str = "api",
    ) -> None:
        super().__init__(process, f"client/{name}")
        self.qps = qps
        self.burst = burst
        self.timeout = timeout
        self.before_sending: list[Callable[[], None]] = []
        """Called before every request."""

    def get(self, resource: str, namespace: str, name: str, then: Then) -> None:
        """Read one object."""
        self.send(Request("get", resource, namespace, name), then)

    def list(
        self,
        resource: str,
        then: Then,
        *,
        namespace: str = "",
        field_selector: dict[str, str] | None = None,
        label_selector: dict[str, str] | None = None,
    ) -> None:
        """Read many, ordered by key; the reply's body is a tuple, its resource_version where a watch can go
        on."""
        request = Request(
            "list",
            resource,
            namespace,
            field_selector=field_selector or {},
            label_selector=label_selector or {},
        )
        self.send(request, then)

    def watch(
        self,
        resource: str,
        stream: str,
        resource_version: int,
        fields: dict[str, str],
        labels: dict[str, str],
        then: Then,
        *,
        routine: bool = True,
    ) -> None:
        """Open a watch; changes arrive at the process's `watched`."""
        request = Request(
            "watch",
            resource,
            field_selector=fields,
            label_selector=labels,
            resource_version=resource_version,
            stream=stream,
            routine=routine,
        )
        self.send(request, then)

    def create(self, obj: ApiObject, then: Then) -> None:
        """Create an object; metadata.generateName is completed by the server."""
        self.send(
            Request("create", resource_of(obj).plural, obj.metadata.namespace, obj.metadata.name, obj), then
        )

    def update(self, obj: ApiObject, then: Then) -> None:
        """Write the object, all but its status; 409 if somebody was faster."""
        self.send(
            Request("update", resource_of(obj).plural, obj.metadata.namespace, obj.metadata.name, obj), then
        )

    def update_status(self, obj: ApiObject, then: Then) -> None:
        """Write the object's status; 409 if somebody was faster (unless it carries no resource version)."""
        self.send(
            Request("update-status", resource_of(obj).plural, obj.metadata.namespace, obj.metadata.name, obj),
            then,
        )

    def patch_status(
        self,
        resource: str,
        namespace: str,
        name: str,
        status: Any,
        then: Then,
        *,
        before: Any,
        dropped: tuple[str, ...] = (),
    ) -> None:
        """Strategic merge of a status: unconditional, conditions merged by type. before: the status as it was
        read, of which only what is otherwise is sent; None if all is sent. dropped: types of conditions
        that are to go."""
        request = Request("patch-status", resource, namespace, name, status, dropped=dropped, before=before)
        self.send(request, then)

    def patch(self, resource: str, namespace: str, name: str, patch: dict[str, Any], then: Then) -> None:
        """JSON merge patch of the object."""
        self.send(Request("patch", resource, namespace, name, patch), then)

    def merge(self, resource: str, metadata: ObjectMeta, patch: dict[str, Any], then: Then) -> None:
        """Strategic merge into the metadata of what has been read; 422 if its name is another's now."""
        body = {"metadata": {**patch, "uid": metadata.uid}}
        name, namespace = metadata.name, metadata.namespace
        self.send(Request("patch", resource, namespace, name, body, patch_type="strategic"), then)

    def delete(
        self,
        resource: str,
        namespace: str,
        name: str,
        then: Then,
        *,
        grace_seconds: int | None = None,
        uid: str = "",
        propagation: str = "",
    ) -> None:
        """Delete; `uid` is a precondition. propagation: what becomes of what it owns, empty for the default
        of its version."""
        request = Request(
            "delete",
            resource,
            namespace,
            name,
            grace_seconds=grace_seconds,
            uid=uid,
            propagation=propagation,
        )
        self.send(request, then)

    def evict(self, namespace: str, name: str, then: Then) -> None:
        """Delete a pod if its disruption budgets allow it; 429 if not."""
        self.send(Request("evict", "pods", namespace, name), then)

    def finalize(self, obj: ApiObject, then: Then) -> None:
        """Write a namespace's spec.finalizers; without any it goes."""
        self.send(Request("finalize", resource_of(obj).plural, "", obj.metadata.name, obj), then)

    def bind(self, namespace: str, name: str, node: str, then: Then) -> None:
        """Assign a pod to a node, once and for all."""
        self.send(Request("bind", "pods", namespace, name, node), then)

    def send(self, request: Request, then: Then) -> None:
        """Send a request as soon as the rate limit lets it through."""
        for prepare in self.before_sending:
            prepare()
        if self.qps and (wait := self.state.take(self.engine.state.now)) > 0:
            self.post(wait, self.send_now, request, then)
            return
        process = self.process
        process.network.call(process, API_SERVER, "serve", (request,), then, self.timeout)

    def send_now(self, request: Request, then: Then) -> None:
        """Send past the rate limit."""
        self.process.call(API_SERVER, "serve", request, then=then, timeout=self.timeout)

    def sent(self, at: Micros, request: Request, then: Then) -> None:
        """A request was really sent then, a moment ago."""
        self.take_token(at)
        late = self.now - at
        self.process.call(API_SERVER, "serve", request, then=then, timeout=self.timeout, late=late)

    def take_token(self, at: Micros) -> None:
        """A request was sent then, and the rate limit let it through."""
        if self.qps:
            self.state.take(at)

    def rests(self, at: Micros, requests: int, every: Micros) -> bool:
        """The rate limit has all its tokens then, and again before each of the following if from then on so
        many requests at once are sent that often."""
        full = not self.qps or self.state.count(at) >= self.burst
        return full and (not self.qps or self.burst >= requests < self.qps * every / SECOND)

    @AtHand
    def state(self) -> TokenBucket:
        """What is left of the rate limit."""
        return self.remember(lambda: full_bucket(self.qps, self.burst, self.now))
