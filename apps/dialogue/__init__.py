"""The one place that decides what an inbound message causes. Owns Turn."""
