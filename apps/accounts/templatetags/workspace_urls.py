"""`{% public_url name %}`: the address of a page outside every workspace, from within one."""

from django import template

from apps import tenants

register = template.Library()
register.simple_tag(tenants.public_url, name="public_url")
