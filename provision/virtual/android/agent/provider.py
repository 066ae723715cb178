"""`content` calls that reach the agent's provider, printed as the tool prints them.

Source: contract 1; reference, packages document 7.4 and 11.5.
"""

from __future__ import annotations

from provision.virtual.android.agent.digests import digest_seconds
from provision.virtual.android.agent.packages import AGENT
from provision.virtual.android.agent.process import Process, is_hit, running
from provision.virtual.android.agent.reading import write_base64
from provision.virtual.android.agent.station import ForeignCaller
from provision.virtual.android.contract import Reply
from provision.virtual.android.device import Device
from provision.virtual.android.replies import done, failed, stack

AUTHORITY = f"{AGENT}.station"
ROW_CHARACTERS = 1024
SHELL_UID = 2000
GARBAGE = "bm90IHRoZSBhZ2VudA=="


def serves(device: Device, authority: str) -> bool:
    """Tell whether the agent's provider is there: installed for the user and not disabled."""
    package = device.installed(AGENT)
    return authority == AUTHORITY and package is not None and package.enabled in {0, 1} and not package.hidden


def answer(device: Device, verb: str, uri: str, method: str | None, argument: str | None) -> Reply:
    """One `content VERB`; opening the provider starts the process and ends the stopped state (11.1)."""
    if verb == "call" and method is None:
        return Reply(out="[ERROR] Missing required argument: --method\n")
    if method is not None and is_hit(device, "agent-killed", method):
        device.processes.pop(AGENT, None)
    process = running(device)
    device.data.packages[AGENT].stopped = False
    if method is not None and is_hit(device, "agent-crash", method):
        device.processes.pop(AGENT, None)
        return refuse("android.os.DeadObjectException", "Transaction failed on small parcel; remote process died")
    if verb == "call":
        return _call(device, process, method or "", argument)
    if verb == "query":
        return _query(process, uri)
    return refuse("java.lang.SecurityException", "for the station only")


def refuse(kind: str, message: str) -> Reply:
    """The tool's error form; its status is 0 all the same."""
    return failed(f"Error while accessing provider:{AUTHORITY}\n{stack(kind, message)}", 0)


def _call(device: Device, process: Process, method: str, argument: str | None) -> Reply:
    if device.faulty("agent-garbage"):
        return done(f"Result: Bundle[{{a={GARBAGE}}}]")
    try:
        text = process.station.call(SHELL_UID, method, argument)
    except ForeignCaller as error:
        return refuse("java.lang.SecurityException", str(error))
    delay = digest_seconds(device, argument or "") if method == "digests" else 0.0
    return done(f"Result: Bundle[{{a={write_base64(text.encode())}}}]", delay=delay)


def _query(process: Process, uri: str) -> Reply:
    """Rows (id, seq, body) of the answer to one committed document."""
    name = uri.rstrip("/").rpartition("/")[2]
    text = process.station.answer(SHELL_UID, name)
    if text is None:
        return done("No result found.")
    body = write_base64(text.encode())
    cuts = [body[at : at + ROW_CHARACTERS] for at in range(0, len(body), ROW_CHARACTERS)]
    return done("".join(f"Row: {seq} id={name}, seq={seq}, body={cut}\n" for seq, cut in enumerate(cuts)))
