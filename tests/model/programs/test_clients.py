"""Programs of pods that work with the API, and the webhooks that they serve."""

import pytest

from clustersim import Cluster, seconds
from clustersim.api.core_v1 import (
    LoadBalancerIngress,
    LoadBalancerStatus,
    Service,
    ServiceSpec,
    ServiceStatus,
)
from clustersim.api.definitions import CustomObject
from clustersim.api.meta import ObjectMeta
from clustersim.cluster import Snapshot
from clustersim.engine.random import RandomStream
from clustersim.programs.clients import ApiClient, Look, Means, reconciler
from tests.model.reports.typed import cluster_of, typed

ADMISSION = """kubectl apply -f -
apiVersion: v1
kind: ServiceAccount
metadata: {name: admission}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: admission}
rules:
- {apiGroups: [""], resources: [secrets], verbs: [get, create]}
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  verbs: [get, update]
- {apiGroups: [""], resources: [services, events], verbs: [get, create]}
- {apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [list, watch]}
- {apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: admission}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admission}
subjects: [{kind: ServiceAccount, name: admission, namespace: default}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: controller}
spec: {ports: [{port: 443, targetPort: 8443}], selector: {app: controller}}
---
apiVersion: v1
kind: Pod
metadata: {name: controller, labels: {app: controller}}
spec:
  serviceAccountName: admission
  containers:
  - name: controller
    image: registry.k8s.io/ingress-nginx/controller:v1.15.1
    args: [/nginx-ingress-controller, --publish-service=default/controller]
    ports: [{containerPort: 8443}]
    volumeMounts: [{name: cert, mountPath: /usr/local/certificates}]
  volumes: [{name: cert, secret: {secretName: admission}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: admission}
webhooks:
- name: validate.nginx.ingress.kubernetes.io
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {name: controller, namespace: default, path: /networking/v1/ingresses}}
  rules:
  - {apiGroups: [networking.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [ingresses]}
"""
CERTGEN = """kubectl apply -f -
apiVersion: batch/v1
kind: Job
metadata: {name: VERB}
spec:
  backoffLimit: 0
  template:
    spec:
      serviceAccountName: ACCOUNT
      restartPolicy: Never
      containers:
      - name: certgen
        image: registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.9
        args: [VERB, --host=controller, --namespace=$(NAMESPACE), --secret-name=admission,
               --webhook-name=admission, --patch-mutating=false]
        env: [{name: NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]
"""
INGRESS = """kubectl apply -f -
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: NAME}
spec:
  ingressClassName: nginx
  rules:
  - host: shop
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: tomcat, port: {number: 8080}}}}]}
"""
POSTED = 'Post "https://controller.default.svc:443/networking/v1/ingresses?timeout=10s"'


def certgen(cluster: Cluster, verb: str, account: str = "admission") -> None:
    typed(cluster, CERTGEN.replace("VERB", verb).replace("ACCOUNT", account))
    cluster.run_until(cluster.now + seconds(8))


def ingress(cluster: Cluster, name: str) -> str:
    return typed(cluster, INGRESS.replace("NAME", name))


@pytest.fixture(scope="module")
def _waiting() -> Snapshot:
    cluster = cluster_of("release: v1.36\nnodes: 3\n")
    typed(cluster, ADMISSION)
    cluster.run_until(cluster.now + seconds(3))
    return cluster.snapshot()


@pytest.fixture
def waiting(_waiting: Snapshot) -> Cluster:
    """A controller that waits for its certificate."""
    return Cluster.restore(_waiting)


@pytest.fixture(scope="module")
def _ready(_waiting: Snapshot) -> Snapshot:
    cluster = Cluster.restore(_waiting)
    certgen(cluster, "create")
    certgen(cluster, "patch")
    typed(cluster, "kubectl delete ingress --all")
    cluster.run_until(cluster.now + seconds(40))
    assert ingress(cluster, "a").startswith("ingress.networking.k8s.io/a created")
    cluster.run_until(cluster.now + seconds(2))
    return cluster.snapshot()


@pytest.fixture
def ready(_ready: Snapshot) -> Cluster:
    """The same with its certificate, which the API server knows, and one Ingress."""
    return Cluster.restore(_ready)


def test_a_webhook_without_a_pod_that_is_ready_refuses_connections(waiting: Cluster) -> None:
    address = waiting.objects("services")["default/controller"].spec.cluster_ip
    why = f"{POSTED}: dial tcp {address}:443: connect: connection refused"
    hook = 'failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call webhook'
    told = ingress(waiting, "a")
    assert told.startswith("Error from server (InternalError)")
    assert f"Internal error occurred: {hook}: {why}" in told


def test_a_program_without_the_right_says_so_and_fails(waiting: Cluster) -> None:
    certgen(waiting, "create", "default")
    denied = 'cannot get resource \\"secrets\\" in API group \\"\\" in the namespace \\"default\\"'
    log = typed(waiting, "kubectl logs job/create")
    assert f'User \\"system:serviceaccount:default:default\\" {denied}' in log
    assert waiting.objects("jobs")["default/create"].status.failed == 1


def test_a_job_makes_the_secret_that_a_pod_waits_for(waiting: Cluster) -> None:
    certgen(waiting, "create")
    assert [*waiting.objects("secrets")["default/admission"].data] == ["ca", "cert", "key"]
    assert '"msg":"creating new secret"' in typed(waiting, "kubectl logs job/create")
    waiting.run_until(waiting.now + seconds(40))
    assert waiting.objects("pods")["default/controller"].status.phase == "Running"
    unknown = "tls: failed to verify certificate: x509: certificate signed by unknown authority"
    assert f"{POSTED}: {unknown}" in ingress(waiting, "a")


def test_ingress_nginx_denies_a_path_that_another_ingress_has(ready: Cluster) -> None:
    denial = 'host "shop" and path "/" is already defined in ingress default/a'
    hook = 'admission webhook "validate.nginx.ingress.kubernetes.io" denied the request'
    assert ingress(ready, "b").endswith(f"{hook}: {denial}")


def test_ingress_nginx_tells_where_an_ingress_is_reached(ready: Cluster) -> None:
    points = ready.objects("ingresses")["default/a"].status.load_balancer.ingress
    assert [one.ip for one in points] == [ready.objects("services")["default/controller"].spec.cluster_ip]
    assert "Scheduled for sync" in typed(ready, "kubectl describe ingress a")


def test_a_webhook_on_a_dead_machine_is_waited_for(ready: Cluster) -> None:
    ready.machines[ready.objects("pods")["default/controller"].spec.node_name].state.powered = False
    assert f"{POSTED}: context deadline exceeded" in ingress(ready, "c")


def test_a_webhook_whose_service_is_gone_fails(ready: Cluster) -> None:
    typed(ready, "kubectl delete service controller")
    assert f'{POSTED}: service "controller" not found' in ingress(ready, "c")


# --- MetalLB ------------------------------------------------------------------------------------------------

CLIENT = ApiClient(
    "metallb/controller", "system:serviceaccount:metallb-system:controller", "metallb-system", "c"
)


def pool(name: str, *addresses: str, auto: bool = True) -> CustomObject:
    content = {"spec": {"addresses": list(addresses), "autoAssign": auto}}
    metadata = ObjectMeta(name=name, namespace="metallb-system")
    return CustomObject(metadata=metadata, resource="ipaddresspools.metallb.io", content=content)


def balancer(name: str, ip: str = "", **annotations: str) -> Service:
    points = (LoadBalancerIngress(ip=ip),) if ip else ()
    notes = {f"metallb.io/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return Service(
        metadata=ObjectMeta(name=name, namespace="default", annotations=notes),
        spec=ServiceSpec(type="LoadBalancer", cluster_ip="10.0.0.9"),
        status=ServiceStatus(load_balancer=LoadBalancerStatus(ingress=points)),
    )


def written(pools: tuple[CustomObject, ...], *services: Service) -> list[str]:
    """What MetalLB's controller makes of Services: addresses, and what it says."""
    program = reconciler(CLIENT.program)
    seen: dict[Look, object] = {look: None if look.name else () for look in program.looks(CLIENT)}
    seen |= {Look("services"): services, Look("ipaddresspools.metallb.io", "metallb-system"): pools}
    acts = program.acts(CLIENT, seen, Means(0, RandomStream(1, "x", {})))
    return [
        request.body.message
        if request.resource == "events"
        else ",".join(one.ip for one in request.body.status.load_balancer.ingress)
        for request in acts.requests
    ]


FIRST, SECOND = pool("first", "10.1.0.1-10.1.0.2"), pool("second", "10.2.0.0/24", auto=False)


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ((balancer("a"),), ['Assigned IP ["10.1.0.1"]', "10.1.0.1"]),
        (
            (balancer("a", "10.1.0.1", ip_allocated_from_pool="first"), balancer("b")),
            ['Assigned IP ["10.1.0.2"]', "10.1.0.2"],
        ),
        ((balancer("a", address_pool="second"),), ['Assigned IP ["10.2.0.0"]', "10.2.0.0"]),
        ((balancer("a", address_pool="x"),), ['Failed to allocate IP for "default/a": unknown pool "x"']),
        (
            (balancer("a", loadBalancerIPs="10.9.0.1"),),
            ['Failed to allocate IP for "default/a": ["10.9.0.1"] is not allowed in config'],
        ),
        (
            (balancer("a", "10.9.0.1", ip_allocated_from_pool="gone"),),
            ['Assigned IP ["10.1.0.1"]', "10.1.0.1"],
        ),
    ],
)
def test_metallb_gives_addresses_of_its_pools(services: tuple[Service, ...], expected: list[str]) -> None:
    assert written((FIRST, SECOND), *services) == expected


def test_metallb_says_where_all_addresses_are_given() -> None:
    taken = [balancer(name, f"10.1.0.{name}", ip_allocated_from_pool="first") for name in "12"]
    assert written((FIRST,), *taken, balancer("c")) == [
        'Failed to allocate IP for "default/c": no available IPs'
    ]


def test_pools_of_metallb_share_no_address() -> None:
    program = reconciler(CLIENT.program)
    why = program.objects_to(CLIENT, "", pool("x", "10.1.0.0/24"), lambda resource: (FIRST, SECOND))
    assert why == 'CIDR "10.1.0.0/24" in pool "x" overlaps with already defined CIDR "10.1.0.1/32"'
    assert not program.objects_to(CLIENT, "", pool("x", "10.3.0.0/24"), lambda resource: (FIRST, SECOND))
