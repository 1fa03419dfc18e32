"""Whether a customer asks to be served by a person: `wishes.wants_person`.

Owns the wordings, a file per language.
"""
