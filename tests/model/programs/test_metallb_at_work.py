"""MetalLB in a cluster: its controller gives addresses, and its speakers tell them."""

import pytest

from clustersim import Cluster, seconds
from clustersim.cluster import Snapshot
from tests.model.reports.typed import cluster_of, typed


def _definition(plural: str, kind: str) -> str:
    return f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.metallb.io}}
spec:
  group: metallb.io
  scope: Namespaced
  names: {{kind: {kind}, plural: {plural}}}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
---"""


METALLB = f"""kubectl apply -f -
apiVersion: v1
kind: Namespace
metadata: {{name: metallb-system}}
---{_definition("ipaddresspools", "IPAddressPool")}{_definition("l2advertisements", "L2Advertisement")}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: controller}}
rules:
- {{apiGroups: [""], resources: [secrets], verbs: [get, update]}}
- {{apiGroups: [""], resources: [services, namespaces], verbs: [get, list, watch]}}
- {{apiGroups: [""], resources: [services/status], verbs: [update]}}
- {{apiGroups: [""], resources: [events], verbs: [create]}}
- {{apiGroups: [apps], resources: [deployments], verbs: [get]}}
- {{apiGroups: [metallb.io], resources: [ipaddresspools], verbs: [get, list, watch]}}
- {{apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get]}}
- {{apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [get]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: controller}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: controller}}
subjects: [{{kind: ServiceAccount, name: default, namespace: metallb-system}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: controller, namespace: metallb-system}}
spec:
  selector: {{matchLabels: {{app: controller}}}}
  template:
    metadata: {{labels: {{app: controller}}}}
    spec:
      containers:
      - name: controller
        image: quay.io/metallb/controller:v0.15.2
        env:
        - {{name: METALLB_ML_SECRET_NAME, value: memberlist}}
        - {{name: METALLB_DEPLOYMENT, value: controller}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: speaker, namespace: metallb-system}}
spec:
  selector: {{matchLabels: {{app: speaker}}}}
  template:
    metadata: {{labels: {{app: speaker}}}}
    spec: {{containers: [{{name: speaker, image: "quay.io/metallb/speaker:v0.15.2"}}]}}
"""
FRR = """kubectl apply -f -
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: frr-k8s}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, update]}
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  verbs: [get, list, watch, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: frr-k8s}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: frr-k8s}
subjects: [{kind: ServiceAccount, name: default, namespace: default}]
---
apiVersion: v1
kind: Secret
metadata: {name: frr-k8s-webhook-server-cert}
---
apiVersion: v1
kind: Service
metadata: {name: frr}
spec: {ports: [{port: 443, targetPort: 19443}], selector: {app: frr}}
---
apiVersion: v1
kind: Pod
metadata: {name: cleaner, labels: {app: frr}}
spec:
  hostNetwork: true
  containers:
  - name: cleaner
    image: quay.io/metallb/frr-k8s:v0.0.25
    command: [/statuscleaner]
    args: [--namespace=$(NAMESPACE)]
    env: [{name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
    ports: [{containerPort: 19443}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: frr-k8s-validating-webhook-configuration}
webhooks:
- name: frr.metallb.io
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {name: frr, namespace: default}}
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
"""
POOL = """kubectl apply -f -
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: first, namespace: metallb-system}
spec: {addresses: [10.0.0.200-10.0.0.210]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: first, namespace: metallb-system}
"""
LB = "kubectl expose rc tomcat --name=web --port=80 --target-port=8080 --type=LoadBalancer"


@pytest.fixture(scope="module")
def _world() -> Snapshot:
    cluster = cluster_of("release: v1.36\nnodes: 3\n")
    typed(cluster, METALLB)
    typed(cluster, LB)
    cluster.run_until(cluster.now + seconds(15))
    return cluster.snapshot()


@pytest.fixture
def world(_world: Snapshot) -> Cluster:
    return Cluster.restore(_world)


def test_a_service_gets_an_address_as_soon_as_there_is_a_pool(world: Cluster) -> None:
    assert "<pending>" in typed(world, "kubectl get svc web")
    typed(world, POOL)
    world.run_until(world.now + seconds(2))
    assert "10.0.0.200" in typed(world, "kubectl get svc web")
    assert 'Assigned IP ["10.0.0.200"]' in typed(world, "kubectl describe svc web")
    assert typed(world, "curl -s http://10.0.0.200").startswith("tomcat-")


def test_what_it_may_not_write_keeps_it_from_nothing_else(world: Cluster) -> None:
    typed(world, POOL)
    world.run_until(world.now + seconds(2))
    assert "metallb-system/memberlist" not in world.objects("secrets")
    log = typed(world, "kubectl logs -n metallb-system deploy/controller")
    assert 'cannot create resource "secrets" in API group "" in the namespace "metallb-system"' in log
    assert world.objects("services")["default/web"].status.load_balancer.ingress


def test_nobody_tells_an_address_without_an_advertisement(world: Cluster) -> None:
    typed(world, POOL.partition("---")[0])
    world.run_until(world.now + seconds(2))
    assert "No route to host" in typed(world, "curl -s http://10.0.0.200")


def test_frr_k8s_in_the_network_of_its_machine_has_the_server_know_its_webhook(world: Cluster) -> None:
    typed(world, FRR)
    refused = typed(world, "kubectl create configmap early")
    assert refused.endswith("connect: connection refused")
    world.run_until(world.now + seconds(8))
    assert len(world.objects("secrets")["default/frr-k8s-webhook-server-cert"].data) == 4
    assert typed(world, "kubectl create configmap late") == "configmap/late created"
