"""Enrolment: making the agent the device owner. No run does it yet, and every plan says so."""

from __future__ import annotations

from provision.terms import Phase

UNSUPPORTED = (Phase.ENROL,)
"""Phases that no run carries out; why is said to people by the text `plan.phase.<phase>`."""
