"""What a user could change in Android's own settings: reset, users, accounts, apps, clock.

The recovery menu of the keys stays open on every release, and below 10 sideloading is only hidden by the settings.
No part of it stops the bench: adb installs, removes and empties apps all the same (Wi-Fi and kiosk document 3.3).
"""

from __future__ import annotations

from provision.controls.closing import Closing, make_spec
from provision.proofs.attempts import LATEST, THROWAWAY, Attempt, Gap, Indicator, NoAttempt
from provision.terms import Control

CONTROL = Control.SETTINGS_CLOSED

REMOVE_USER = (("pm", "remove-user", "{user}"),)

SPEC = make_spec(
    CONTROL,
    asked_by="closed.settings",
    member="settings",
    closings=(
        Closing("factory-reset", "no_factory_reset", 21),
        Closing("network-reset", "no_network_reset", 23),
        Closing("new-users", "no_add_user", 21),
        Closing("fewer-users", "no_remove_user", 21),
        Closing("other-users", "no_user_switch", 28),
        Closing("accounts", "no_modify_accounts", 21),
        Closing("app-control", "no_control_apps", 21),
        Closing("unknown-sources", "no_install_unknown_sources", 21),
        Closing("unknown-sources-globally", "no_install_unknown_sources_globally", 29),
        Closing("date-time", "no_config_date_time", 28),
        Closing("error-dialogs", "no_system_error_dialogs", 28),
    ),
    attempts=(
        # One method makes users for everybody: it asks for the restriction of the caller's user, which is 0 for both.
        Attempt(
            name="settings.user",
            control=CONTROL,
            indicator=Indicator.USER,
            since=21,
            until=LATEST,
            wake=REMOVE_USER,
            start=(),
            act=(("pm", "create-user", THROWAWAY),),
            undo=REMOVE_USER,
            begins="gone",
            reaches="made",
            holds="gone",
            rests=("gone",),
            reference="Wi-Fi and kiosk document 11, row 27",
            source="AOSP UserManagerService.java (createUserInternal)",
        ),
    ),
    gaps=(
        NoAttempt("settings.reset", CONTROL, 21, LATEST, Gap.NOT_HARMLESS, "Wi-Fi and kiosk document 11, row 26"),
        NoAttempt("settings.accounts", CONTROL, 21, LATEST, Gap.NO_VERB, "Wi-Fi and kiosk document 11, row 28"),
        NoAttempt("settings.apps", CONTROL, 21, LATEST, Gap.SHELL_FREE, "Wi-Fi and kiosk document 11, row 30"),
        NoAttempt("settings.sources", CONTROL, 21, LATEST, Gap.SHELL_FREE, "Wi-Fi and kiosk document 3.3"),
        NoAttempt("settings.clock", CONTROL, 21, 27, Gap.NO_LOCK, "Wi-Fi and kiosk document 11, row 33"),
        NoAttempt("settings.clock", CONTROL, 28, LATEST, Gap.JUDGED_OTHERWISE, "Wi-Fi and kiosk document 3.3"),
    ),
)
