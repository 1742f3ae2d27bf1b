"""``python -m benchmarks``, as ``make bench`` starts it."""

import sys

from .cli import main

sys.exit(main())
