"""People who work with Leadline: User, Membership and what each role may do (shared schema)."""
