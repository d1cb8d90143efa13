"""The addresses of the page of timeouts."""

from django.urls import path

from visualizer.profiles import views

urlpatterns = [
    path("timeouts/", views.profiles, name="timeouts"),
    path("timeouts/new/", views.edit, name="timeouts-new"),
    path("timeouts/preview/", views.preview, name="timeouts-preview"),
    path("timeouts/<int:pk>/", views.edit, name="timeouts-edit"),
    path("timeouts/<int:pk>/apply/", views.apply, name="timeouts-apply"),
    path("timeouts/<int:pk>/restarts/<str:code>/", views.restarting, name="timeouts-restarts"),
    path("timeouts/<int:pk>/revert/<int:version>/", views.revert, name="timeouts-revert"),
]
