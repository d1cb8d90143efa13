"""A kubelet whose client certificate has expired."""

import pytest
from msgspec.structs import replace

from clustersim.command import Command, CommandError
from clustersim.console import run
from clustersim.scenario_schema import HTTP2

from .other_runs import EVERY, OLD, Run, do


def over_tls(release: str, until: float = 120.0) -> Run:
    found = Run(release, until)
    phase = replace(found.recording.phase, kubelet_transport=HTTP2)
    found.recording = replace(found.recording, phase=phase)
    return found


@EVERY
def test_a_node_is_lost_when_the_certificate_of_its_kubelet_expires(release: str) -> None:
    node = over_tls(release)
    expired = do(0, "expire-certificate", node.lost)
    happened = node.of(expired)
    assert happened["node-not-ready"] == node.of(do(0, "stop-kubelet", node.lost))["node-not-ready"]
    cluster = node.cluster(expired)
    assert {p.status.phase for p in cluster.objects("pods").values()} == {"Running"}
    journal = [line.text for line in cluster.process("kubelet", node.lost).journal]
    why = "Unauthorized" if release == "v1.36" else "asked for the client to provide credentials"
    assert any(why in text and "Error updating node status" in text for text in journal)
    told = [line.text for line in cluster.process("apiserver").journal]
    assert any("x509: certificate has expired or is not yet valid" in text for text in told)
    lost = next(p for p in cluster.objects("pods").values() if p.spec.node_name == node.lost)
    logs = run(cluster, f"kubectl logs {lost.metadata.name}").text
    assert ("Authorization error" in logs) == (release == "v1.36")


@EVERY
def test_a_new_certificate_is_read_when_the_kubelet_starts(release: str) -> None:
    node = over_tls(release)
    actions = (
        do(0, "expire-certificate", node.lost),
        do(60, "renew-certificate", node.lost),
        do(80, "stop-kubelet", node.lost),
        do(81, "start-kubelet", node.lost),
    )
    assert 81 < node.of(*actions)["node-ready-again"] < 82.5


def test_todays_kubelet_does_not_start_with_an_expired_certificate() -> None:
    node = Run("v1.36", until=30.0)
    again = do(1, "stop-kubelet", node.lost), do(2, "start-kubelet", node.lost)
    cluster = node.cluster(do(0, "expire-certificate", node.lost), *again)
    journal = [line.text for line in cluster.process("kubelet", node.lost).journal]
    assert sum("unable to load bootstrap kubeconfig" in text for text in journal) > 1


@OLD
def test_who_speaks_plain_http_shows_no_certificate(release: str) -> None:
    node = Run(release, until=1.0)
    cluster = node.cluster(do(0, "stop-scheduler", "scheduler"))
    with pytest.raises(CommandError):
        cluster.apply(Command("expire-certificate", node.lost, {}))
