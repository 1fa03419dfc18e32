"""The outside world in a box, speaking HTTP: Meta's Graph API with phones to write from, and a model server.

Owns what the vendors would own: numbers, people, what was accepted, what was reported back. It stands
outside the product: it imports nothing of it and is reached by addresses only.
"""
