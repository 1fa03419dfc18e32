"""People who write to the business. Owns Contact, Identity and whether they want to be written to."""
