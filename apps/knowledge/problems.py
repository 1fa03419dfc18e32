"""Why a page was not read: a closed list, each with its words for people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.knowledge.extraction import problems as extraction


class Problem(models.TextChoices):
    """`%(detail)s` in a label is the page's own detail."""

    # While fetching.
    ADDRESS_REFUSED = "address_refused", _("The address leads into a private network, where nothing may be read.")
    NOT_REACHED = "not_reached", _("The website could not be reached. Check the address.")
    NO_ANSWER = "no_answer", _("The website did not answer in full within %(detail)s.")
    BUSY = "busy", _("The website answered with an error of its own (%(detail)s).")
    GONE = "gone", _("There is nothing at this address (%(detail)s).")
    FORBIDDEN = "forbidden", _("The website does not let us read this (%(detail)s).")
    PAGE_TOO_LARGE = "page_too_large", _("It is larger than a page may be (limit: %(detail)s).")
    NOT_A_PAGE = "not_a_page", _("It is no page, but %(detail)s.")
    LEADS_ELSEWHERE = "leads_elsewhere", _("It leads on to another website, %(detail)s, which is not read.")
    MOVED = "moved", _("It leads on to %(detail)s, which is read instead.")
    ROBOTS = "robots", _("The website's robots.txt asks programs not to read this.")
    ROBOTS_UNKNOWN = "robots_unknown", _("The website's robots.txt could not be read, so nothing else was.")
    # Limits of a source.
    MOST_PAGES = "most_pages", _("This and what follows was left out (limit: %(detail)s pages).")
    MOST_DEPTH = "most_depth", _("This and what is as far away was left out (limit: %(detail)s links from the start).")
    MOST_TEXT = "most_text", _("The end of it was left out (limit: %(detail)s characters on a page).")
    MOST_ROWS = "most_rows", _("This and what follows was left out (limit: %(detail)s rows).")
    # While reading.
    ENCRYPTED = extraction.ENCRYPTED, _("It asks for a password. Save it without one and upload it again.")
    BROKEN = extraction.BROKEN, _("It is damaged, or not what its name says.")
    NO_WORDS = extraction.NO_WORDS, _("There are no words in it. Of a scan, upload a version with text.")
    TOO_SLOW = extraction.TOO_SLOW, _("It took too long to read (limit: %(detail)s).")
    TOO_MUCH_MEMORY = extraction.TOO_MUCH_MEMORY, _("It needs more memory than a page may (limit: 512 MB).")
    UNPACKED_TOO_LARGE = extraction.UNPACKED_TOO_LARGE, _("Unpacked it is larger than it may be (limit: %(detail)s).")
    TOO_MUCH_TEXT = extraction.TOO_MUCH_TEXT, _("It holds more than can be read (limit: %(detail)s).")
    FILE_GONE = "file_gone", _("The file is no longer stored. Upload it again.")
    # Of what was read.
    DUPLICATE = "duplicate", _("It says the same as %(detail)s.")
    NO_NAME = "no_name", _("Row %(detail)s names no product.")

    def words(self, detail: str) -> str:
        """What is wrong, for people."""
        return str(self.label) % {"detail": detail}


#: They may be over at the next try: until then what was known stays known.
PASSING = frozenset({Problem.NOT_REACHED, Problem.NO_ANSWER, Problem.BUSY, Problem.ROBOTS_UNKNOWN})
#: Each stands once in a run, for all that it left out.
NOTES = frozenset({Problem.MOST_PAGES, Problem.MOST_DEPTH, Problem.MOST_ROWS, Problem.ROBOTS})
#: Nothing went wrong: it is no page to read, or its owner does not want it read.
LEAVING_OUT = NOTES | {Problem.MOVED, Problem.NOT_A_PAGE, Problem.NO_WORDS, Problem.DUPLICATE, Problem.NO_NAME}
