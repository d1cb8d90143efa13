"""The resource claim controller: a pod that names a ResourceClaimTemplate gets a ResourceClaim of its own,
whose name is noted in the pod's status.

Claims and templates are watched from the first pod on that claims anything: before, nothing depends on them.
Claims of pods that are over or gone are deleted here, which of the latter in a real cluster the garbage
collector does.
Source: v1.36 pkg/controller/resourceclaim/controller.go.
"""

from typing import ClassVar, Final

import msgspec

from clustersim.api.core_v1 import Pod, PodResourceClaim, PodResourceClaimStatus
from clustersim.api.devices import ClaimNotMade, claim_name, is_for
from clustersim.api.kept import ResourceClaim, ResourceClaimTemplate
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.client.informer import STOPPED, Informer
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_terminated
from clustersim.controllermanager.references import owned_by
from clustersim.engine.state import State

SOURCE: Final = "controller.go"
POD_CLAIM: Final = "resource.kubernetes.io/pod-claim-name"
MOST_BASE: Final = 57
"""Characters of a name before the generated ones."""


class ClaimsState(State):
    """made: claims that were made, by uid of their pod and name of the claim in it."""

    made: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


class ResourceClaimController(Controller):
    """Makes claims from templates."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods",)
    title: ClassVar[str] = "resource claim"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "resourceclaim-controller", "resource_claim")
        self.pods = self.shared.get("pods", self.pod_changed)
        self.claims = Informer(self.api, "resourceclaims", self.claim_changed, on_synced=self.filled)
        self.templates = Informer(self.api, "resourceclaimtemplates", on_synced=self.filled)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        """Pods are worked on once the caches of their claims are filled."""

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    @property
    def state(self) -> ClaimsState:
        """Its memory."""
        return self.memory(ClaimsState)

    def filled(self) -> None:
        """A cache is filled; with both the work begins."""
        if self.claims.synced and self.templates.synced:
            self.queue.open()

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod that claims something was added, changed or removed."""
        pod = new or old
        if pod is None or not pod.spec.resource_claims:
            return
        for cache in (self.claims, self.templates):
            if cache.state.phase == STOPPED:
                cache.start()
        if new is None:
            self.state.made.pop(pod.metadata.uid, None)
        self.queue.add(key_of(pod))

    def claim_changed(self, old: ResourceClaim | None, new: ResourceClaim | None) -> None:
        """The pod that the claim is for may have to get another, or may be gone."""
        claim = new or old
        owner = controller_of(claim) if claim is not None else None
        if claim is not None and owner is not None and owner.kind == "Pod":
            self.queue.add(f"{claim.metadata.namespace}/{owner.name}")

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Make one claim that the pod lacks; when it has all, note their names."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        if pod is None or is_terminated(pod) or (pod.metadata.deletion_timestamp and not pod.spec.node_name):
            self._let_go(key, pod)
        elif pod.metadata.deletion_timestamp:
            self.queue.done(key)
        else:
            self._see_to(key, pod)

    def _see_to(self, key: str, pod: Pod) -> None:
        made = self.state.made.setdefault(pod.metadata.uid, {})
        for wanted in pod.spec.resource_claims:
            if not wanted.resource_claim_template_name or self._has(pod, wanted):
                continue
            if (claim := self._found(pod, wanted)) is not None:
                made[wanted.name] = claim.metadata.name
            elif wanted.name not in made:
                self._make(key, pod, wanted)
                return
        self._note(key, pod, made)

    def _has(self, pod: Pod, wanted: PodResourceClaim) -> bool:
        try:
            name = claim_name(pod, wanted)
        except ClaimNotMade:
            return False
        claim = self.claims.get(pod.metadata.namespace, name)
        return claim is not None and is_for(pod, claim)

    def _found(self, pod: Pod, wanted: PodResourceClaim) -> ResourceClaim | None:
        """The claim was made, and the pod does not say so yet (findPodResourceClaim)."""
        for claim in self.claims.list():
            if is_for(pod, claim) and claim.metadata.annotations.get(POD_CLAIM) == wanted.name:
                found: ResourceClaim = claim
                return found
        return None

    def _make(self, key: str, pod: Pod, wanted: PodResourceClaim) -> None:
        namespace, name = pod.metadata.namespace, wanted.resource_claim_template_name
        template: ResourceClaimTemplate | None = self.templates.get(namespace, name)
        if template is None:
            missing = f'resourceclaimtemplate.resource.k8s.io "{name}" not found'
            self._failed(key, pod, wanted, f'resource claim template "{name}": {missing}')
            return
        spec = template.spec if isinstance(template.spec, dict) else {}
        given = spec.get("metadata") or {}
        metadata = ObjectMeta(
            generate_name=generated_from(pod.metadata.name, wanted.name),
            namespace=namespace,
            labels=given.get("labels") or {},
            annotations={**(given.get("annotations") or {}), POD_CLAIM: wanted.name},
            owner_references=(owned_by(pod, self.traits.release),),
        )
        self.decide(
            "make-claim", f"pods/{key}", rules.CLAIM_OF_POD.holds(pod=pod.metadata.name, template=name)
        )
        claim = ResourceClaim(metadata=metadata, spec=spec.get("spec"))
        self.api.create(claim, self.then(self.made, key, wanted.name))

    def made(self, reply: Reply, key: str, name: str) -> None:
        """A claim was made, or not."""
        namespace, _, pod_name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, pod_name)
        if pod is None:
            self.queue.done(key)
        elif reply.ok:
            self.state.made.setdefault(pod.metadata.uid, {})[name] = reply.body.metadata.name
            self._see_to(key, pod)
        else:
            wanted = next(one for one in pod.spec.resource_claims if one.name == name)
            self._failed(key, pod, wanted, f"create ResourceClaim : {reply.message}")

    def _failed(self, key: str, pod: Pod, wanted: PodResourceClaim, why: str) -> None:
        text = f"PodResourceClaim {wanted.name}: {why}"
        self.tell(pod, "Warning", "FailedResourceClaimCreation", text)
        self.log(f"pod:{key} failed with: pod {key}, {text}", SOURCE, "E")
        self.queue.retry(key)

    def _note(self, key: str, pod: Pod, made: dict[str, str]) -> None:
        known = {one.name: one.resource_claim_name for one in pod.status.resource_claim_statuses}
        if all(known.get(name) == claim for name, claim in made.items()):
            self.queue.done(key)
            return
        statuses = tuple(
            PodResourceClaimStatus(name=name, resource_claim_name=claim) for name, claim in made.items()
        )
        status = replace(pod.status, resource_claim_statuses=statuses)
        namespace, _, name = key.partition("/")
        then = self.then(self.noted, key)
        self.api.patch_status("pods", namespace, name, status, then, before=pod.status)

    def noted(self, reply: Reply, key: str) -> None:
        """The pod says which claims are its own, or the next try will have it say so."""
        self.queue.answered(key, reply)

    def _let_go(self, key: str, pod: Pod | None) -> None:
        """Claims that were made for a pod that needs them no more go."""
        namespace, _, name = key.partition("/")
        for claim in self.claims.list():
            owner = controller_of(claim)
            if owner is None or (owner.kind, owner.name) != ("Pod", name):
                continue
            metadata = claim.metadata
            its_own = metadata.namespace == namespace and POD_CLAIM in metadata.annotations
            if its_own and (pod is None or owner.uid == pod.metadata.uid):
                self.api.delete("resourceclaims", namespace, metadata.name, self.then(self.gone))
        self.queue.done(key)

    def gone(self, reply: Reply) -> None:
        """It is gone, or was before."""


def generated_from(pod: str, claim: str) -> str:
    """What the name of a claim begins with; of long names both are shortened alike."""
    whole = f"{pod}-{claim}-"
    if len(whole) <= MOST_BASE:
        return whole
    part = MOST_BASE / len(whole)
    return f"{pod[: int(len(pod) * part)]}-{claim[: int(len(claim) * part)]}"
