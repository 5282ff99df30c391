"""Writes a numbered heartbeat each second where the database takes writes, so that loss can be counted."""
