"""What the API server looks at when it is asked for its health.

Names and order of v1.36.2: its own answers to /livez?verbose and /readyz?verbose; that etcd counts for
readyz, too, is staging/src/k8s.io/apiserver/pkg/server/options/etcd.go. v1.7.5: pkg/master.
"""

from typing import Final

from clustersim.engine.serving import Checks

_HOOKS_OF_OLD: Final = (
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/bootstrap-controller",
    "poststarthook/ca-registration",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-status-available-controller",
    "autoregister-completion",
)

_HOOKS: Final = (
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/peer-endpoint-reconciler-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/storage-readiness",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-wait-for-first-sync",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
)


def checks_of_old(path: str, *, etcd: bool) -> Checks | None:
    """v1.7 and v1.8 know /healthz alone. etcd: it answers."""
    return _select(path, {"/healthz": (("ping", True), ("etcd", etcd), *_well(*_HOOKS_OF_OLD))})


def checks_of_today(path: str, *, etcd: bool) -> Checks | None:
    """v1.36: /livez says whether to restart it, /readyz whether to send it requests; /healthz is of old."""
    first = _well("ping", "log")
    alive = (*first, *_well("loopback-serving-certificate"), ("etcd", etcd), *_well(*_HOOKS))
    ready = (
        *first,
        ("etcd", etcd),
        ("etcd-readiness", etcd),
        *_well("informer-sync", *_HOOKS, "shutdown"),
    )
    return _select(path, {"/healthz": alive, "/livez": alive, "/readyz": ready})


def _well(*names: str) -> Checks:
    return tuple((name, True) for name in names)


def _select(path: str, known: dict[str, Checks]) -> Checks | None:
    """All checks of a path, or the one that stands behind it: /livez/etcd."""
    for root, checks in known.items():
        if path == root:
            return checks
        if path.startswith(f"{root}/"):
            one = tuple(check for check in checks if check[0] == path.removeprefix(f"{root}/"))
            return one or None
    return None
