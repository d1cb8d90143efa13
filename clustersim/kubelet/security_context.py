"""Whether a container may run as the user that it would run as (v1.7.5, v1.36.2
pkg/kubelet/kuberuntime/security_context.go verifyRunAsNonRoot).

Images are not modelled file by file: of an image it is taken that it runs as root, unless its name is known
for another user.
"""

from typing import Final

from clustersim.api.core_v1 import Container, Pod

ROOT: Final = 0

USERS: Final[tuple[tuple[str, int | str], ...]] = (
    ("bitnami/", 1001),
    ("nginx-unprivileged", 101),
    ("nonroot", 65532),
    ("grafana/grafana", 472),
    ("prom/", "nobody"),
    ("jenkins/jenkins", "jenkins"),
    ("pause", 65535),
    ("jetstack/cert-manager-", 1000),
    ("metrics-server/metrics-server", 65534),
    ("prometheus-adapter/prometheus-adapter", 65534),
)
"""Parts of images' names, and the USER of those images: a number, or a name that says nothing of it."""


def refused_user(pod: Pod, spec: Container, *, verifies_names: bool) -> str:
    """Why runAsNonRoot keeps the container from being made; empty if it does not. verifies_names: a user that
    the image only names is refused; before, it was let through."""
    own, common = spec.security_context, pod.spec.security_context
    contexts = [context for context in (own, common) if context is not None]
    asked = next((one.run_as_non_root for one in contexts if one.run_as_non_root is not None), False)
    if not asked:
        return ""
    chosen = next((one.run_as_user for one in contexts if one.run_as_user is not None), None)
    if chosen is not None:
        return "container's runAsUser breaks non-root policy" if chosen == ROOT else ""
    user = next((user for part, user in USERS if part in spec.image), ROOT)
    if user == ROOT:
        return "container has runAsNonRoot and image will run as root"
    if isinstance(user, str) and verifies_names:
        return (
            f"container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is "
            "non-root"
        )
    return ""
