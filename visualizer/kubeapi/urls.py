"""The pages about clients of the API; the API itself is served past Django."""

from django.urls import path

from visualizer.kubeapi import views

urlpatterns = [
    path("rooms/<str:code>/kubectl/", views.kubectl, name="kubectl"),
    path("rooms/<str:code>/kubectl/withdraw/", views.withdraw, name="kubectl-withdraw"),
]
