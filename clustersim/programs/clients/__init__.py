"""Programs in pods that work with the API: what they look at, and what they write."""

from clustersim.programs.clients.client import ACCOUNT, Acts, ApiClient, Look, Means, Objects, Reconciler
from clustersim.programs.clients.known import client_of, reconciler

__all__ = [
    "ACCOUNT",
    "Acts",
    "ApiClient",
    "Look",
    "Means",
    "Objects",
    "Reconciler",
    "client_of",
    "reconciler",
]
