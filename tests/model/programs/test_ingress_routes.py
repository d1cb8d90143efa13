"""Where ingress-nginx leads requests."""

import pytest

from clustersim import Cluster, seconds
from clustersim.api.decoding import decode_object
from clustersim.programs.clients import ApiClient
from clustersim.programs.clients.ingress_routes import Route, route
from tests.model.reports.typed import cluster_of, typed

CLIENT = ApiClient("ingress-nginx/controller", "u", "ingress-nginx", "c")


def ingress(name: str, *rules: tuple[str, str, str], **more: object) -> dict[str, object]:
    """rules: host, path with its type behind a space, and the Service."""
    told = []
    for host, place, service in rules:
        path, _space, kind = place.partition(" ")
        backend = {"service": {"name": service, "port": {"number": 80}}}
        paths = [{"path": path, "pathType": kind or "Prefix", "backend": backend}]
        told.append({**({"host": host} if host else {}), "http": {"paths": paths}})
    notes = more.pop("annotations", {})
    metadata = {"name": name, "namespace": "default", "annotations": notes}
    spec = {"ingressClassName": "nginx", "rules": told, **more}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec}


BELOW = {"nginx.ingress.kubernetes.io/rewrite-target": "/$2"}
ALL = (
    ingress("a", ("shop", "/", "front"), ("shop", "/cart", "cart"), ("shop", "/cart/pay Exact", "pay")),
    ingress("b", ("", "/any", "any"), ("*.wild", "/", "wild")),
    ingress("c", ("api", "/v1(/|$)(.*) ImplementationSpecific", "api"), annotations=BELOW),
    ingress("d", ("safe", "/", "safe"), tls=[{"hosts": ["safe"], "secretName": "s"}]),
)


def led(host: str, path: str, *, secure: bool = False) -> str:
    objects = [decode_object(plain, "v1.36").obj for plain in ALL]
    found: Route = route(
        CLIENT, lambda kind: objects if kind == "ingresses" else (), host, path, secure=secure
    )
    return found.status or f"{found.service}{found.path}"


@pytest.mark.parametrize(
    ("host", "path", "to"),
    [
        ("shop", "/", "front/"),
        ("SHOP", "/cartoon", "front/cartoon"),
        ("shop", "/cart/1", "cart/cart/1"),
        ("shop", "/cart/pay", "pay/cart/pay"),
        ("shop", "/any", "front/any"),
        ("other", "/any/x", "any/any/x"),
        ("other", "/", "404 Not Found"),
        ("x.wild", "/y", "wild/y"),
        ("x.y.wild", "/", "404 Not Found"),
        ("api", "/v1/users/3", "api/users/3"),
        ("api", "/v1", "api/"),
        ("api", "/v10", "404 Not Found"),
        ("safe", "/", "308 Permanent Redirect"),
    ],
)
def test_a_request_goes_where_its_host_and_path_lead(host: str, path: str, to: str) -> None:
    assert led(host, path) == to


def test_a_request_that_is_secure_is_not_redirected() -> None:
    assert led("safe", "/", secure=True) == "safe/"


WORLD = """kubectl apply -f -
apiVersion: v1
kind: Service
metadata: {name: controller}
spec: {type: NodePort, ports: [{name: http, port: 80, nodePort: 30080}], selector: {app: controller}}
---
apiVersion: v1
kind: Pod
metadata: {name: controller, labels: {app: controller}}
spec:
  containers:
  - name: controller
    image: registry.k8s.io/ingress-nginx/controller:v1.15.1
    args: [/nginx-ingress-controller]
    ports: [{name: http, containerPort: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a}
spec:
  ingressClassName: nginx
  rules:
  - host: shop
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: tomcat, port: {number: 8080}}}}
      - {path: /none, pathType: Prefix, backend: {service: {name: nothing, port: {number: 80}}}}
      - {path: /again, pathType: Prefix, backend: {service: {name: controller, port: {name: http}}}}
"""


@pytest.fixture(scope="module")
def world() -> Cluster:
    cluster = cluster_of("release: v1.36\nnodes: 3\n")
    typed(cluster, WORLD)
    cluster.run_until(cluster.now + seconds(10))
    return cluster


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("curl -H 'Host: shop' n1:30080/x", "tomcat-"),
        ("curl --resolve shop:30080:10.0.0.12 http://shop:30080/", "tomcat-"),
        ("curl -i n1:30080/x", "HTTP/1.1 404 Not Found"),
        ("curl -s -o /dev/null -w '%{http_code}' -H 'Host: shop' n1:30080/none", "503"),
        ("curl -i -H 'Host: shop' n1:30080/again", "HTTP/1.1 502 Bad Gateway"),
    ],
)
def test_curl_gets_through_the_controller(world: Cluster, line: str, told: str) -> None:
    assert typed(world, line).startswith(told)
