"""The door into a workspace: the only code that sets and restores the schema and the script prefix."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection as django_connection
from django.urls import get_script_prefix, reverse, set_script_prefix

PUBLIC = "public"
#: Django's connection with what django-tenants' backend adds to it, which has no types.
connection: Any = django_connection

if TYPE_CHECKING:
    from apps.tenants.models import Workspace


@contextmanager
def enter(workspace: "Workspace | None") -> Iterator[None]:
    """Runs the block inside the workspace's schema, with URLs reversing under `/w/<slug>/`; None is the public part.

    Restores what was there before, also after an error. Applies to this thread's connection only: a new
    thread or `sync_to_async` starts in the public schema and enters for itself.
    """
    tenant_before, prefix_before = connection.tenant, get_script_prefix()
    _switch(workspace)
    set_script_prefix(f"/w/{workspace.slug}/" if workspace else "/")
    try:
        yield
    finally:
        _switch(tenant_before)
        set_script_prefix(prefix_before)


def _switch(tenant: Any) -> None:
    """Changes the schema; who is in it already stays, because each change costs a statement of its own."""
    if schema() != (tenant.schema_name if tenant else PUBLIC):
        connection.set_tenant(tenant) if tenant else connection.set_schema_to_public()
    elif tenant:
        connection.tenant = tenant


def schema() -> str:
    """The schema this thread is in; "public" outside every workspace."""
    return str(getattr(connection, "schema_name", PUBLIC))


def current() -> "Workspace | None":
    """The workspace this thread is in; None in the public part."""
    workspace: Workspace | None = None if schema() == PUBLIC else connection.tenant
    return workspace


def workspace_url(name: str, *args: Any) -> str:
    """The path of a page of the workspace we are in, also where there is no request, as in a worker."""
    return reverse(name, urlconf=settings.WORKSPACE_URLCONF, args=args)


def public_url(name: str, **kwargs: Any) -> str:
    """The path of a page outside every workspace, also when asked from within one."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(name, urlconf=settings.ROOT_URLCONF, kwargs=kwargs)
    finally:
        set_script_prefix(prefix)


def carry() -> Callable[[], AbstractContextManager[None]]:
    """Remembers the workspace this thread is in, to enter it again later, e.g. when a transaction commits."""
    return partial(enter, current())
