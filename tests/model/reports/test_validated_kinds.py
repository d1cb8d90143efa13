"""What the API server refuses of volumes, workloads and of kinds that little acts upon, and what of them may
not change, in its own words.

Source: as in test_validated.py.
"""

import pytest

from tests.model.reports.typed import at, cluster_of, typed


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("{key: a, path: /abs}", 'items[0].path: Invalid value: "/abs": must be a relative path'),
        ("{key: a, path: x/../y}", "items[0].path: Invalid value: \"x/../y\": must not contain '..'"),
        ("{key: a, path: ..x}", "items[0].path: Invalid value: \"..x\": must not start with '..'"),
        ("{key: '', path: x}", "items[0].key: Required value"),
        ("{key: a, path: x, mode: 9999}", "items[0].mode: Invalid value: 9999: must be a number between 0"),
    ],
)
def test_files_of_a_volume_stay_inside_of_it(release: str, item: str, told: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    printed = typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        f"  volumes: [{{name: v, configMap: {{name: c, items: [{item}]}}}}]\n"
        "  containers: [{name: a, image: nginx}]\n",
    )
    assert f"spec.volumes[0].configMap.{told}" in printed


@pytest.mark.parametrize(("release", "version"), [("v1.8", "apps/v1beta2"), ("v1.36", "apps/v1")])
@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"])
def test_a_workload_without_a_selector_selects_nothing_also_not_its_own_template(
    release: str, version: str, kind: str
) -> None:
    """kk issue 51133."""
    manifest = f"""kubectl create -f -
apiVersion: {version}
kind: {kind}
metadata: {{name: web}}
spec:
  {"serviceName: x" if kind == "StatefulSet" else "{}"}
  template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: a, image: nginx}}]}}}}
""".replace("  {}\n", "")
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    shown = '{"app":"web"}' if release == "v1.36" else 'map[string]string{"app":"web"}'
    labels = (
        f"spec.template.metadata.labels: Invalid value: {shown}: `selector` does not match template `labels`"
    )
    told = f"\n* spec.selector: Required value\n* {labels}" if kind != "DaemonSet" else labels
    assert typed(cluster, manifest) == f'The {kind} "web" is invalid: {told}'
    empty = typed(cluster, manifest.replace("  template:", "  selector: {}\n  template:"))
    named = "deployment" if kind == "ReplicaSet" else kind.lower()
    assert f"empty selector is {'invalid' if release == 'v1.36' else 'not valid'} for {named}" in empty


POLICY = "networking.k8s.io/v1", "NetworkPolicy"
FAULTY_TODAY = [
    (*POLICY, "spec: {podSelector: {}, policyTypes: [Foo]}", "spec.policyTypes[0]: Unsupported value"),
    (
        *POLICY,
        "spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/9]}}]}]}",
        "spec.ingress[0].from[0].ipBlock.except[0]: "
        'Invalid value: "11.0.0.0/9": must be a strict subset of `cidr`',
    ),
    (*POLICY, "spec: {podSelector: {}, egress: [{to: [{}]}]}", "spec.egress[0].to[0]: Required value: must"),
    (
        *POLICY,
        "spec: {podSelector: {}, egress: [{ports: [{port: 80, endPort: 70}]}]}",
        "spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`",
    ),
    (
        *POLICY,
        "spec: {podSelector: {}, ingress: [{ports: [{protocol: ICMP}]}]}",
        'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP"',
    ),
    (
        "networking.k8s.io/v1",
        "Ingress",
        "spec: {rules: [{host: 1.2.3.4}]}",
        'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
    ),
    (
        "networking.k8s.io/v1",
        "Ingress",
        "spec: {rules: [{host: '*.*.com'}]}",
        'spec.rules[0].host: Invalid value: "*.*.com": a wildcard DNS-1123 subdomain must start with',
    ),
    (
        "policy/v1",
        "PodDisruptionBudget",
        "spec: {minAvailable: 1, unhealthyPodEvictionPolicy: X, selector: {matchLabels: {a: b}}}",
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "X": supported values: "AlwaysAllow", ',
    ),
    (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "spec: {maxReplicas: 2, metrics: [{type: Resource}], "
        "scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}}",
        "spec.metrics[0].resource: Required value: must populate information for the given metric source",
    ),
    (
        "storage.k8s.io/v1",
        "StorageClass",
        "{provisioner: a/b, volumeBindingMode: Foo}",
        'volumeBindingMode: Unsupported value: "Foo": supported values: "Immediate", "WaitForFirstConsumer"',
    ),
    (
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "{addressType: IPv4, endpoints: [{addresses: [127.0.0.1]}]}",
        'endpoints[0].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range',
    ),
    ("node.k8s.io/v1", "RuntimeClass", "handler: A_B", 'handler: Invalid value: "A_B": a lowercase RFC 1123'),
    (
        "batch/v1",
        "Job",
        "spec: {podFailurePolicy: {rules: [{action: FailJob}]}, template: {spec: {restartPolicy: Never, "
        "containers: [{name: a, image: x}]}}}",
        "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is",
    ),
]


@pytest.mark.parametrize(("version", "kind", "rest", "told"), FAULTY_TODAY)
def test_kinds_that_little_acts_upon_are_validated_too(version: str, kind: str, rest: str, told: str) -> None:
    rest = rest[1:-1].replace(", volume", "\nvolume").replace(", end", "\nend") if rest[0] == "{" else rest
    manifest = f"kubectl create -f -\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n{rest}\n"
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert typed(cluster, manifest).startswith(f'The {kind} "x" is invalid: {told}')


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_secrets_for_logins_need_what_one_logs_in_with(release: str) -> None:
    """The unfilled %s of v1.7 and v1.8 is Kubernetes' own."""
    place = "data" if release == "v1.36" else "data[%s]"
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    secret = "kubectl create -f -\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: YQ==}\ntype: "
    assert typed(cluster, f"{secret}kubernetes.io/basic-auth") == (
        f'The Secret "s" is invalid: \n* {place}[username]: Required value\n'
        f"* {place}[password]: Required value"
    )
    assert typed(cluster, f"{secret}kubernetes.io/ssh-auth").endswith(
        f"{place}[ssh-privatekey]: Required value"
    )
    told = typed(cluster, f"{secret}kubernetes.io/basic-auth".replace("{a:", "{password:"))
    assert told.endswith("created")


@pytest.mark.parametrize(("release", "why"), [("v1.7", "a from type"), ("v1.8", "a from type")])
def test_a_policy_of_the_old_releases_names_peers(release: str, why: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    told = typed(
        cluster,
        "kubectl create -f -\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\n"
        "spec: {podSelector: {}, ingress: [{from: [{}]}]}\n",
    )
    assert (
        told
        == f'The NetworkPolicy "x" is invalid: spec.ingress[0].from[0]: Required value: must specify {why}'
    )


OLD_AND_NEW = [
    ("v1.7", ""),
    ("v1.8", " (or configSource, if the DynamicKubeletConfig feature gate is enabled)"),
]


@pytest.mark.parametrize(("release", "gate"), OLD_AND_NEW)
def test_the_address_range_of_a_node_stays(release: str, gate: str) -> None:
    """[] is Kubernetes' own name of the whole (inspursoft/board issue 446)."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    patch = 'kubectl patch node n1 -p \'{"spec":{"podCIDR":"10.%d.0.0/24"}}\''
    assert "patched" in typed(cluster, patch % 1)
    assert typed(cluster, patch % 2) == (
        f'The Node "n1" is invalid: \n* spec.podCIDR: Forbidden: node updates may not change podCIDR except '
        f'from "" to valid\n* []: Forbidden: node updates may only change labels, taints, or capacity{gate}'
    )


def test_today_only_the_range_itself_is_told() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    patch = 'kubectl patch node n1 -p \'{"spec":{"podCIDR":"10.%d.0.0/24"}}\''
    assert "patched" in typed(cluster, patch % 1)
    assert typed(cluster, patch % 2) == (
        'The Node "n1" is invalid: spec.podCIDRs: Forbidden: node updates may not change podCIDR except '
        'from "" to valid'
    )


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_storage_class_stays_as_it_was_made(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: sc}\n"
        "provisioner: a/b\nparameters: {a: b}\n",
    )
    assert typed(cluster, 'kubectl patch sc sc -p \'{"parameters":{"a":"c"}}\'') == (
        'The StorageClass "sc" is invalid: parameters: Forbidden: updates to parameters are forbidden.'
    )
    assert typed(cluster, 'kubectl patch sc sc -p \'{"provisioner":"x/y"}\'') == (
        'The StorageClass "sc" is invalid: provisioner: Forbidden: updates to provisioner are forbidden.'
    )
    assert "labeled" in typed(cluster, "kubectl label sc sc a=b")


@pytest.mark.parametrize(("release", "moved"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_today_a_volume_stays_where_it_is(release: str, moved: bool) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: pv}\nspec: "
        "{capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /a}}\n",
    )
    told = typed(cluster, 'kubectl patch pv pv -p \'{"spec":{"hostPath":{"path":"/b"}}}\'')
    assert ("patched" in told) == moved
    assert moved or "spec.persistentvolumesource is immutable after creation" in told
    reclaim = '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}'
    assert "patched" in typed(cluster, f"kubectl patch pv pv -p '{reclaim}'")


@pytest.mark.parametrize(("release", "version"), [("v1.7", "apps/v1beta1"), ("v1.8", "apps/v1beta2")])
def test_old_stateful_sets_find_what_is_wrong_with_their_pods_when_they_make_them(
    release: str, version: str
) -> None:
    # kk issue 64321; v1.7.5, v1.8.0 pkg/apis/apps/validation ValidatePodTemplateSpecForStatefulSet
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    manifest = (
        f"kubectl create -f -\napiVersion: {version}\nkind: StatefulSet\nmetadata: {{name: db}}\nspec:\n"
        "  serviceName: db\n  selector: {matchLabels: {a: b}}\n"
        "  template: {metadata: {labels: {a: b}}, spec: {"
    )
    spec = "containers: [{name: c, image: nginx, volumeMounts: [{name: data, mountPath: /d}]}]}}\n"
    assert typed(cluster, manifest + spec) == 'statefulset "db" created'
    at(cluster, "5s")
    assert "No resources" in typed(cluster, "kubectl get pods")
    told = typed(cluster, "kubectl describe sts db")
    wrong = 'Pod "db-0" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"'
    assert f"create Pod db-0 in StatefulSet db failed error: {wrong}" in told
    refused = typed(cluster, manifest.replace("name: db", "name: x", 1) + f"activeDeadlineSeconds: 9, {spec}")
    assert "spec.spec.activeDeadlineSeconds: Invalid value: 9: must not be specified" in refused


def test_today_they_are_refused_at_once() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    told = typed(
        cluster,
        "kubectl create -f -\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n"
        "  selector: {matchLabels: {a: b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: "
        "[{name: c, image: nginx, volumeMounts: [{name: data, mountPath: /d}]}]}}\n",
    )
    assert 'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"' in told
