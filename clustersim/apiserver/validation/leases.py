"""Validation of Leases (pkg/apis/coordination/validation/validation.go)."""

from clustersim.api.coordination import Lease
from clustersim.apiserver.validation.errors import FieldErrors


def check_lease(errors: FieldErrors, lease: Lease) -> None:
    """The duration is positive, and the count of transitions is not negative."""
    seconds = lease.spec.lease_duration_seconds
    if seconds is not None and seconds <= 0:
        errors.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0")
    transitions = lease.spec.lease_transitions
    if transitions is not None and transitions < 0:
        errors.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0")
