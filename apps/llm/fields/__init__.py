"""Lead fields in a customer's own words: name, e-mail, phone, location.

Owns finding them in free text and bringing e-mail addresses and phone numbers into one form.
"""
