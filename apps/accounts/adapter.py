"""How allauth behaves here: people come in by invitation or command, so nobody signs up by themselves yet."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes the sign-up; everything else is allauth's."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: a workspace and its owner are made by `manage.py create_workspace`."""
        return False
