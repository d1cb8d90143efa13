"""The page of timeouts: presets, sliders, the predicted effect, rooms, history."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim import RELEASES
from clustersim.flags import catalogue, format_value, parse_value
from visualizer.lessons.catalogue import offers
from visualizer.profiles.effect import PHASES, Effect, back_at, calm, flags_of, trials
from visualizer.profiles.fields import name_of
from visualizer.profiles.models import Profile
from visualizer.profiles.predicted_effect import draw
from visualizer.profiles.presets import PRESETS, make_presets
from visualizer.profiles.story import STORY, story_of
from visualizer.rooms.models import Room

Preset = tuple[str, str, dict[str, dict[str, str]], str]

GRACE = "controller-manager/node-monitor-grace-period"


@pytest.fixture
def instructor(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def fast(db: None) -> Profile:
    make_presets()
    return Profile.objects.get(name="Fast reaction")


def test_presets_are_made_once(db: None) -> None:
    make_presets()
    make_presets()
    assert Profile.objects.filter(preset=True).count() == len(PRESETS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: str(preset[0]))
def test_every_preset_is_a_setting_that_the_binaries_take(
    preset: tuple[str, str, dict[str, dict[str, str]], str],
) -> None:
    _name, release, differences, _notes = preset
    assert flags_of(release, differences).texts(RELEASES[release].flags) == differences


def test_visitors_do_not_see_timeouts(client: Client, db: None) -> None:
    assert client.get("/timeouts/").status_code == 302


@pytest.mark.parametrize("release", RELEASES)
def test_every_setting_has_a_field(instructor: Client, release: str) -> None:
    page = instructor.get(f"/timeouts/new/?release={release}").content.decode()
    for info in catalogue(release=release):
        assert f'name="{name_of(info.component, info.flag)}"' in page
    assert page.count('type="range"') >= 6


@pytest.mark.parametrize("release", RELEASES)
def test_every_stop_of_every_slider_is_a_value_that_the_binary_takes(release: str) -> None:
    for setting, info in story_of(release, RELEASES[release].flags):
        assert [format_value(info, parse_value(info, stop)) for stop in setting.stops] == list(setting.stops)
        assert info.default_text in setting.stops


@pytest.mark.parametrize("release", RELEASES)
def test_every_slider_leads_to_a_lesson_that_there_is(db: None, release: str) -> None:
    known = {one.lesson.id for one in offers()}
    assert {setting.lesson for setting in STORY[release]} <= known


def test_presets_are_called_in_the_language_of_the_page(instructor: Client, fast: Profile) -> None:
    page = instructor.get("/timeouts/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "快速反应" in page
    assert "Fast reaction" not in page


def test_a_preset_that_is_saved_becomes_a_copy(instructor: Client, fast: Profile) -> None:
    instructor.post(f"/timeouts/{fast.pk}/", {"name": "Mine", "release": "v1.7", GRACE: "16s"})
    mine = Profile.objects.get(name="Mine")
    assert mine.differences == {"controller-manager": {"node-monitor-grace-period": "16s"}}
    fast.refresh_from_db()
    assert fast.differences["controller-manager"]["node-monitor-grace-period"] == "20s"


def test_what_the_binary_refuses_is_refused_at_its_field(instructor: Client) -> None:
    page = instructor.post("/timeouts/new/", {"name": "x", "release": "v1.7", GRACE: "soon"}).content.decode()
    assert "errorlist" in page
    assert not Profile.objects.exists()


def test_who_changed_what_can_be_read_and_taken_back(instructor: Client) -> None:
    instructor.post("/timeouts/new/", {"name": "Mine", "release": "v1.7", GRACE: "16s"})
    mine = Profile.objects.get()
    instructor.post(f"/timeouts/{mine.pk}/", {"name": "Mine", "release": "v1.7", GRACE: "8s"})
    page = instructor.get(f"/timeouts/{mine.pk}/").content.decode()
    assert "16s → 8s" in page
    first = mine.history.last()
    instructor.post(f"/timeouts/{mine.pk}/revert/{first.history_id}/")
    mine.refresh_from_db()
    assert mine.differences == {"controller-manager": {"node-monitor-grace-period": "16s"}}
    assert mine.history.first().history_user == first.history_user


def test_a_shorter_grace_moves_not_ready_and_nothing_else() -> None:
    defaults = flags_of("v1.7", {})
    texts = {"controller-manager": {"node-monitor-grace-period": "20s"}}
    back = back_at(defaults)
    old, new = (
        Effect(trials("v1.7", settings, (3, 11), back), calm("v1.7", settings), back)
        for settings in ({}, texts)
    )
    rows = {row.name: row for row in draw(old, new, complete=False).rows}
    not_ready, replaced = rows["node-not-ready"], rows["replacement-created"]
    assert not_ready.old is not None
    assert not_ready.new is not None
    assert 14 <= not_ready.old.earliest - not_ready.new.earliest <= 26
    assert replaced.old == replaced.new


def test_a_grace_below_the_heartbeat_flaps_by_itself() -> None:
    texts = {"controller-manager": {"node-monitor-grace-period": "4s"}}
    assert calm("v1.7", texts).flaps > 10
    assert calm("v1.7", {}).flaps == 0
    (trial,) = trials("v1.7", texts, (7,), 60.0)
    assert -10 <= trial.reached["last-heartbeat"] <= 0
    assert trial.reached["node-ready-again"] >= 60


def test_bands_grow_with_the_phases() -> None:
    (one,) = trials("v1.7", {}, (7,), 390.0)
    times = [trial.reached["node-not-ready"] for trial in trials("v1.7", {}, range(0, PHASES, 4), 390.0)]
    assert max(times) - min(times) > 5
    assert min(times) - 6 <= one.reached["node-not-ready"] <= max(times) + 6


def test_lost_requests_are_a_band_on_the_same_axis() -> None:
    texts = {"controller-manager": {"node-monitor-grace-period": "4s"}}
    lost = trials("v1.7", texts, (7,), 390.0)
    kept = trials("v1.7", {}, (7,), 390.0)
    quiet = calm("v1.7", {})
    band = draw(Effect(kept, quiet, 390.0), Effect(lost, quiet, 390.0), complete=False).lost
    assert lost[0].lost > 0
    assert band.new is not None
    assert 0 <= band.new.earliest < band.new.latest <= 390
    assert (band.old is None) == (kept[0].lost == 0)


@pytest.mark.django_db(transaction=True)
def test_the_effect_is_drawn_before_anything_is_saved(instructor: Client) -> None:
    answer = instructor.post(
        "/timeouts/preview/", {"release": "v1.7", GRACE: "20s"}, headers={"hx-request": "true"}
    )
    page = answer.content.decode()
    assert "n1 is NotReady" in page
    assert "requests lost" in page
    assert "<html" not in page
    assert not Profile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_profile_is_applied_to_the_chosen_rooms_alone(
    instructor: Client, fast: Profile, room: Room
) -> None:
    page = instructor.post(f"/timeouts/{fast.pk}/apply/", {"room": [room.code]}, follow=True).content.decode()
    assert "restarted with new flags" in page
    assert "controller-manager" in page
