"""What kube-proxy writes into a node's kernel, when, and what becomes of it."""

import pytest

from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.flags import KubeProxyFlags
from clustersim.kubeproxy.health import health_of_old
from tests.model.kubeproxy.worlds import ProxyWorld, endpoints, service


def _world(*ips: str, flags: KubeProxyFlags | None = None) -> ProxyWorld:
    world = ProxyWorld(flags)
    assert world.ask("create", service()).ok
    assert world.ask("create", endpoints(*ips)).ok
    return world


def test_every_node_has_the_rules_of_every_service() -> None:
    world = _world("172.17.1.2", "172.17.2.2")
    assert world.backends("n1") == world.backends("n2") == ["172.17.1.2", "172.17.2.2"]


def test_equal_rules_are_one_object_on_all_nodes() -> None:
    world = _world("172.17.1.2")
    one, other = (machine.state.kernel_rules["default/tomcat"] for machine in world.machines.values())
    assert one is other


def test_a_change_is_in_the_kernel_after_the_watch_and_one_writing() -> None:
    world = _world("172.17.1.2", "172.17.2.2")
    world.set_endpoints("172.17.1.2", wait=25 * MILLISECOND)
    assert len(world.backends()) == 2
    world.run(20 * MILLISECOND)
    assert world.backends() == ["172.17.1.2"]


def test_a_stopped_kube_proxy_leaves_its_rules_as_they_are() -> None:
    world = _world("172.17.1.2", "172.17.2.2")
    world.proxies["n1"].kill()
    world.set_endpoints("172.17.1.2")
    world.run(60 * SECOND)
    assert world.backends("n1") == ["172.17.1.2", "172.17.2.2"]
    assert world.backends("n2") == ["172.17.1.2"]


def test_a_started_kube_proxy_writes_everything_anew() -> None:
    world = _world("172.17.1.2", "172.17.2.2")
    world.proxies["n1"].kill()
    world.set_endpoints("172.17.1.2")
    world.ask("delete", "services", "default", "tomcat")
    world.proxies["n1"].start()
    world.run(SECOND)
    assert "default/tomcat" not in world.machines["n1"].state.kernel_rules


def test_rules_are_lost_with_the_power_and_come_back_with_kube_proxy() -> None:
    world = _world("172.17.1.2")
    world.machines["n1"].power_off()
    assert not world.machines["n1"].state.kernel_rules
    world.machines["n1"].power_on()
    world.run(SECOND)
    assert world.backends("n1") == ["172.17.1.2"]


def test_with_a_minimum_period_two_writings_may_follow_at_once_and_the_third_waits() -> None:
    world = _world("172.17.1.2", flags=KubeProxyFlags(iptables_min_sync_period=10 * SECOND))
    world.run(60 * SECOND)
    for count in (2, 3, 4):
        world.set_endpoints(*(f"172.17.1.{number}" for number in range(2, 2 + count)))
    assert len(world.backends()) == 3
    world.run(10 * SECOND)
    assert len(world.backends()) == 4


def test_a_lock_that_is_renewed_makes_nobody_write_rules() -> None:
    world = _world("172.17.1.2")
    before = world.proxies["n1"].state.synced_at
    body = {"metadata": {"annotations": {"control-plane.alpha.kubernetes.io/leader": "{}"}}}
    assert world.ask("patch", "endpoints", "default", "tomcat", body).ok
    world.run(SECOND)
    assert world.proxies["n1"].state.synced_at == before


def test_all_rules_are_written_at_least_every_thirty_seconds() -> None:
    proxy = _world("172.17.1.2").proxies["n1"]
    synced = proxy.state.synced_at
    assert proxy.last_sync(synced + 100 * SECOND) == synced + 90 * SECOND


@pytest.mark.parametrize(("late", "status"), [(0, 200), (60, 200), (61, 503)])
def test_an_old_kube_proxy_is_well_for_two_periods_after_it_last_wrote(late: int, status: int) -> None:
    now = 200 * SECOND
    assert health_of_old(now - late * SECOND, now, 30 * SECOND).status == status
    assert health_of_old(None, now, 30 * SECOND).status == 200
