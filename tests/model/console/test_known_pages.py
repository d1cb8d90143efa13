"""What known images answer, and from where a request seems to come."""

import re

import pytest

from clustersim import Cluster, load_scenario, seconds
from clustersim.console import run
from clustersim.programs.pages import known_page
from tests.model.traffic.test_callers import do


@pytest.mark.parametrize(
    ("image", "path", "page"),
    [
        ("docker.io/library/nginx:1.29", "/", "<h1>Welcome to nginx!</h1>"),
        ("httpd:2.4", "/index.html", "<html><body><h1>It works!</h1></body></html>\n"),
        ("gcr.io/google-samples/hello-app:2.0", "/", "Hello, world!\nVersion: 2.0.0\nHostname: a-1\n"),
        (
            "gcr.io/k8s-minikube/kubernetes-bootcamp:v1",
            "/",
            "Hello Kubernetes bootcamp! | Running on: a-1 | v=1\n",
        ),
        ("registry.k8s.io/hpa-example", "/", "OK!"),
    ],
)
def test_a_known_image_says_what_it_says(image: str, path: str, page: str) -> None:
    told = known_page(image, "GET", path, "a-1")
    assert told is not None
    assert page in told


def test_of_other_paths_and_images_nothing_is_known() -> None:
    assert known_page("nginx", "GET", "/a", "a-1") is None
    assert known_page("shop:1.0", "GET", "/", "a-1") is None


def echoing() -> Cluster:
    cluster = Cluster(load_scenario("release: v1.36\n"))
    do(cluster, "kubectl create deployment echo --image=registry.k8s.io/echoserver:1.10")
    cluster.run_until(seconds(1))
    do(cluster, "kubectl expose deployment echo --port=80 --target-port=8080 --type=NodePort")
    do(cluster, "kubectl run box --image=busybox -- sleep 1000")
    cluster.run_until(seconds(20))
    return cluster


def client_of(text: str) -> str:
    found = re.search("client_address=(.*)", text)
    return "" if found is None else found[1]


def test_a_pods_own_address_is_seen_within_the_cluster() -> None:
    cluster = echoing()
    box = cluster.object("pods", "default/box")
    seen = client_of(do(cluster, "kubectl exec box -- wget -qO- http://echo"))
    assert seen == box.status.pod_ip
    assert f"inet {seen}/24" in do(cluster, "kubectl exec box -- ip addr")


def test_from_outside_the_node_is_seen_unless_traffic_stays_on_it() -> None:
    cluster = echoing()
    port = do(cluster, "kubectl get svc echo -o jsonpath='{.spec.ports[0].nodePort}'")
    node = cluster.object("pods", f"default/{pod_of(cluster)}").spec.node_name
    ip = cluster.machines[node].ip
    assert client_of(run(cluster, f"curl -s {ip}:{port}").text) == ip
    do(cluster, """kubectl patch svc echo -p '{"spec":{"externalTrafficPolicy":"Local"}}'""")
    cluster.run_until(seconds(25))
    assert client_of(run(cluster, f"curl -s {ip}:{port}").text) == "10.0.0.5", "the workstation"


def pod_of(cluster: Cluster) -> str:
    return do(cluster, "kubectl get pod -l app=echo -o jsonpath='{.items[0].metadata.name}'")
