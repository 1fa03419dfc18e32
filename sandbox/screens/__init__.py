"""`bin/screens`: photographs every screen of the table in a headless browser. Development only."""
