"""The two roles of accounts, as groups of Django's, and which models each reaches in the admin.

Which things of a model somebody reaches depends on its standing towards each of them.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.apps import AppConfig
from django.apps import apps as installed

INSTRUCTORS: Final = "Instructors"
OPERATORS: Final = "Operators"

MODELS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    INSTRUCTORS: {
        "rooms.room": ("add", "view", "change", "delete"),
        "profiles.profile": ("add", "view", "change", "delete"),
        "kubeapi.token": ("view", "change"),
    },
    OPERATORS: {
        "auth.user": ("add", "view", "change"),
        "rooms.room": ("view", "change", "delete"),
        "profiles.profile": ("view", "delete"),
        "studio.draft": ("view", "change"),
        "library.publication": ("view", "delete"),
        "kubeapi.token": ("view", "change"),
        "axes.accessattempt": ("view", "delete"),
    },
}
"""{group: {model: verbs}}."""


def grant(app_config: AppConfig, using: str = "default", apps: Any = installed, **_kwargs: Any) -> None:
    """After an app's tables and permissions were made: to each group what the table has of that app."""
    try:
        permissions, groups = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    except LookupError:  # before accounts have tables
        return
    for name, models in MODELS.items():
        for model, verbs in models.items():
            label, model_name = model.split(".")
            if label != app_config.label:
                continue
            group, _made = groups.objects.using(using).get_or_create(name=name)
            found = permissions.objects.using(using).filter(
                content_type__app_label=label, codename__in=[f"{verb}_{model_name}" for verb in verbs]
            )
            group.permissions.add(*found)
