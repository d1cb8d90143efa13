"""What `kubectl describe` prints in v1.7 and v1.8."""

from clustersim.kubectl.describe.objects import DESCRIBED, describe

__all__ = ["DESCRIBED", "describe"]
