from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KubeApiConfig(AppConfig):
    name = "visualizer.kubeapi"
    label = "kubeapi"
    verbose_name = _("Kubernetes API")
    default_auto_field = "django.db.models.BigAutoField"
