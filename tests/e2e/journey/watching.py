"""What a browser complains of while people use it: errors, refused content, failed requests. None is let pass.

But for one: an intake whose database is slow puts the chat off, and the chat posts the same again. That it does is seen
by the walk, where whatever is written is answered.
"""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

from tests.browsers.visitor import INTAKE, tells_of_delay

#: Runs in every frame before its page; a blocked inline style is no console error in every browser.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI} on ${location.href}`));"""
#: How a browser tells in its console of an answer of 400 or above, which `answered` sees by itself.
ANSWERED = "Failed to load resource: the server responded with a status of"


@dataclass
class Watch:
    """Everything that any of the watched browsers complained of."""

    complaints: list[str] = field(default_factory=list)
    #: Refusals that a step provokes: status and exact address, each once.
    expected: list[tuple[int, str]] = field(default_factory=list)

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watches all pages of the context from now on."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self.said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("requestfailed", self.failed)
        context.on("response", self.answered)
        return context

    def expect(self, status: int, address: str) -> None:
        """The next answer of this address has this status."""
        self.expected.append((status, address))

    def said(self, message: ConsoleMessage) -> None:
        """Keeps errors and warnings of the console."""
        if message.type not in ("error", "warning") or tells_of_delay(message):
            return
        if not message.text.startswith(ANSWERED):
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def failed(self, request: Request) -> None:
        """Keeps requests that got no answer, but for those that a page gave up by being left."""
        put_off = INTAKE in request.url and request.failure == "net::ERR_FAILED"
        if request.failure != "net::ERR_ABORTED" and not put_off:
            self.complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def answered(self, response: Response) -> None:
        """Keeps refusals and failures that nobody expected."""
        seen = (response.status, response.url)
        if seen in self.expected:
            self.expected.remove(seen)
        elif response.status >= 400 and not (response.status == 503 and INTAKE in response.url):
            self.complaints.append(f"answer: {response.status} to {response.request.method} {response.url}")
