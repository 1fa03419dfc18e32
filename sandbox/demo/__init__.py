"""The demo: one believable business that anybody on a developer's machine can walk into. Development only."""
