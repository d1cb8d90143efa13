"""What differs between the releases of the API server in what it makes of objects: what it fills in, and what
it adds to them by itself."""

from typing import Any, Final

import msgspec

from clustersim.api.definitions import CustomObject
from clustersim.api.registry import resource_of
from clustersim.api.uncollected import UNCOLLECTED, UNCOLLECTED_ONCE


class ApiTraits(msgspec.Struct, frozen=True, kw_only=True):
    """One release.

    backoff_limit: failures that a Job bears if it does not say; None: it has no such limit.
    affinity_timeout: a Service whose clients stay with a pod says for how long.
    traffic_annotation: a Service may say by annotations where traffic from outside goes.
    reclaim_policy: a StorageClass says what becomes of its volumes.
    least_budget: a PodDisruptionBudget that names no number keeps one pod.
    selector_as_map: a Scale shows a selector by labels as these, not as text.
    template_generation: a DaemonSet counts the changes of its template in its specification; otherwise in an
    annotation, for old clients.
    of_today: what the fields that came after v1.8 hold by default.
    warns: it warns whoever asks for something deprecated.
    manages_fields: it remembers who has set which field.
    given_objects: flow schemas, priority levels, API services and ranges of addresses are there from the
    beginning.
    marks_evicted: pods that are evicted say so, and those that are not ready cost their budget nothing.
    uncollected: kinds that its garbage collector does not look at; collects_added_kinds: it looks at these.
    """

    backoff_limit: int | None = 6
    affinity_timeout: bool = True
    traffic_annotation: bool = False
    reclaim_policy: bool = True
    least_budget: bool = False
    selector_as_map: bool = False
    template_generation: bool = False
    of_today: bool = True
    warns: bool = True
    manages_fields: bool = True
    given_objects: bool = True
    marks_evicted: bool = True
    uncollected: frozenset[str] = UNCOLLECTED
    collects_added_kinds: bool = True

    def collects(self, obj: Any) -> bool:
        """The garbage collector looks at such an object: it may wait for it."""
        if isinstance(obj, CustomObject):
            return self.collects_added_kinds
        return resource_of(obj).plural not in self.uncollected


V1_8: Final = ApiTraits(
    least_budget=True,
    selector_as_map=True,
    template_generation=True,
    of_today=False,
    warns=False,
    manages_fields=False,
    given_objects=False,
    marks_evicted=False,
    uncollected=UNCOLLECTED_ONCE,
)
V1_7: Final = msgspec.structs.replace(
    V1_8,
    backoff_limit=None,
    affinity_timeout=False,
    traffic_annotation=True,
    reclaim_policy=False,
    collects_added_kinds=False,
)

TRAITS: Final = {"v1.7": V1_7, "v1.8": V1_8, "v1.36": ApiTraits()}
"""By release."""
