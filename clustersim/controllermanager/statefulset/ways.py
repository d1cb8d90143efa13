"""What the StatefulSet controller of each release does in its own way."""

from typing import Final

import msgspec


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """One release.

    source, workers: what its Events say they come from, and how many sets it looks at at once.
    recreates: what has failed is created again in the same walk; otherwise it is waited until its object is
    gone, and what has ended well is treated alike.
    capitalised: its Events begin with a capital letter.
    counts_as_it_goes: the pods that it has just created and deleted are in the status that it writes then.
    counts_apart: a pod of the current revision is not counted as updated, too.
    counts_available: pods that are available are counted.
    counts_collisions: how often the name of a revision was taken is kept, and revisions carry the
    annotations of their set.
    minds_claims: it says who owns claims, makes those that a pending pod has lost, and gives them the labels
    of their templates, too.
    labels_pods: labels tell the name and the number of a pod, and are put right.
    awaits_initialized: a pod whose annotation pod.alpha.kubernetes.io/initialized says no is not ready.
    """

    source: str
    workers: int
    recreates: bool
    capitalised: bool
    counts_as_it_goes: bool
    counts_apart: bool
    counts_available: bool
    counts_collisions: bool
    minds_claims: bool
    labels_pods: bool
    awaits_initialized: bool


V1_7: Final = Ways(
    source="statefulset",
    workers=1,
    recreates=True,
    capitalised=False,
    counts_as_it_goes=True,
    counts_apart=True,
    counts_available=False,
    counts_collisions=False,
    minds_claims=False,
    labels_pods=False,
    awaits_initialized=True,
)
"""v1.7.5."""

V1_8: Final = msgspec.structs.replace(V1_7, counts_collisions=True, awaits_initialized=False)
"""v1.8.0."""

V1_36: Final = Ways(
    source="statefulset-controller",
    workers=5,
    recreates=False,
    capitalised=True,
    counts_as_it_goes=False,
    counts_apart=False,
    counts_available=True,
    counts_collisions=True,
    minds_claims=True,
    labels_pods=True,
    awaits_initialized=False,
)
"""v1.36.2."""

WAYS: Final = {"v1.7": V1_7, "v1.8": V1_8, "v1.36": V1_36}
