"""PriorityClass."""

from clustersim.api.meta import ApiObject, Int32, written


class PriorityClass(ApiObject, frozen=True, kw_only=True):
    """A name for a priority."""

    description: str = ""
    global_default: bool = False
    preemption_policy: str = ""
    value: Int32 = written(0)
