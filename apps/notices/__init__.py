"""Notices: what a member should know although they are not looking, in the bell and by e-mail."""
