"""The addresses of files that play by themselves."""

from django.urls import path

from visualizer.recordings import views

urlpatterns = [
    path("rooms/<str:code>/recording.html", views.of_room, name="recording"),
    path("lessons/<slug:lesson>/recording.html", views.of_lesson, name="lesson-recording"),
]
