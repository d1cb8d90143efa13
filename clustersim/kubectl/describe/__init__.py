"""What `kubectl describe` prints in each release."""

from clustersim.kubectl.describe.objects import describe

__all__ = ["describe"]
