"""The tests, by app; see conftest.py for the cast."""
