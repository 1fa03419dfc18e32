"""Bots: persona, language and model of what answers for a business. Owns Bot."""
