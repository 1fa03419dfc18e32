"""Tells open pages which rows changed: `push` and the receive-only socket. Owns no tables, knows no app above."""
