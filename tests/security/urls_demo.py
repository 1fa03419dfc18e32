"""The public addresses as an installation with the demo has them."""

from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, path("demo/", include("sandbox.demo.urls"))]
