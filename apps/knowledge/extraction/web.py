"""A web page as text with its headings, and where it leads; a sitemap's addresses; what robots.txt lets us read."""

import gzip
import io
import re
from typing import Any
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html
from protego import Protego
from trafilatura.settings import use_config

from apps.knowledge.extraction.lines import clean, without_tables
from apps.knowledge.extraction.problems import BROKEN, UNPACKED_TOO_LARGE, Unreadable

#: As which robots.txt knows us.
AGENT = "Leadline"
MOST_LINKS = 1000
MOST_ADDRESS = 1000
MOST_SITEMAP = 20_000_000
MOST_PAUSE = 30.0

_REFRESH = re.compile(r"^\s*[\d.]+\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
#: Signs that Markdown would take for its own, which the extraction marks; nobody reads it as Markdown here.
_MARKED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_ABOUT_US = "//footer//*[not(self::script or self::style)]/text() | //address//text()"

# Pages of small businesses are short: the library's own lower bounds would take them for no pages at all.
_CONFIG = use_config()
for _name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
    _CONFIG.set("DEFAULT", _name, "1")
_CONFIG.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")  # time is the parent's business


def read_page(data: bytes, *, url: str, charset: str = "", robots: str = "", entrance: bool = False) -> dict[str, Any]:
    """Title, text, links and how many of them robots.txt keeps from us. Of the `entrance` the foot is read too."""
    if _SITEMAP.search(data[:4096]) or data[:2] == b"\x1f\x8b":
        return _sorted_out(read_sitemap(data), robots, "", "")
    text = _decoded(data, charset)
    try:
        tree = html.document_fromstring(text or "<p>", parser=html.HTMLParser(huge_tree=False))
    except (etree.ParserError, ValueError) as error:
        raise Unreadable(BROKEN) from error
    title = " ".join("".join(tree.xpath("//title[1]//text()")).split()) or _first(tree, "//h1[1]")
    return _sorted_out(_links(tree, url), robots, clean(title)[:200], _words(tree, entrance))


def read_sitemap(data: bytes) -> list[str]:
    """The addresses in a sitemap or in an index of sitemaps, packed or not."""
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(MOST_SITEMAP + 1)
        except (OSError, EOFError) as error:
            raise Unreadable(BROKEN) from error
    if len(data) > MOST_SITEMAP:
        raise Unreadable(UNPACKED_TOO_LARGE, "20 MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(BROKEN) from error
    return [] if tree is None else [str(one).strip() for one in tree.xpath("//*[local-name()='loc']/text()")]


def allowed(robots: str, url: str) -> dict[str, Any]:
    """Whether robots.txt lets us read the address, and how many seconds it asks us to pause between two."""
    rules = Protego.parse(robots)
    pause = rules.crawl_delay(AGENT) or 0.0
    return {"allowed": rules.can_fetch(url, AGENT), "pause": min(max(float(pause), 0.0), MOST_PAUSE)}


def _sorted_out(links: list[str], robots: str, title: str, text: str) -> dict[str, Any]:
    rules = Protego.parse(robots)
    known = [link for link in dict.fromkeys(links) if len(link) <= MOST_ADDRESS][:MOST_LINKS]
    open_ones = [link for link in known if rules.can_fetch(link, AGENT)]
    shut = next((link for link in known if link not in set(open_ones)), "")
    return {"title": title, "text": text, "links": open_ones, "shut": shut}


def _decoded(data: bytes, charset: str) -> str:
    """The page's text: by its header, by what it says of itself, else as what it most likely is."""
    said = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,40})", data[:4096], re.IGNORECASE)
    for name in (
        charset,
        "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "",
        said[1].decode() if said else "",
        "utf-8",
    ):
        try:
            return data.decode(name) if name else data.decode("utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _words(tree: Any, entrance: bool) -> str:
    # Read before the extraction, which takes the tree apart.
    foot = [" ".join(str(one).split()) for one in tree.xpath(_ABOUT_US)] if entrance else []
    found = trafilatura.extract(
        tree, output_format="markdown", include_comments=False, include_tables=True, include_links=False,
        include_images=False, include_formatting=True, favor_recall=True, fast=True, config=_CONFIG,
    )  # fmt: skip
    text = without_tables(clean(_MARKED.sub(r"\1", (found or "").replace("**", ""))))
    lines = [line for line in dict.fromkeys(foot) if line and line not in text]
    return "\n\n".join(filter(None, [text, "\n".join(lines)]))


def _links(tree: Any, url: str) -> list[str]:
    base = _joined(url, str(next(iter(tree.xpath("//base/@href")), ""))) or url
    found = [str(one) for one in tree.xpath("//a/@href | //area/@href | //link[@rel='canonical']/@href")]
    for said in tree.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content"):
        found += [leads[1].strip()] if (leads := _REFRESH.match(str(said))) else []
    return [joined for one in found[: 5 * MOST_LINKS] if (joined := _joined(base, one.strip()))]


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # a bracket that opens no address
        return ""


def _first(tree: Any, path: str) -> str:
    return next((" ".join(one.text_content().split()) for one in tree.xpath(path)), "")
