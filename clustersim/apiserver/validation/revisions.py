"""Validation of ControllerRevisions (pkg/apis/apps/validation/validation.go)."""

from typing import Any

import msgspec

from clustersim.api.apps import ControllerRevision
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors


def check_revision(errors: FieldErrors, revision: ControllerRevision) -> None:
    """The number of a revision is not negative."""
    errors.not_negative("revision", revision.revision)


def check_new_revision(errors: FieldErrors, revision: ControllerRevision) -> None:
    """The data of a new revision is an object (since v1.36)."""
    check_revision(errors, revision)
    if not errors.modern:
        return
    if revision.data is None:
        errors.required("data", "data is mandatory")
    elif not isinstance(revision.data, dict):
        errors.required("data", "data must be a valid JSON object")


def check_revision_update(errors: FieldErrors, old: ControllerRevision, new: ControllerRevision) -> None:
    """What it keeps stays; it is compared as JSON, whose lists a controller has in another form."""
    if _as_json(old.data) != _as_json(new.data):
        errors.invalid("data", new.data, IMMUTABLE)


def _as_json(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
