"""DynamicResources: the devices that a pod claims. Nobody makes devices known here, so no claim is ever
allocated: what is said of that is all there is.

Source: v1.36 pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go.
"""

from clustersim.api.devices import objection, requests_of
from clustersim.api.kept import DeviceClass, ResourceClaim
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import ClusterEvent, Filter, Plugin, Snapshot, Status


class DynamicResources(Plugin):
    """Looks at ResourceClaims and DeviceClasses."""

    name = "DynamicResources"

    def filter(self, asked: Candidate, snapshot: Snapshot) -> Filter | Status | None:
        pod, devices = asked.pod, snapshot.devices
        if not pod.spec.resource_claims:
            return None
        if why := objection(pod, devices.claims):
            return self.no(why, final=True)
        wanted = [one for claim in devices.of(pod) for one in requests_of(claim)]
        for request, name in wanted:
            if name not in devices.classes:
                return self.no(f"request {request}: device class {name} does not exist", final=True)
        not_to_be_had = self.no("cannot allocate all claims", final=True)

        def check(info: NodeInfo) -> Status | None:
            return not_to_be_had

        return check if wanted else None

    def may_help(self, asked: Candidate, event: ClusterEvent) -> bool:
        if isinstance(event.new, DeviceClass):
            return True
        if isinstance(event.new, ResourceClaim):
            return event.old is None and event.new.metadata.namespace == asked.pod.metadata.namespace
        return event.node("labels", "allocatable") is not None
