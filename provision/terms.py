"""The fixed words of the product: outcomes, phases, assurances, controls and reason codes.

Their meaning for people stands in the text catalogue (`provision/texts`), one entry a word in
French and English; a test holds the two complete.
"""

from __future__ import annotations

from enum import StrEnum


class HomeKind(StrEnum):
    """Purpose of a bench home. Fixed at `init`, signed into the key descriptor and every statement."""

    TRAINING = "training"
    WARD = "ward"


class Outcome(StrEnum):
    """How one run of one tablet ended."""

    DONE = "done"
    DONE_WITH_WARNINGS = "done-with-warnings"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"
    STOPPED = "stopped"

    @property
    def is_good(self) -> bool:
        """Tell whether the tablet can be handed out, perhaps once its record was read."""
        return self in {Outcome.DONE, Outcome.DONE_WITH_WARNINGS}


class Phase(StrEnum):
    """The phases of a run, in order; facts are read anew after each one that changed something."""

    PREPARE = "prepare"
    ENROL = "enrol"
    APPS = "apps"
    RESTRICT = "restrict"
    DRILL = "drill"
    PROVE = "prove"
    SIGN = "sign"
    SEAL = "seal"


class DeviceConfirmation(StrEnum):
    """A person's word on a model that does not say itself whether it is a tablet."""

    TABLET = "tablet"
    NO_TABLET = "no-tablet"


class OperatorWord(StrEnum):
    """What a person says to a running station, at its keyboard or on its pages.

    `start`: every tablet that is ready, or the one in a slot. `yes`, `no`: whether the one in a slot is a tablet.
    `again`: run the one in a slot once more. `show`: its number on its own screen. `stop`: the run in a slot ends, or,
    without one, the station.
    """

    START = "start"
    YES = "yes"
    NO = "no"
    AGAIN = "again"
    SHOW = "show"
    STOP = "stop"


class Assurance(StrEnum):
    """How firmly a control holds: the system stops the user, it is so right now, or it is not so.

    Source: agent policy table of the reference (Wi-Fi and kiosk document, section 11).
    """

    ENFORCED = "enforced"
    SET = "set"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Its place in the order of firmness: 2 enforced, 1 set, 0 for what does not hold or is not known."""
        return {Assurance.ENFORCED: 2, Assurance.SET: 1}.get(self, 0)


class Road(StrEnum):
    """The way a tablet is configured: through our device owner, or through plain adb shell."""

    AGENT = "agent"
    SHELL = "shell"


class Control(StrEnum):
    """One property that must hold on a finished tablet."""

    APPS_PRESENT = "apps.present"
    APPS_CONFIGURED = "apps.configured"
    APPS_REMOVED = "apps.removed"
    CALLS_LISTENER = "calls.listener"
    CALLS_AWAKE = "calls.awake"
    CALLS_ALERT = "calls.alert"
    CALLS_VOLUME = "calls.volume"
    MAKER_SWITCHES = "maker.switches"
    WIFI_HOSPITAL = "wifi.hospital"
    WIFI_OTHER_NETWORKS = "wifi.other_networks"
    LOCATION_ON = "location.on"
    SCREEN_TIMEOUT = "screen.timeout"
    CLOCK_ZONE = "clock.zone"
    ADB_AUTHORISATION = "adb.authorisation"
    SAFE_MODE_CLOSED = "safe_mode.closed"
    SETTINGS_CLOSED = "settings.closed"
    RADIOS_CLOSED = "radios.closed"
    BLUETOOTH_CLOSED = "bluetooth.closed"
    VPN_CLOSED = "vpn.closed"
    USB_CLOSED = "usb.closed"
    UPDATES_HELD = "updates.held"
    IN_TASK_CLOSED = "in_task.closed"
    KIOSK_LOCK_TASK = "kiosk.lock_task"
    AGENT_OWNER = "agent.owner"


class SeenThrough(StrEnum):
    """What a tablet was seen through: only the first is this computer's own word that it hangs here.

    `usb`: its port by this computer's kernel, itself by the adb server of this bench. `network`: the adb server of this
    bench, at no port of this computer. `adb-server`: one that somebody else runs. `training`: the training bench.
    """

    USB = "usb"
    NETWORK = "network"
    ADB_SERVER = "adb-server"
    TRAINING = "training"


class LabelDoubt(StrEnum):
    """Why a person is asked for a tablet's label: it may be the one of this number, or one of several."""

    CANDIDATE = "candidate"
    UNKNOWN = "unknown"


class ProofVerdict(StrEnum):
    """How an attempt in the user's place ended.

    `not-proven`: it failed after locking, but its positive control was missing or failed too.
    """

    HELD = "held"
    BROKEN = "broken"
    NOT_PROVEN = "not-proven"
    NOT_TRIED = "not-tried"


class Reason(StrEnum):
    """Why a run did not end `done`; each has a title and a "what to do now" in the catalogue."""

    NOT_A_TABLET = "not-a-tablet"
    MODEL_UNKNOWN = "model-unknown"
    NOT_RESET_ACCOUNTS = "not-reset-accounts"
    NOT_RESET_USERS = "not-reset-users"
    GUEST_USER = "guest-user"
    LOCAL_ACCOUNT = "local-account"
    ACCOUNT_HIDDEN = "account-hidden"
    NOT_RESET_FILES = "not-reset-files"
    FILES_UNREADABLE = "files-unreadable"
    FOREIGN_OWNER = "foreign-owner"
    OTHER_SITE = "other-site"
    SITE_RENAMED = "site-renamed"
    SITE_KEY_FORMER = "site-key-former"
    SITE_KEY_NEWER = "site-key-newer"
    OFFLINE_KEY_OTHER = "offline-key-other"
    OWNER_UNSUPPORTED = "owner-unsupported"
    OWNER_REFUSED = "owner-refused"
    USER_LOCKED = "user-locked"
    AGENT_UNFIT = "agent-unfit"
    AGENT_TOO_OLD = "agent-too-old"
    BATTERY_LOW = "battery-low"
    STORAGE_LOW = "storage-low"
    RELEASE_TOO_OLD = "release-too-old"
    APP_UNFIT = "app-unfit"
    WIFI_SHELL_CLOSED = "wifi-shell-closed"
    NETWORK_UNSUPPORTED = "network-unsupported"
    WIFI_NOT_JOINED = "wifi-not-joined"
    ASSURANCE_TOO_LOW = "assurance-too-low"
    OEM_GATE = "oem-gate"
    INSTALL_REFUSED = "install-refused"
    APP_OTHER_SIGNER = "app-other-signer"
    APP_CONFLICT = "app-conflict"
    UPLOAD_DAMAGED = "upload-damaged"
    VERIFIER_REFUSED = "verifier-refused"
    VERIFIER_UNREACHABLE = "verifier-unreachable"
    DEVELOPER_UNVERIFIED = "developer-unverified"
    INSTALL_CANCELLED = "install-cancelled"
    INSTALL_HUNG = "install-hung"
    STORAGE_FAULTY = "storage-faulty"
    RESTART_NEEDED = "restart-needed"
    READ_BACK_DIFFERS = "read-back-differs"
    PROOF_FAILED = "proof-failed"
    ANSWER_NOT_UNDERSTOOD = "answer-not-understood"
    ANSWER_CUT = "answer-cut"
    TABLET_HUNG = "tablet-hung"
    BOOT_INCOMPLETE = "boot-incomplete"
    TABLET_GONE = "tablet-gone"
    ADB_SERVER_GONE = "adb-server-gone"
    STOPPED_BY_OPERATOR = "stopped-by-operator"
    BENCH_BROKEN = "bench-broken"
    STATION_KILLED = "station-killed"
    RECORDS_MISSING = "records-missing"
    RECORD_NOT_WRITTEN = "record-not-written"
    DEVIATIONS_LEFT = "deviations-left"
    LABEL_UNSURE = "label-unsure"
    TABLET_KEY_CHANGED = "tablet-key-changed"
    KEY_NOT_MADE = "key-not-made"
    CERTIFICATE_AWAITED = "certificate-awaited"
    CERTIFICATE_UNFIT = "certificate-unfit"
    DEBUGGING_OPEN = "debugging-open"
    SEAL_NOT_SEEN = "seal-not-seen"
    BENCH_FILE_WRONG = "bench-file-wrong"
    UNEXPECTED = "unexpected"


class IntakeVerdict(StrEnum):
    """What becomes of a tablet that is given, before any work.

    `keep`: a run would begin on it. `repair`: a hand can mend what stands in the way. `refuse`: none can.
    """

    KEEP = "keep"
    REPAIR = "repair"
    REFUSE = "refuse"


class IntakeFinding(StrEnum):
    """What speaks against a tablet that is given, beyond the reasons for which a run refuses one.

    Those that end in `-broken`, and the lock, are a person's word.
    """

    SCREEN_BROKEN = "screen-broken"
    TOUCH_BROKEN = "touch-broken"
    CAMERA_BROKEN = "camera-broken"
    MICROPHONE_BROKEN = "microphone-broken"
    SPEAKER_BROKEN = "speaker-broken"
    BUTTONS_BROKEN = "buttons-broken"
    BATTERY_BROKEN = "battery-broken"
    CHARGING_BROKEN = "charging-broken"
    SCREEN_LOCK = "screen-lock"
    BATTERY_WORN = "battery-worn"
    BATTERY_TEMPERATURE = "battery-temperature"
    APPS_TOO_LARGE = "apps-too-large"


class HardwarePart(StrEnum):
    """A part of the hardware that a person tries at the intake."""

    SCREEN = "screen"
    TOUCH = "touch"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    BUTTONS = "buttons"


class ScreenZone(StrEnum):
    """A ninth of a screen as the tablet is held, from the top left, row by row."""

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"


class HandWord(StrEnum):
    """What a person says of a part: it works, it does not, nobody tried."""

    YES = "yes"
    NO = "no"
    SKIP = "skip"
