"""The addresses of rooms."""

from django.urls import path

from visualizer.rooms.pages import comparing, listing, moments, pasting, sharing, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("join/", views.join, name="join"),
    path("try/", views.try_it, name="try"),
    path("rooms/", listing.listing, name="rooms"),
    path("rooms/<str:code>/stop/", listing.stopped, name="stop-room"),
    path("sharing/<str:model>/<int:pk>/", sharing.sharing, name="sharing"),
    path("rooms/<str:code>/", views.room, name="room"),
    path("rooms/<str:code>/snapshot.json", views.snapshot, name="snapshot"),
    path("rooms/<str:code>/past.json", moments.past, name="past"),
    path("rooms/<str:code>/timeline.json", moments.timeline_json, name="timeline"),
    path("rooms/<str:code>/run.json", moments.run_json, name="run-file"),
    path("rooms/<str:code>/manifest/", pasting.paste, name="paste"),
    path("import/", moments.import_run, name="import-run"),
    path("compare/", comparing.compare, name="compare"),
    path("compare/choices/", comparing.choices, name="compare-choices"),
    path("compare.json", comparing.compare_json, name="compare-data"),
    path("rooms/<str:code>/state-hash", views.state_hash, name="state-hash"),
]
