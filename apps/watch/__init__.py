"""Looks after the installation: health, metrics, alerts to people, and a synthetic conversation every few minutes.

Owns Tally, Span, OpenSend, BrokenInbox, Alert, Probe and Conversed, all in the public schema.
"""
