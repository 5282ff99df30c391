"""Lambda functions that really run: their own zip in a Python process beside the emulator.

``runtime`` is what runs in that process, ``code`` what it finds on its disk, ``process`` one of
them, ``running`` one invocation with its slot, logs and metrics, ``queueing`` those nobody waits
for, ``endings`` who is told of their end. What a function is, moto knows; ``function`` takes it
from there. Nothing here waits for a function while it holds the turn.
"""
