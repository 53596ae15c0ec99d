"""``python -m monitor`` is the command ``ownup``."""

import sys

from monitor.commands import main

sys.exit(main())
