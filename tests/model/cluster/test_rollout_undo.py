"""kubectl rollout undo works on every kind that keeps revisions, in every release that it is asked of."""

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.scenario_schema import ContainerSpec, ObjectSpec


def image_of(cluster: Cluster, resource: str) -> str:
    image: str = cluster.object(resource, "default/web").spec.template.spec.containers[0].image
    return image


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_deployment_goes_back_to_the_template_before(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    containers = (ContainerSpec(name="web", image="web:1"),)
    cluster.create(ObjectSpec(kind="Deployment", name="web", replicas=1, containers=containers))
    cluster.run_until(20 * SECOND)
    cluster.apply(Command("set-image", "deployment/web", {"image": "web:2"}))
    cluster.run_until(40 * SECOND)
    assert image_of(cluster, "deployments") == "web:2"
    cluster.apply(Command("rollout-undo", "deployment/web"))
    cluster.run_until(60 * SECOND)
    assert image_of(cluster, "deployments") == "web:1"
    (running,) = [
        pod.spec.containers[0].image
        for pod in cluster.objects("pods").values()
        if pod.metadata.labels.get("app") == "web" and not pod.metadata.deletion_timestamp
    ]
    assert running == "web:1"
