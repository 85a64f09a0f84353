"""`python -m bot` is `lyceum`."""

import sys

from bot.cli import main

sys.exit(main())
