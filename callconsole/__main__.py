"""``python -m callconsole``."""

import sys

from callconsole.cli import main

if __name__ == "__main__":
    sys.exit(main())
