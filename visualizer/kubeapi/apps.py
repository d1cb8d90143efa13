from django.apps import AppConfig


class KubeApiConfig(AppConfig):
    name = "visualizer.kubeapi"
    label = "kubeapi"
    default_auto_field = "django.db.models.BigAutoField"
