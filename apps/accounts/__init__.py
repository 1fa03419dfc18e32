"""People who work with Leadline: User, Membership and what each role may do (shared schema)."""

#: What the secrets of second factors are sealed for.
SECOND_FACTOR = "second factor"
