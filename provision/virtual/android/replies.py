"""The forms in which Android programs answer: success, usage, exceptions by release.

Source: reference, packages document 3.5 (exit status) and 3.6 (exceptions).
"""

from __future__ import annotations

from provision.virtual.android.contract import Reply

FAILED = 255
"""A negative result of a `cmd` service seen as an exit status."""

NO_SERVICE = 20
"""Exit status of `cmd` when the service does not exist (packages document 3.5)."""

USAGE = "usage: pm list packages [-f] [-d] [-e] [-s] [-3] [-i] [-u] [--user USER_ID] [FILTER]"
"""The head of what the Java `pm` explains after a word that is missing (packages document 3.5)."""

FORWARDS_API = 24
"""First level whose Java `pm` forwards two verbs to the service."""

CMD_PM_API, CMD_SHELL_API, CMD_STATUS_API = 28, 30, 26
"""First levels: `pm` is `cmd package`; exceptions in the newest form; `cmd` returns the real status."""


class AndroidException(Exception):
    """A Java exception inside a verb; the program that ran the verb prints it in its own form (3.6).

    Attributes:
        kind: Java class, with its package.
        message: the exception's message.
        said: what the verb had printed on standard error before.
    """

    def __init__(self, kind: str, message: str, said: str = "") -> None:
        super().__init__(message)
        self.kind, self.message, self.said = kind, message, said


def done(out: str = "", *, delay: float = 0.0) -> Reply:
    """Status 0 with text on standard output; a missing last line end is added."""
    return Reply(out=out if not out or out.endswith("\n") else out + "\n", delay=delay)


def failed(err: str, status: int = 1, *, out: str = "") -> Reply:
    """A non-zero status with text on standard error."""
    return Reply(out=out, err=err if not err or err.endswith("\n") else err + "\n", status=status)


def stack(kind: str, message: str) -> str:
    """A Java stack trace, shortened to two frames; its first line is what parsers may use."""
    return (
        f"{kind}: {message}\n"
        "\tat android.os.Binder.execTransactInternal(Binder.java)\n"
        "\tat android.os.Binder.execTransact(Binder.java)\n"
    )


def thrown(api: int, verb: str, kind: str, message: str) -> Reply:
    """An exception inside a `cmd` service, in the form of the release (packages document 3.6).

    Args:
        api: API level.
        verb: the service's verb.
        kind: Java class, with its package.
        message: the exception's message.
    """
    if api >= CMD_SHELL_API:
        head = f"\nException occurred while executing '{verb}':\n"
    elif kind.endswith("SecurityException"):
        head = f"Security exception: {message}\n\n"
    else:
        head = f"\nException occurred while {'executing' if api >= CMD_STATUS_API else 'dumping'}:\n"
    return Reply(err=head + stack(kind, message), status=FAILED if api >= CMD_STATUS_API else 0)


def java_error(kind: str, message: str) -> Reply:
    """An exception in the Java `pm` of API 21 to 27: one line (packages document 3.6)."""
    return failed(f"Error: {kind}: {message}")


def unknown_verb(verb: str) -> Reply:
    """A verb a `cmd` service of 8 and later does not have."""
    return Reply(out=f"Unknown command: {verb}\n", status=FAILED)


def no_service(api: int, name: str) -> Reply:
    """`cmd` on a service that does not exist (yet); 7.x lacks the prefix and still ends with 20."""
    prefix = "cmd: " if api >= CMD_STATUS_API else ""
    return failed(f"{prefix}Can't find service: {name}", NO_SERVICE)
