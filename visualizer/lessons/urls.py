"""The addresses of lessons and classes."""

from django.urls import path

from visualizer.lessons import class_screen, desk_form, plain, records, views

urlpatterns = [
    path("lessons/", views.catalogue, name="lessons"),
    path("lessons/shared/<str:token>/", views.shared, name="shared-lesson"),
    path("lessons/shared/<str:token>/start/", views.start_shared, name="start-shared"),
    path("lessons/<slug:lesson>/start/", views.start, name="start-lesson"),
    path("rooms/<str:code>/class/", class_screen.teach, name="class"),
    path("rooms/<str:code>/plain/", plain.plain, name="plain"),
    path("rooms/<str:code>/desk/", desk_form.set_at_desk, name="desk"),
    path("rooms/<str:code>/record/", records.record, name="record"),
    path("inventory/", records.inventory, name="inventory"),
    path("inventory.csv", records.inventory_csv, name="inventory-csv"),
    path("rooms/<str:code>/qr.svg", views.qr, name="qr"),
    path("rooms/<str:code>/answers.csv", views.answers_csv, name="answers"),
    path("rooms/<str:code>/answers/delete/", views.delete_answers, name="delete-answers"),
    path("rooms/<str:code>/copy/", views.own_copy, name="own-copy"),
    path("rooms/<str:code>/explore/", views.explore, name="explore"),
]
