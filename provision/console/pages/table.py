"""Every page of the console, in the order of its menu."""

from __future__ import annotations

from provision.console.asking import Page
from provision.console.pages import code, faults, journal, search, tablet, wards

PAGES: tuple[Page, ...] = (*search.PAGES, *tablet.PAGES, *code.PAGES, *faults.PAGES, *wards.PAGES, *journal.PAGES)
