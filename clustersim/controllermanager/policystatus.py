"""The controller of what is reported of ValidatingAdmissionPolicies: whether their expressions fit the kinds
that they are about.

Source: v1.36.2 pkg/controller/validatingadmissionpolicystatus/controller.go.
"""

from typing import ClassVar, Final

from clustersim.api.kept import ValidatingAdmissionPolicy, mapping
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop

_RESOURCE: Final = "validatingadmissionpolicies"
_VERSION: Final = "admissionregistration.k8s.io/v1"


class PolicyStatusController(Controller):
    """Looks at every policy anew whenever what is wanted of it changes."""

    waits_for: ClassVar[tuple[str, ...]] = (_RESOURCE,)
    title: ClassVar[str] = "validatingadmissionpolicy-status"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, self.title, self.title)
        self.policies = self.shared.get(_RESOURCE, self.policy_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def policy_changed(
        self, _old: ValidatingAdmissionPolicy | None, new: ValidatingAdmissionPolicy | None
    ) -> None:
        """One that is gone is not looked at."""
        if new is not None:
            self.queue.add(new.metadata.name)

    def sync(self, name: str) -> None:
        """Report of one policy."""
        policy: ValidatingAdmissionPolicy | None = self.policies.get("", name)
        if policy is None or policy.metadata.generation <= _observed(policy):
            self.queue.done(name)
            return
        # Only worlds with policies pay for the evaluator.
        from clustersim.cel.type_checking import warnings_of  # noqa: PLC0415

        found = warnings_of(mapping(policy.spec), self.traits.release)
        checked = {"expressionWarnings": found} if found else {}
        status = {"observedGeneration": policy.metadata.generation, "typeChecking": checked}
        body = {
            "apiVersion": _VERSION,
            "kind": "ValidatingAdmissionPolicy",
            "metadata": {"name": name},
            "status": status,
        }
        request = Request(
            "patch",
            _RESOURCE,
            name=name,
            body=body,
            api_version=_VERSION,
            patch_type="apply",
            subresource="status",
            manager=self.title,
            force=True,
        )
        self.api.send(request, self.then(self.written, name))

    def written(self, reply: Reply, name: str) -> None:
        """It is reported, or the policy is gone; or that did not come off."""
        if reply.ok or reply.reason == "NotFound":
            self.queue.done(name)
        else:
            self.queue.retry(name)


def _observed(policy: ValidatingAdmissionPolicy) -> int:
    found = mapping(policy.status).get("observedGeneration")
    return found if type(found) is int else 0
