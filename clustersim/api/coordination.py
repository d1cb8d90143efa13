"""Lease."""

from clustersim.api.meta import ApiObject, ApiStruct, Int32, MicroTime


class LeaseSpec(ApiStruct, frozen=True, kw_only=True):
    """Who holds it, since when and for how long."""

    acquire_time: MicroTime = ""
    holder_identity: str = ""
    lease_duration_seconds: Int32 | None = None
    lease_transitions: Int32 | None = None
    preferred_holder: str = ""
    renew_time: MicroTime = ""
    strategy: str = ""


class Lease(ApiObject, frozen=True, kw_only=True):
    """A lock with a holder, or a node's heartbeat."""

    spec: LeaseSpec = LeaseSpec()
