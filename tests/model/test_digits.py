"""What Python takes for a number and Go does not breaks nothing."""

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.console import run
from clustersim.digits import is_whole

ODD = ("\u00b2", "\u0663", "9" * 5000)


@pytest.mark.parametrize("text", ["0", "42", "007", "9" * 18, "3546343826724305832"])
def test_whole_numbers_are_such_texts(text: str) -> None:
    assert is_whole(text)


@pytest.mark.parametrize("text", ["", "-1", " 1", "1.0", "9" * 19, *ODD])
def test_others_are_none(text: str) -> None:
    assert not is_whole(text)


@pytest.mark.parametrize("odd", ODD)
def test_numbers_that_are_none_are_refused_on_the_console_and_break_no_controller(odd: str) -> None:
    cluster = Cluster(default_scenario("v1.36"))
    for line in (
        f"kubectl scale rc tomcat --replicas={odd}",
        f"kubectl create service clusterip s --tcp={odd}:80",
        f"kubectl get pods | head -n {odd}",
        f"kubectl get pods | cut -f{odd}",
        f"kubectl get pods | sort -k{odd}",
        f"kubectl get pods | sed -n {odd}p",
        f"kubectl rollout history rc/tomcat --revision={odd}",
        f"ping -c {odd} n1",
        "kubectl create deployment web --image=nginx --replicas=2",
        f"kubectl annotate deployment web deployment.kubernetes.io/revision={odd} --overwrite",
        f"kubectl annotate pods --all controller.kubernetes.io/pod-deletion-cost={odd}",
        "kubectl set image deployment/web nginx=nginx:2",
        "kubectl scale deployment/web --replicas=1",
    ):
        for command in run(cluster, line).commands:
            cluster.apply(command)
        cluster.run_until(cluster.now + seconds(2))
