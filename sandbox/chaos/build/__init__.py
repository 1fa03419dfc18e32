"""The test build: the product as it is, with its crash points armed and, where asked for, another clock."""
