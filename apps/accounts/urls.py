"""Public addresses: home, the ways in, one's workspaces."""

from allauth.account import views as allauth
from allauth.socialaccount import views as social
from django.urls import include, path
from django.views.generic import RedirectView

from apps.accounts import entering, invitation_views, starting, views

urlpatterns = [
    path("", views.home, name="home"),
    path("livez", views.livez, name="livez"),
    path("workspaces/", views.workspaces, name="workspaces"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    path("invitations/<int:pk>/accept/", invitation_views.accept, name="invitation-accept"),
    path("start/", starting.start, name="start"),
    path("start/<slug:slug>/progress/", starting.progress, name="start-progress"),
    path("start/<slug:slug>/again/", starting.again, name="start-again"),
    path("accounts/login/", entering.ask_code, name="account_login"),
    path("accounts/login/code/", entering.ask_code, name="account_request_login_code"),
    path("accounts/login/code/confirm/", entering.type_code, name="account_confirm_login_code"),
    path("accounts/google/login/", entering.to_google, name="google_login"),
    path("accounts/google/login/callback/", entering.from_google, name="google_callback"),
    path("accounts/google/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    # There is one door: who is new comes in as everybody does.
    path(
        "accounts/signup/", RedirectView.as_view(pattern_name="account_login", query_string=True), name="account_signup"
    ),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("account/", views.account, name="account"),
    path("account/google/unlink/", views.unlink_google, name="account-unlink-google"),
]
