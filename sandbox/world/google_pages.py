"""The HTTP face of the world's Google, below /google: the consent page, tokens, certificates, who somebody is.

Owns the markup of its pages. Nothing here decides; that is `google`'s.
"""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.world.google import Account, Asked, Refused, allow, exchange, profile, read_asked
from sandbox.world.state import state_of

PREFIX = "/google"
PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{title}</title>
  <link rel="icon" href="/static/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/google.css">
</head>
<body><main>{body}</main></body>
</html>
"""
CONSENT = """
<p class="brand">Google <small>played by the sandbox world</small></p>
<h1>Sign in to Leadline</h1>
<p>Leadline asks for your name and your e-mail address. Be whoever you like; nothing leaves this machine.</p>
{known}
<form method="post" action="/google/consent?{query}">
  <label>E-mail address
    <input name="email" type="email" required maxlength="254" autocomplete="off" value="{email}">
  </label>
  <label>Name <input name="name" maxlength="120" autocomplete="off" value="{name}"></label>
  <label class="check">
    <input name="verified" type="checkbox" value="yes" checked> Google has verified this address
  </label>
  <p class="actions">
    <button name="answer" value="deny" formnovalidate>Deny</button>
    <button name="answer" value="allow" class="primary">Allow</button>
  </p>
</form>
"""
KNOWN = """
<form method="post" action="/google/consent?{query}">
  <input type="hidden" name="email" value="{email}"><input type="hidden" name="name" value="{name}">
  <input type="hidden" name="id" value="{id}"><input type="hidden" name="verified" value="{verified}">
  <button class="account" name="answer" value="allow"><strong>{name}</strong> {email}</button>
</form>
"""
WRONG = """
<p class="brand">Google <small>played by the sandbox world</small></p>
<h1>Access blocked</h1>
<p>Error {status}: {code}</p><p>{description}</p>
"""
FIRST = Account("luna@luna-bakery.example", "Luna Marsh")


async def consent_page(request: Request) -> Response:
    """`GET /google/o/oauth2/v2/auth`: who are you, and may they know?"""
    query = dict(request.query_params)
    try:
        asked = read_asked(query)
    except Refused as why:
        return _wrong(why)
    accounts = state_of(request).google.accounts
    suggested = FIRST if not accounts else Account("", "")
    body = CONSENT.format(
        known="".join(_known(account, query) for account in accounts.values()),
        query=escape(urlencode(query)),
        email=escape(suggested.email),
        name=escape(suggested.name),
    )
    return _page("Sign in", body, asked=asked)


async def consent(request: Request) -> Response:
    """`POST /google/consent?…`: email, name, verified and id of the person, and their answer, "allow" or "deny"."""
    try:
        asked = read_asked(dict(request.query_params))
    except Refused as why:
        return _wrong(why)
    form = await _form(request)
    email = form.get("email", "").strip()
    if form.get("answer") != "allow":
        return _back(asked, error="access_denied")
    if "@" not in email:
        return _wrong(Refused("invalid_request", "An e-mail address is needed."))
    account = Account(email, form.get("name", "").strip(), form.get("verified") == "yes", form.get("id", ""))
    return _back(asked, code=allow(state_of(request).google, account, asked), scope=asked.scope, authuser="0")


async def token(request: Request) -> Response:
    """`POST /google/token`: a code becomes tokens, once."""
    try:
        return JSONResponse(exchange(state_of(request).google, await _form(request), _issuer(request)))
    except Refused as why:
        return JSONResponse({"error": why.code, "error_description": why.description}, status_code=why.status)


async def certificates(request: Request) -> Response:
    """`GET /google/oauth2/v1/certs`."""
    return JSONResponse(state_of(request).google.certificates)


async def who(request: Request) -> Response:
    """`GET /google/oauth2/v2/userinfo` with an access token."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    account = state_of(request).google.tokens.get(bearer)
    if account is None:
        error = {"code": 401, "message": "Invalid Credentials", "status": "UNAUTHENTICATED"}
        return JSONResponse({"error": error}, status_code=401)
    known = profile(account)
    return JSONResponse(
        {"id": known.pop("sub"), "verified_email": known.pop("email_verified"), **known},
    )


def _known(account: Account, query: dict[str, str]) -> str:
    return KNOWN.format(
        query=escape(urlencode(query)),
        email=escape(account.email),
        name=escape(account.name),
        id=escape(account.id),
        verified="yes" if account.email_verified else "",
    )


def _back(asked: Asked, **answer: str) -> Response:
    answer = ({"state": asked.state} if asked.state else {}) | answer
    return RedirectResponse(f"{asked.redirect_uri}?{urlencode(answer)}", status_code=302)


def _wrong(why: Refused) -> Response:
    words = WRONG.format(status=why.status, code=escape(why.code), description=escape(why.description))
    return _page("Access blocked", words, status=why.status)


def _page(title: str, body: str, *, asked: Asked | None = None, status: int = 200) -> Response:
    """A page whose form may lead back to the application that asked, and nowhere else."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(asked.redirect_uri)) if asked else ""
    policy = f"default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {origin}"
    headers = {"Content-Security-Policy": policy.strip(), "Cache-Control": "no-store"}
    return HTMLResponse(PAGE.format(title=title, body=body), status_code=status, headers=headers)


def _issuer(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{PREFIX}"


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))


ROUTES = [
    Route(f"{PREFIX}/o/oauth2/v2/auth", consent_page),
    Route(f"{PREFIX}/consent", consent, methods=["POST"]),
    Route(f"{PREFIX}/token", token, methods=["POST"]),
    Route(f"{PREFIX}/oauth2/v1/certs", certificates),
    Route(f"{PREFIX}/oauth2/v2/userinfo", who),
]
