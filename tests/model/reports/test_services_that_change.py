"""Services whose address or ports somebody changes, in the words of each release."""

import pytest

from tests.model.reports.typed import create, empty, typed

NODE_PORT = "metadata: {name: web}\nspec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}"


def patched(release: str, patch: str) -> str:
    cluster = empty(release)
    create(cluster, "Service", NODE_PORT)
    return typed(cluster, f"kubectl patch svc web -p '{{\"spec\":{patch}}}'")


@pytest.mark.parametrize("address", ["10.0.0.99", "9.0.0.99"])
def test_an_address_stays_and_nothing_is_allocated_before_that_is_said(address: str) -> None:
    for release in ("v1.7", "v1.8"):
        assert patched(release, f'{{"clusterIP": "{address}"}}') == (
            f'The Service "web" is invalid: spec.clusterIP: Invalid value: "{address}": field is immutable'
        )
    assert patched("v1.36", f'{{"clusterIP": "{address}"}}') == (
        f'The Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["{address}"]: may not change '
        "once set"
    )


def test_old_servers_refuse_an_update_without_the_address_and_today_it_is_kept() -> None:
    """helm upgrade --force and `kubectl replace` meet this (helm#6378)."""
    for release in ("v1.7", "v1.8"):
        cluster = empty(release)
        create(cluster, "Service", NODE_PORT)
        assert create(cluster, "Service", NODE_PORT, verb="replace") == (
            'The Service "web" is invalid: spec.clusterIP: Invalid value: "": field is immutable'
        )
    cluster = empty("v1.36")
    create(cluster, "Service", NODE_PORT)
    before = typed(cluster, "kubectl get svc web -o jsonpath={.spec.clusterIP}")
    assert create(cluster, "Service", NODE_PORT, verb="replace") == "service/web replaced"
    assert typed(cluster, "kubectl get svc web -o jsonpath={.spec.clusterIP}") == before


def test_today_a_port_of_the_same_name_keeps_its_node_port() -> None:
    cluster = empty("v1.36")
    create(cluster, "Service", NODE_PORT, verb="apply")
    where = "kubectl get svc web -o jsonpath={.spec.ports[0].nodePort}"
    before = typed(cluster, where)
    create(cluster, "Service", NODE_PORT.replace("80", "81"), verb="apply")
    assert typed(cluster, where) == before


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_a_field_without_a_name_is_told_whole(release: str) -> None:
    """One cause whose field is "[]" is no list of causes."""
    told = typed(empty(release), 'kubectl patch node n1 -p \'{"spec":{"externalID":"other"}}\'')
    assert told.startswith('The Node "n1" is invalid: []: Forbidden: node updates may only change labels')
    assert told.endswith(("capacity", "enabled)"))


def test_today_the_external_id_of_a_node_is_named() -> None:
    told = typed(empty("v1.36"), 'kubectl patch node n1 -p \'{"spec":{"externalID":"other"}}\'')
    assert told == 'The Node "n1" is invalid: spec.externalID: Forbidden: may not be updated'
