"""Only what was seen before t = 0 may set phases; the rest of the header becomes the scenario."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from clustersim.conformance.recording import Passes, RecordedObject, UnsupportedError, read
from clustersim.conformance.setup import prepare
from clustersim.engine.time import MINUTE, SECOND, seconds

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def recording():
    return read(GOLDEN / "v1.7.5" / "seed-run1.json")


def with_tick(recording, tick):
    return replace(recording, phase=replace(recording.phase, node_monitor_tick=tick))


def test_the_last_heartbeat_before_the_fault_sets_the_phase_of_a_kubelet(recording):
    nodes = {node.name: node for node in prepare(recording).scenario.nodes}
    assert nodes["n3"].heartbeat_at == seconds(-1.508)
    assert nodes["n3"].ready_at == seconds(-31.542)


def test_passes_after_zero_do_not_set_the_phase(recording):
    prepared = prepare(recording)
    assert prepared.scenario.phase.monitor_pass == seconds(-31.766)
    assert prepared.scenario.phase.leader_since == seconds(-36.919)
    assert prepared.scenario.phase.gc_pass == seconds(-36.803)
    assert not prepared.fitted


def test_a_phase_that_was_only_seen_later_is_fitted_and_marked(recording):
    tick = Passes(t=38.2, mod=3.2, period=5, seen_at=(38.2, 43.2))
    prepared = prepare(with_tick(recording, tick))
    assert prepared.scenario.phase.monitor_pass == seconds(3.2) - 5 * SECOND
    assert prepared.fitted


def test_a_leader_of_before_zero_is_enough_for_a_prediction(recording):
    tick = Passes(t=38.2, mod=3.2, period=5, seen_at=(38.2,), leader_since=-20.0)
    prepared = prepare(with_tick(recording, tick))
    assert prepared.scenario.phase.monitor_pass is None
    assert prepared.scenario.phase.leader_since == -20 * SECOND
    assert not prepared.fitted


def test_a_leader_of_after_zero_is_not_looked_at():
    away = read(GOLDEN / "v1.7.5" / "controller-manager-away.json")
    phase = prepare(away).scenario.phase
    assert phase.leader_since == seconds(-42.838)
    assert phase.monitor_pass == seconds(-36.845)


def test_flags_and_runtime_delays_become_settings():
    short = read(GOLDEN / "v1.8.0" / "grace-20s-eviction-30s.json")
    flags = prepare(short).scenario.flags
    assert flags.controller_manager.node_monitor_grace_period == 20 * SECOND
    assert flags.controller_manager.pod_eviction_timeout == MINUTE // 2
    assert flags.runtime.first_pull == 1500 * 1000


def test_an_unknown_flag_is_unsupported(recording):
    strange = replace(recording, flags={"scheduler": {"mood": "good"}})
    with pytest.raises(UnsupportedError, match="flag --mood=good of scheduler"):
        prepare(strange)


def test_a_kind_without_a_model_is_unsupported(recording):
    web = RecordedObject(kind="CronJob", api="batch/v2alpha1", name="web", namespace="default")
    with pytest.raises(UnsupportedError, match="object CronJob"):
        prepare(replace(recording, objects=(web,)))


def test_a_node_of_today_reported_a_third_of_a_second_before_it_was_ready(recording):
    def first_reports(of):
        return [node.ready_at for node in prepare(of).scenario.nodes]

    today = read(GOLDEN / "v1.36.2" / "network-cut-90s.json")
    assert first_reports(today) == [seconds(node.ready_at - 0.315) for node in today.nodes]
    assert first_reports(recording) == [seconds(node.ready_at) for node in recording.nodes]


def test_containers_of_todays_recordings_end_with_0_when_they_are_told_to_stop(recording):
    def programs(of):
        return {one.program for thing in prepare(of).scenario.objects for one in thing.containers}

    assert programs(read(GOLDEN / "v1.36.2" / "job-fails.json")) == {"exit 1 after 2000ms; stops with 0"}
    assert programs(recording) == {"runs"}


def test_an_action_is_applied_when_its_effect_was_seen():
    deleted = read(GOLDEN / "v1.36.2" / "node-deleted.json")
    assert [action.at for action in prepare(deleted).scenario.actions] == [
        0,
        seconds(10.171),
        seconds(103.88),
    ]


def test_an_api_server_is_started_so_that_it_answers_when_that_was_seen():
    away = read(GOLDEN / "v1.7.5" / "apiserver-away-90s.json")
    scenario = prepare(away).scenario
    started = scenario.actions[1].at + scenario.flags.apiserver.start_delay
    assert started == seconds(95.561)
    assert scenario.supervisor.components == ("controller-manager", "scheduler")
    assert scenario.supervisor.after == 5 * SECOND


def test_a_run_that_is_only_watched_has_no_actions():
    watched = read(GOLDEN / "v1.8.0" / "grace-8s.json")
    assert prepare(watched).scenario.actions == ()


def test_pods_are_put_where_they_were(recording):
    assert prepare(recording).scenario.placement["tomcat"] == {"n1": 1, "n2": 1, "n3": 1}


def test_a_rolling_update_is_carried_over():
    rollout = read(GOLDEN / "v1.7.5" / "deployment-rollout.json")
    rollout = replace(rollout, actions=tuple(a for a in rollout.actions if a.do != "set-image"))
    web, api = prepare(rollout).scenario.objects
    assert (web.strategy.max_unavailable, web.strategy.max_surge) == (1, 1)
    assert (api.api, api.strategy.max_surge) == ("apps/v1beta1", "25%")
