"""What Lifeboat's functions share: ports with their AWS adapters, and the records both sides read.

No decision is made here. A rule about when to fail over belongs to the function that owns it.
"""
