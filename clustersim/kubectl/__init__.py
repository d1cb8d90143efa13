"""What kubectl of each release prints: tables of `kubectl get`, word for word."""

from clustersim.kubectl.table import print_table

__all__ = ["print_table"]
