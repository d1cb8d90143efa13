"""The addresses of lessons and classes."""

from django.urls import path

from visualizer.lessons import bring, views

urlpatterns = [
    path("lessons/", views.catalogue, name="lessons"),
    path("lessons/bring/", bring.bring, name="bring-lesson"),
    path("lessons/<slug:lesson>/start/", views.start, name="start-lesson"),
    path("rooms/<str:code>/class/", views.teach, name="class"),
    path("rooms/<str:code>/qr.svg", views.qr, name="qr"),
    path("rooms/<str:code>/answers.csv", views.answers_csv, name="answers"),
    path("rooms/<str:code>/answers/delete/", views.delete_answers, name="delete-answers"),
    path("rooms/<str:code>/explore/", views.explore, name="explore"),
]
