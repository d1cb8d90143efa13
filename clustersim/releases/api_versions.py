"""What `kubectl api-versions` prints of a cluster with default flags.

v1.7.5, v1.8.0 and v1.36.2: asked of the running kube-apiserver. v1.9.0: read from the list of versions that
are enabled by default, with the two groups of the built-in extension and aggregation servers.
"""

from typing import Final

_V1_7: Final = (
    "apiextensions.k8s.io/v1beta1",
    "apiregistration.k8s.io/v1beta1",
    "apps/v1beta1",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "batch/v1",
    "certificates.k8s.io/v1beta1",
    "extensions/v1beta1",
    "networking.k8s.io/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "rbac.authorization.k8s.io/v1beta1",
    "settings.k8s.io/v1alpha1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "v1",
)

_GONE_IN_V1_8: Final = ("rbac.authorization.k8s.io/v1alpha1", "settings.k8s.io/v1alpha1")
_NEW_IN_V1_8: Final = (
    "apps/v1beta2",
    "autoscaling/v2beta1",
    "batch/v1beta1",
    "rbac.authorization.k8s.io/v1",
)
_NEW_IN_V1_9: Final = ("admissionregistration.k8s.io/v1beta1", "apps/v1", "events.k8s.io/v1beta1")

_V1_8: Final = tuple(sorted([*(one for one in _V1_7 if one not in _GONE_IN_V1_8), *_NEW_IN_V1_8]))

API_VERSIONS: Final[dict[str, tuple[str, ...]]] = {
    "v1.7.5": _V1_7,
    "v1.8.0": _V1_8,
    "v1.9.0": tuple(sorted([*_V1_8, *_NEW_IN_V1_9])),
    "v1.36.2": (
        "admissionregistration.k8s.io/v1",
        "apiextensions.k8s.io/v1",
        "apiregistration.k8s.io/v1",
        "apps/v1",
        "authentication.k8s.io/v1",
        "authorization.k8s.io/v1",
        "autoscaling/v1",
        "autoscaling/v2",
        "batch/v1",
        "certificates.k8s.io/v1",
        "coordination.k8s.io/v1",
        "discovery.k8s.io/v1",
        "events.k8s.io/v1",
        "flowcontrol.apiserver.k8s.io/v1",
        "networking.k8s.io/v1",
        "node.k8s.io/v1",
        "policy/v1",
        "rbac.authorization.k8s.io/v1",
        "resource.k8s.io/v1",
        "scheduling.k8s.io/v1",
        "storage.k8s.io/v1",
        "v1",
    ),
}
"""By the version of the release, oldest first; each list in the order it is printed."""

ADD_ONS: Final = ("bitnami.com/v1alpha1", "k8s.io/v1")
"""What the list of the cluster in the source post has beside that of v1.7.5."""
