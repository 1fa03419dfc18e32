"""What every app stands on: events, actions, limits, the way out over HTTP, encryption, the erase registry."""
