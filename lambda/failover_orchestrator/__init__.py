"""Fails over: recorded forward steps in `steps`, run and resumed by `engine`."""
