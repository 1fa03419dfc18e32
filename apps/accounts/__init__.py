"""People who work with Leadline: User, Membership and what each role may do (shared schema)."""

#: What the secrets of second factors are sealed for.
SECOND_FACTOR = "second factor"
#: The names under which a second factor's row keeps them.
SEALED = ("secret", "seed", "migrated_codes")
