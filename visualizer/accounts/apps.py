from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from visualizer.accounts.groups import grant


class AccountsConfig(AppConfig):
    name = "visualizer.accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        apps.get_app_config("axes").verbose_name = _("Sign-ins")
        post_migrate.connect(grant, dispatch_uid="accounts.grant")
