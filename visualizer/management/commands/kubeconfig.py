"""A kubeconfig for a room, for the operator's own kubectl and for scripts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from visualizer.kubeapi.address import PREFIX
from visualizer.kubeapi.kubeconfig import kubeconfig
from visualizer.kubeapi.models import Token
from visualizer.rooms.codes import tidy
from visualizer.rooms.lookup import NoSuchRoom, Stopped, find
from visualizer.rooms.roles import Role


class Command(BaseCommand):
    help = "Prints a kubeconfig for a room: python manage.py kubeconfig CODE > config"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the room's code")
        parser.add_argument("--server", default="http://127.0.0.1:8000", help="where this server is reached")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.STAFF.value)

    def handle(self, *args: Any, code: str, server: str, role: str, **options: Any) -> None:
        try:
            room = find(tidy(code))
        except (NoSuchRoom, Stopped):
            raise CommandError(f"there is no room {code}, or it was stopped") from None
        _token, secret = Token.objects.issue(room, role, name="kubeconfig")
        address = f"{server.rstrip('/')}{PREFIX}{room.code}/token/{secret}"
        self.stdout.write(kubeconfig(room.code, address, secret))
