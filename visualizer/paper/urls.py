"""The addresses of what is printed."""

from django.urls import path

from visualizer.paper import views

urlpatterns = [
    path("lessons/<slug:lesson>/guide/", views.guide, name="guide"),
    path("lessons/<slug:lesson>/worksheet/", views.worksheet, name="worksheet"),
    path("poster/<str:release>/", views.timeline_poster, name="poster"),
    path("glossary/", views.glossary, name="glossary"),
]
