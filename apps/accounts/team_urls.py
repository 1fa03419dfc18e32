"""Addresses of the team page, below /w/<slug>/team/."""

from django.urls import path

from apps.accounts import team_views

app_name = "team"
urlpatterns = [
    path("", team_views.members, name="list"),
    path("invite/", team_views.invite, name="invite"),
    path("invitations/<int:pk>/resend/", team_views.resend, name="resend"),
    path("invitations/<int:pk>/revoke/", team_views.revoke, name="revoke"),
    path("<int:pk>/role/", team_views.change_role, name="role"),
    path("<int:pk>/deactivate/", team_views.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", team_views.reactivate, name="reactivate"),
    path("<int:pk>/hand-over/", team_views.hand_over, name="hand-over"),
]
