"""The refusals of api/errors.py, by the name that the API server knows them."""

from clustersim.api.errors import ApiError, already_exists, conflict, forbidden, invalid, not_found

__all__ = ["ApiError", "already_exists", "conflict", "forbidden", "invalid", "not_found"]
