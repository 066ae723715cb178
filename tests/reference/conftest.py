"""Lets the tests of this folder import the reader behind `scripts/android_facts`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "scripts" / "facts"))
