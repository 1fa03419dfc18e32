"""The demo's part of the sandbox world: the number, the people who write to it, and the website with the chat."""

from apps.inboxes.models import Widget
from sandbox.demo import business
from sandbox.demo.script import talks
from sandbox.world.client import World
from sandbox.world.records import Number


def register(world: World, *, base: str, widget: Widget) -> None:
    """Tells the world of the demo; repeating it is harmless. Raises WorldError, httpx2.HTTPError."""
    world.register_number(
        Number(
            phone_number_id=business.PHONE_NUMBER_ID,
            display_phone_number=business.DISPLAY_NUMBER,
            waba_id=business.WABA_ID,
            token=business.TOKEN,
            app_secret=business.APP_SECRET,
            webhook_url=f"{base}/webhook/whatsapp_cloud/{business.HOOK}/",
            verified_name=business.NAME,
            window_hours=0,  # the week's customers wrote before the world began; the product keeps the window itself
        )
    )
    world.add_person(business.CUSTOMER_PHONE, business.CUSTOMER_NAME)
    for talk in talks(one.key for one in business.TEAM):
        if talk.phone:
            world.add_person(talk.phone, talk.name)
    world.open_shop(f"{base}/static/widget/chat.js", widget.inbox.external_key)
