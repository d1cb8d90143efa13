"""Why something happened, why it has not happened yet, and what would have happened otherwise.

Nothing here acts: it reads the causal record and asks the components' own predicates.
"""

from clustersim.explain.why import Chain, Link, why

__all__ = ["Chain", "Link", "why"]
