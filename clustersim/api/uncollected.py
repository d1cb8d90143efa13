"""Kinds whose objects the garbage collector of this model does not look at: nobody would take its finalizers
off them. Added kinds are a matter of their own (controllermanager/addedkinds.py)."""

from typing import Final

from clustersim.api.kept_resources import KEPT

UNCOLLECTED: Final = frozenset(("events", "namespaces", *(resource.plural for resource in KEPT)))
"""What owns nothing here and is owned by nothing, and changes often or is only kept (v1.36 ignores Events as
well)."""
UNCOLLECTED_ONCE: Final = UNCOLLECTED | {"leases", "nodes"}
"""In v1.7 and v1.8, where nothing belongs to a node; today its Lease does, and the mirrors of static pods."""
