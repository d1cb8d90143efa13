"""The addresses of rooms."""

from django.urls import path

from visualizer.rooms import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("join/", views.join, name="join"),
    path("try/", views.try_it, name="try"),
    path("rooms/<str:code>/", views.room, name="room"),
    path("rooms/<str:code>/snapshot.json", views.snapshot, name="snapshot"),
    path("rooms/<str:code>/state-hash", views.state_hash, name="state-hash"),
]
