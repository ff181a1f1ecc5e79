"""``python -m cjmkit`` is the command ``cjmkit``."""

import sys

from cjmkit.cli import main

sys.exit(main())
