"""A form is sent as a browser would send it: everything it shows, and nothing that was not chosen."""

from sandbox.smoke.browser import text_of
from sandbox.smoke.forms import Form, forms_of

PAGE = """
<form action="/search/"><input name="q" value="a &amp; b"></form>
<input name="outside" value="1">
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="t0ken">
  <input name="name"><input type="checkbox" name="on" checked><input type="checkbox" name="off" value="1">
  <input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
  <textarea name="text">
first
second &lt;b&gt;</textarea>
  <select name="first"><option value="1">One</option><option value="2">Two</option></select>
  <select name="chosen"><option value="1">One</option><option value="2" selected>Two</option></select>
  <input type="file" name="logo"><input type="submit" name="go" value="Go"><button name="do" value="x">Do</button>
</form>
"""


def test_every_field_goes_with_the_value_it_shows() -> None:
    assert forms_of(PAGE) == [
        Form("/search/", {"q": "a & b"}),
        Form(
            "",
            {
                **{"csrfmiddlewaretoken": "t0ken", "name": "", "on": "on", "size": "m"},
                **{"text": "first\nsecond <b>", "first": "1", "chosen": "2"},
            },
        ),
    ]


def test_a_page_without_forms_has_none() -> None:
    assert forms_of("<p>Hello</p><input name='alone'>") == []


def test_the_words_of_a_page_are_read_without_its_tags() -> None:
    assert text_of("<p>Rosa &amp;\n <b>Tom</b></p>") == "Rosa & Tom"
