"""Fails over and back: recorded steps in `failover` and `failback`, run and resumed by `engine`."""
