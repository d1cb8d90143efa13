"""The groups of the two roles. Whoever had an account that may enter the admin was an instructor."""

from typing import Any

from django.conf import settings
from django.db import migrations

from visualizer.accounts.groups import INSTRUCTORS, MODELS


def seed(apps: Any, _schema_editor: Any) -> None:
    group, user = apps.get_model("auth", "Group"), apps.get_model("auth", "User")
    groups = {name: group.objects.get_or_create(name=name)[0] for name in MODELS}
    for one in user.objects.filter(is_staff=True, is_superuser=False):
        one.groups.add(groups[INSTRUCTORS])


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop, elidable=True)]
