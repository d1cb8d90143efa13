"""Sample data: a room with the default cluster at work, the instructor who owns it, and an operator."""

import secrets
from argparse import ArgumentParser
from typing import Any, Final

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError

from clustersim import default_scenario
from visualizer.accounts.groups import INSTRUCTORS, OPERATORS
from visualizer.environment import address_on_network, why_not_to_serve
from visualizer.profiles.presets import make_presets
from visualizer.rooms.models import Room

INSTRUCTOR: Final = "instructor"
OPERATOR: Final = "operator"


class Command(BaseCommand):
    help = "Makes what is missing of the sample data and prints where to look."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        if why := why_not_to_serve(host, port):
            hint = f"Stop what listens there, or take another port: make demo PORT={port + 1}"
            raise CommandError(f"Nothing can be served at port {port} of {host}: {why}. {hint}")
        everywhere = host in ("0.0.0.0", "::")  # noqa: S104
        address = f"http://{(address_on_network() or '127.0.0.1') if everywhere else host}:{port}"
        make_presets()
        teacher, told = account(INSTRUCTOR, INSTRUCTORS)
        _operator, operator_told = account(OPERATOR, OPERATORS)
        room = demo_room(teacher)
        self.stdout.write(f"\n  A cluster at work   {address}{room.get_absolute_url()}")
        self.stdout.write(f"  Lessons             {address}/lessons/")
        self.stdout.write(f"  Timeouts            {address}/timeouts/")
        self.stdout.write(f"  All rooms, admin    {address}/   {address}/admin/")
        self.stdout.write(f"  Instructor          {told}")
        self.stdout.write(f"  Operator            {operator_told}\n\n")


def demo_room(owner: User) -> Room:
    """The room of the demo, playing."""
    room = Room.objects.filter(name="", stopped=None).order_by("created").first()
    if room is None:
        return Room.objects.open_with(default_scenario(), playing=True, owned_by=owner)
    Room.objects.filter(pk=room.pk).update(playing=True)
    return room


def account(name: str, group: str) -> tuple[User, str]:
    """An account of that role, with the password when it is made, which is the only time it can be read."""
    if (found := User.objects.filter(username=name).first()) is not None:
        return found, f"{name} (new password: python manage.py changepassword {name})"
    password = secrets.token_urlsafe(12)
    made = User.objects.create_user(name, password=password, is_staff=True)
    made.groups.add(Group.objects.get(name=group))
    return made, f"{name} / {password}   (shown this once)"
