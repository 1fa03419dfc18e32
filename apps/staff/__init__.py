"""The screens of who runs the installation, at /admin/. Owns Visit and Look: who came in, and what they looked at."""
