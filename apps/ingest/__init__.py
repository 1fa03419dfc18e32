"""How vendors' webhooks come in: the intake, the ledger of deliveries, quarantine and replay (shared schema)."""
