"""A browser without a screen: pages with cookies, forms sent whole with the token they hold, Google's consent."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx2

from sandbox.children import Failed
from sandbox.smoke.forms import Form, forms_of
from sandbox.world.client import World

ERROR = re.compile(r'<(\w+)[^>]* role="alert"[^>]*>(.*?)</\1>', re.S)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field


class Browser:
    """One person's browser on an installation."""

    def __init__(self, base_url: str) -> None:
        self.base = base_url
        self.http = httpx2.Client(base_url=base_url, follow_redirects=True, timeout=30, trust_env=False)

    def page(self, path: str) -> str:
        """The markup of a page. Raises Failed unless it is shown."""
        answer = self.http.get(path)
        if answer.status_code != 200:
            raise Failed(f"GET {path} answered {answer.status_code}.")
        return str(answer.text)

    def text(self, path: str) -> str:
        """What a page says, tags removed."""
        return text_of(self.page(path))

    def submit(self, path: str, /, action: str = "", **typed: str) -> httpx2.Response:
        """Opens a page, types into its form and sends it; `action` is how the form's own address ends.

        What is not typed goes as the page shows it. Raises Failed with what the page says when it is refused.
        """
        form = self._form(path, action, typed)
        target = urljoin(path, form.action)
        headers = {"Referer": urljoin(self.base, path), "Origin": self.base}
        answer = self.http.post(target, data={**form.fields, **typed}, headers=headers)
        if answer.status_code != 200:
            said = " ".join(text_of(words) for _, words in ERROR.findall(answer.text))
            raise Failed(f"POST {target} answered {answer.status_code}. {said}".strip())
        return answer

    def sign_in_with_google(self, world: World, email: str, name: str) -> str:
        """Presses the button, allows it at Google and returns the path of the page where that ended.

        Raises Failed, and WorldError when Google sends nobody back.
        """
        consent = self.submit("/accounts/login/", action="/google/login/")
        back = world.decide_at_google(str(consent.url), email, name=name)
        landed = self.http.get(back)
        if landed.status_code != 200:
            raise Failed(f"Signing in with Google ended at {path_of(landed)} with {landed.status_code}.")
        return path_of(landed)

    def close(self) -> None:
        """Closes its connections."""
        self.http.close()

    def _form(self, path: str, action: str, typed: dict[str, str]) -> Form:
        fitting = (
            form
            for form in forms_of(self.page(path))
            if form.action.endswith(action) and TOKEN in form.fields and typed.keys() <= form.fields.keys()
        )
        form = next(fitting, None)
        if form is None:
            raise Failed(f"{path} shows no form {action} with the fields {', '.join(typed)}.")
        return form


def path_of(answer: httpx2.Response) -> str:
    """Where the browser is."""
    return urlsplit(str(answer.url)).path


def text_of(markup: str) -> str:
    """The words of a piece of markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
