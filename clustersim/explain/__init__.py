"""Why something happened, why it has not happened yet, and what would have happened otherwise.

Nothing here acts: it reads the causal record and asks the components' own predicates.
"""

from clustersim.explain.armed_rules import ArmedRule
from clustersim.explain.why import Chain, Link, Setting, why
from clustersim.explain.why_not import why_not

__all__ = ["ArmedRule", "Chain", "Link", "Setting", "why", "why_not"]
