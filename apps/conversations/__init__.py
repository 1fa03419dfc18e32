"""Conversations, their messages and the states these go through; receives, queues and sends."""
