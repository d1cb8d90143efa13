"""healthCheckNodePort: how balancers in front learn which nodes have endpoints of a Service.

Sources: kubernetes.io, "Preserving the client source IP"; v1.7.5, v1.8.0, v1.36.2 pkg/proxy/healthcheck.
"""

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, typed


def balanced(release: str, policy: str = "Local") -> Cluster:
    """A pod on one of two nodes behind a LoadBalancer."""
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects: []\n")
    typed(cluster, "kubectl cordon n2")
    typed(cluster, "kubectl run web --image=nginx:1.13 --port=80 --restart=Never --labels=app=web")
    typed(
        cluster,
        f"""kubectl create -f -
apiVersion: v1
kind: Service
metadata: {{name: web}}
spec: {{type: LoadBalancer, externalTrafficPolicy: {policy}, selector: {{app: web}}, ports: [{{port: 80}}]}}
""",
    )
    at(cluster, "20s")
    return cluster


def port(cluster: Cluster) -> str:
    return typed(cluster, "kubectl get svc web -o jsonpath={.spec.healthCheckNodePort}")


@ALL
def test_nodes_with_endpoints_say_so_and_the_others_refuse(release: str) -> None:
    cluster = balanced(release)
    number = port(cluster)
    assert 30_000 <= int(number) < 32_768
    here = typed(cluster, f"curl n1:{number}", "n1")
    assert '"name": "web"' in here
    assert '"localEndpoints": 1' in here
    assert ('"serviceProxyHealthy": true' in here) is (release == "v1.36")
    there = f"curl -o /dev/null -w '%{{http_code}}' n2:{number}"
    assert '"localEndpoints": 0' in typed(cluster, f"curl n2:{number}", "n1")
    assert typed(cluster, there, "n1").startswith("5")


@ALL
def test_without_that_policy_there_is_no_such_port(release: str) -> None:
    assert port(balanced(release, "Cluster")) == ""


@ALL
def test_the_port_stays_with_its_service(release: str) -> None:
    cluster = balanced(release)
    number = port(cluster)
    typed(cluster, """kubectl patch svc web -p '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'""")
    assert port(cluster) == number
    typed(cluster, """kubectl patch svc web -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'""")
    assert port(cluster) == ""
