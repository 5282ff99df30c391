"""Entry point of ``python -m lifeboat_emulator``."""

import sys

from lifeboat_emulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
