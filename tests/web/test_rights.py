"""Whose is what: the table of rights, walked on the pages and in the admin."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Group, User
from django.test import Client
from pytest_django import Settings

from tests.web.pupils import Pupil
from visualizer.accounts.groups import INSTRUCTORS
from visualizer.accounts.standing import Standing, stands
from visualizer.kubeapi.access import caller_of
from visualizer.kubeapi.models import Token
from visualizer.lessons.catalogue import offer
from visualizer.lessons.models import Course, Mode
from visualizer.lessons.views import open_room
from visualizer.profiles.models import Profile
from visualizer.rooms.lookup import find
from visualizer.rooms.models import Room
from visualizer.rooms.permissions import (
    ACCOUNTS,
    CHANGE,
    DELETE,
    LIST,
    MAKE,
    RIGHTS,
    SHARE,
    STOP,
    may_on,
)
from visualizer.rooms.registry import rooms
from visualizer.rooms.roles import Role, role_of
from visualizer.rooms.running.hub import announce_change

ROOMS: Final = "/admin/rooms/room/"
WHO: Final = ("visitor", "instructor", "colleague", "owner", "operator")
EXPECTED: Final = {
    "visitor": set(),
    "instructor": {MAKE},
    "colleague": {MAKE, LIST, CHANGE, STOP},
    "owner": {MAKE, LIST, CHANGE, STOP, SHARE, DELETE},
    "operator": {LIST, STOP, SHARE, DELETE, ACCOUNTS},
}


@pytest.fixture
def owner(instructor: User) -> User:
    return instructor


@pytest.fixture
def taught(owner: User, colleague: User) -> Room:
    """A class of the owner's, shared with the colleague."""
    room = open_room(offer("kubelet-dies"), "v1.7", Mode.FOLLOW, owner)
    room.shared_with.add(colleague)
    return room


def _instructor(name: str) -> User:
    made = User.objects.create_user(name, is_staff=True)
    made.groups.add(Group.objects.get(name=INSTRUCTORS))
    return made


@pytest.fixture
def account(owner: User, colleague: User, operator: User) -> Callable[[str], User | AnonymousUser]:
    """The account that stands so towards the class."""
    stranger = _instructor("ida")
    found = {"owner": owner, "colleague": colleague, "operator": operator, "instructor": stranger}
    return lambda who: found.get(who, AnonymousUser())


Account = Callable[[str], User | AnonymousUser]


def entered(who: User | AnonymousUser) -> Client:
    client = Client()
    if isinstance(who, User):
        client.force_login(who)
    return client


@pytest.mark.parametrize("act", RIGHTS)
@pytest.mark.parametrize("who", WHO)
def test_a_standing_may_do_this_and_nothing_else(taught: Room, account: Account, who: str, act: str) -> None:
    standings = stands(account(who), taught)
    assert Standing(who) in standings
    assert (may_on(standings, act) is None) == (act in EXPECTED[who])


@pytest.mark.parametrize("who", WHO)
def test_a_class_is_led_by_its_owner_and_those_it_is_shared_with(
    taught: Room, account: Account, who: str
) -> None:
    leads = who in ("owner", "colleague")
    assert (role_of(account(who), taught) is Role.STAFF) == leads
    client = entered(account(who))
    expected = 200 if leads else 302 if who == "visitor" else 403
    for page in ("class/", "record/", "qr.svg", "answers.csv"):
        answer = client.get(f"/rooms/{taught.code}/{page}")
        assert answer.status_code == expected
    answer = client.post(f"/rooms/{taught.code}/answers/delete/")
    assert answer.status_code == (403 if expected == 403 else 302)


@pytest.mark.parametrize("who", WHO)
def test_the_admin_lists_and_changes_what_the_table_lets(taught: Room, account: Account, who: str) -> None:
    client, may = entered(account(who)), EXPECTED[who]
    page = client.get(ROOMS)
    assert (page.status_code == 200 and taught.code in page.content.decode()) == (LIST in may)
    form = client.get(f"{ROOMS}{taught.pk}/change/").content.decode()
    assert ('name="name"' in form) == (CHANGE in may)
    assert ('name="owned_by"' in form) == (SHARE in may)
    assert (client.get(f"{ROOMS}{taught.pk}/delete/").status_code == 200) == (DELETE in may)
    client.post(ROOMS, {"action": "stop_rooms", "_selected_action": [taught.pk]})
    taught.refresh_from_db()
    assert (taught.stopped is not None) == (STOP in may)


@pytest.mark.parametrize("who", WHO)
def test_only_operators_reach_accounts(taught: Room, account: Account, who: str) -> None:
    page = entered(account(who)).get("/admin/auth/user/")
    assert (page.status_code == 200) == (ACCOUNTS in EXPECTED[who])


@pytest.mark.parametrize("who", WHO)
def test_a_profile_is_changed_by_those_whose_it_is(taught: Room, account: Account, who: str) -> None:
    profile = Profile.objects.create(name="Mine", release="v1.7", owned_by=taught.owned_by)
    profile.shared_with.set(taught.shared_with.all())
    client = entered(account(who))
    answer = client.post(f"/timeouts/{profile.pk}/", {"name": "Taken", "release": "v1.7"})
    profile.refresh_from_db()
    assert (profile.name == "Taken") == (CHANGE in EXPECTED[who])
    if who in ("instructor", "operator"):
        assert answer.status_code == 403


@pytest.mark.parametrize("who", WHO)
def test_a_profile_is_listed_and_given_away_by_those_who_may(
    taught: Room, account: Account, owner: User, who: str
) -> None:
    heir = _instructor("hana")
    profile = Profile.objects.create(name="Old", release="v1.7", owned_by=owner)
    profile.shared_with.set(taught.shared_with.all())
    client, may = entered(account(who)), EXPECTED[who]
    page = client.get("/admin/profiles/profile/")
    assert (page.status_code == 200 and ">Old<" in page.content.decode()) == (LIST in may)
    client.post(f"/sharing/profiles.profile/{profile.pk}/", {"give": "1", "to": "hana"})
    profile.refresh_from_db()
    assert (profile.owned_by == heir) == (SHARE in may)


def test_an_operator_is_led_from_a_profile_to_whose_it_is(
    owner: User, colleague: User, operator: User
) -> None:
    profile = Profile.objects.create(name="Old", release="v1.7", owned_by=owner)
    answer = entered(operator).get(f"/admin/profiles/profile/{profile.pk}/change/")
    assert answer.url == f"/sharing/profiles.profile/{profile.pk}/"
    page = entered(operator).get(answer.url).content.decode()
    assert "Give it away" in page


def test_nobody_gets_a_second_profile_of_a_name(owner: User, colleague: User) -> None:
    for user in (owner, colleague):
        Profile.objects.create(name="Same", release="v1.7", owned_by=user)
    mine = Profile.objects.get(owned_by=owner)
    data = {"give": "1", "to": colleague.username}
    page = entered(owner).post(f"/sharing/profiles.profile/{mine.pk}/", data, follow=True)
    assert "They have one of this name already." in page.content.decode()
    mine.refresh_from_db()
    assert mine.owned_by == owner


def test_an_instructor_applies_a_profile_to_own_rooms_alone(owner: User, room: Room) -> None:
    mine = Profile.objects.create(name="Mine", release="v1.7", owned_by=owner)
    page = entered(owner).post(f"/timeouts/{mine.pk}/apply/", {"room": [room.code]}, follow=True)
    assert "Choose a room." in page.content.decode()


def test_two_instructors_may_give_the_same_name(owner: User, colleague: User) -> None:
    for user in (owner, colleague):
        entered(user).post("/timeouts/new/", {"name": "Mine", "release": "v1.7"})
    assert Profile.objects.filter(name="Mine").count() == 2
    page = entered(owner).post("/timeouts/new/", {"name": "Mine", "release": "v1.7"})
    assert "There is a profile of this name already." in page.content.decode()


def test_the_refusal_of_a_page_says_why(taught: Room, operator: User) -> None:
    page = entered(operator).get(f"/rooms/{taught.code}/class/").content.decode()
    assert "This belongs to somebody else." in page


def test_a_room_of_a_visitor_is_nobodys(db: None) -> None:
    Client().post("/try/")
    assert Room.objects.get().owned_by is None


def test_a_room_can_be_deleted_with_all_that_is_in_it(taught: Room, owner: User) -> None:
    entered(owner).post(f"{ROOMS}{taught.pk}/delete/", {"post": "yes"})
    assert not Room.objects.exists()
    assert not Course.objects.exists()


def test_a_token_is_staffs_no_longer_than_its_account(taught: Room, colleague: User) -> None:
    _token, secret = Token.objects.issue(taught, Role.STAFF, account=colleague)
    first = caller_of(find(taught.code), secret, "")
    assert first is not None
    assert first.actor.role is Role.STAFF
    taught.shared_with.clear()
    later = caller_of(find(taught.code), secret, "")
    assert later is not None
    assert later.actor.role is not Role.STAFF


@pytest.mark.django_db(transaction=True)
async def test_who_is_given_a_running_class_leads_it_at_once(taught: Room) -> None:
    stranger = await sync_to_async(_instructor)("ida")
    client = Client()
    await sync_to_async(client.force_login)(stranger)
    pupil = await Pupil(taught, client).join()
    assert pupil.last["welcome"]["role"] == "watch"
    await sync_to_async(taught.shared_with.add)(stranger)
    await sync_to_async(announce_change)(taught)
    await pupil.hear("welcome", role="staff")
    await pupil.leave()
    await rooms.close_all()


# --- accounts


def test_an_operator_makes_an_instructor(operator: User) -> None:
    group = Group.objects.get(name=INSTRUCTORS)
    entered(operator).post(
        "/admin/auth/user/add/",
        {
            "username": "nina",
            "usable_password": "true",
            "password1": "a long enough one",
            "password2": "a long enough one",
            "groups": [group.pk],
        },
    )
    nina = User.objects.get(username="nina")
    assert nina.is_staff
    assert Standing.INSTRUCTOR in stands(nina)


def test_roles_are_told_in_the_language_of_the_page(operator: User) -> None:
    path = f"/admin/auth/user/{operator.pk}/change/"
    page = entered(operator).get(path, headers={"accept-language": "zh-CN"}).content.decode()
    assert "管理员" in page
    assert "Operators" not in page


def test_accounts_are_found_by_role_in_the_language_of_the_page(operator: User, instructor: User) -> None:
    path = "/admin/auth/user/?role=Instructors"
    page = entered(operator).get(path, headers={"accept-language": "zh-CN"})
    assert "Instructors<" not in page.content.decode()
    assert [account.username for account in page.context["cl"].queryset] == [instructor.username]


def test_an_operator_makes_nobody_a_superuser(operator: User, staff: User) -> None:
    client = entered(operator)
    client.post(
        f"/admin/auth/user/{operator.pk}/change/",
        {
            "username": "otto",
            "is_superuser": "on",
            "is_active": "on",
            "groups": [group.pk for group in operator.groups.all()],
        },
    )
    operator.refresh_from_db()
    assert not operator.is_superuser
    assert client.get(f"/admin/auth/user/{staff.pk}/change/").status_code == 302
    assert client.get(f"/admin/auth/user/{staff.pk}/password/").status_code == 404


def test_accounts_from_before_the_roles_are_instructors(db: None) -> None:
    old = User.objects.create_user("old", is_staff=True)
    import_module("visualizer.accounts.migrations.0001_roles").seed(apps, None)
    assert Standing.INSTRUCTOR in stands(User.objects.get(pk=old.pk))


# --- signing in


def sign_in(client: Client, password: str, address: str = "192.0.2.1", **headers: str) -> Any:
    data = {"username": "ines", "password": password}
    return client.post("/admin/login/", data, REMOTE_ADDR=address, headers=headers)


@pytest.fixture
def with_password(instructor: User) -> User:
    instructor.set_password("not a secret")
    instructor.save()
    return instructor


@pytest.mark.parametrize(
    ("language", "said"), [("en", "can be tried again in 15 minutes"), ("zh-CN", "15 分钟后")]
)
def test_who_guesses_passwords_waits_and_is_told_so(
    client: Client, with_password: User, settings: Settings, language: str, said: str
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "guess", **{"accept-language": language})
    assert answer.status_code == 429
    assert said in answer.content.decode()
    assert sign_in(client, "not a secret").status_code == 429


def test_guesses_from_elsewhere_do_not_lock_a_teacher_out(
    client: Client, with_password: User, settings: Settings
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(Client(), "guess", "192.0.2.66")
    assert sign_in(client, "not a secret").status_code == 302
