"""`python -m bot` is `lyceum`."""

import sys

from bot.cli.main import main

sys.exit(main())
