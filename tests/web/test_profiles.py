"""Cluster profiles: a field for every setting, what the binary refuses refused, the unwise remarked on."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim import RELEASES, Command
from visualizer.profiles.applying import commands
from visualizer.profiles.forms import ProfileForm
from visualizer.profiles.models import Profile
from visualizer.profiles.settings_page import gone
from visualizer.rooms.models import Room

ADD = "/timeouts/new/"
GRACE = "controller-manager/node-monitor-grace-period"


@pytest.fixture
def admin(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


@pytest.fixture
def hasty(db: None) -> Profile:
    """A grace period that is a third of the usual one."""
    return Profile.objects.create(
        name="hasty",
        release="v1.7",
        differences={"controller-manager": {"node-monitor-grace-period": "16s"}},
    )


def test_the_fields_are_explained_in_the_language_of_the_page(admin: Client) -> None:
    page = admin.get(ADD, headers={"accept-language": "zh-hans"}).content.decode()
    assert "默认" in page
    assert "0.1 个节点/秒" in page
    assert "nodes a second" not in page


def test_only_what_differs_from_the_release_is_kept(admin: Client) -> None:
    admin.post(
        ADD, {"name": "p", "release": "v1.8", GRACE: "16s", "kubelet/node-status-update-frequency": "10s"}
    )
    profile = Profile.objects.get()
    assert profile.differences == {"controller-manager": {"node-monitor-grace-period": "16s"}}
    assert profile.flags.controller_manager.node_monitor_grace_period == 16_000_000
    assert profile.flags.kubelet == RELEASES["v1.8"].flags.kubelet


def test_a_profile_is_shown_as_it_was_saved(admin: Client, hasty: Profile) -> None:
    page = admin.get(f"/timeouts/{hasty.pk}/").content.decode()
    assert 'value="16s"' in page


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (GRACE, "soon", "invalid argument"),
        (GRACE, "-1s", "must be in"),
        ("controller-manager/leader-elect-renew-deadline", "20s", "must be greater than"),
        ("kubelet/image-gc-low-threshold", "99", "can not be higher"),
    ],
)
def test_what_the_binary_refuses_is_refused_with_its_reason(
    db: None, name: str, text: str, reason: str
) -> None:
    form = ProfileForm({"name": "p", "release": "v1.7", name: text})
    assert not form.is_valid()
    assert any(reason in str(error) for errors in form.errors.values() for error in errors)


def test_what_is_unwise_is_saved_with_a_plain_warning(admin: Client) -> None:
    page = admin.post(ADD, {"name": "p", "release": "v1.7", GRACE: "12s"}, follow=True).content.decode()
    assert Profile.objects.exists()
    assert "enough to turn a healthy node Unknown" in page


def test_applying_concerns_only_the_components_whose_flags_change(hasty: Profile) -> None:
    assert commands(RELEASES["v1.7"].flags, hasty.flags) == [
        Command("set-flags", "controller-manager", {"node-monitor-grace-period": "16s"})
    ]


def test_a_profile_is_offered_to_the_open_rooms_of_its_release(
    admin: Client, hasty: Profile, room: Room
) -> None:
    other = Room.objects.create(scenario={}, release="v1.8")
    page = admin.get(f"/timeouts/{hasty.pk}/").content.decode()
    assert room.code in page
    assert other.code not in page


@pytest.mark.parametrize("path", [ADD, "/admin/profiles/profile/", "/admin/rooms/room/", "/admin/"])
def test_only_staff_reach_the_admin(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(User.objects.create_user("bob"))
    assert client.get(path).status_code in (302, 403)


def test_flags_that_a_release_has_no_more_say_what_took_their_place() -> None:
    found = {one.name: one.instead for one in gone("v1.36", "en")}
    assert "default-unreachable-toleration-seconds" in found["controller-manager --pod-eviction-timeout"]
    assert "--fail-swap-on" in found["kubelet --experimental-fail-swap-on"]
    assert [one.name for one in gone("v1.8", "en")] == ["kubelet --experimental-fail-swap-on"]
    assert gone("v1.7", "en") == []
