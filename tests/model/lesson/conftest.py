"""Its tests begin where a cluster stands at time zero."""

from tests.model.booted import booted_once

__all__ = ["booted_once"]
