"""Managed configuration in a policy: package, then key, then value (contract 7)."""

from __future__ import annotations

from provision.virtual.android.agent.packages import read_by_package
from provision.virtual.android.agent.reading import Fields

KEY, TEXT = "[A-Za-z0-9_.-]{1,100}", r"(?! )[^\x00-\x1f\x7f-\x9f]{0,2000}(?<! )"
MOST = 100
LEAST_NUMBER, MOST_NUMBER = -(2**31), 2**31 - 1

Settings = dict[str, object]
"""Values by key: bool, int, str or list of str."""


def read_applications(body: Fields) -> dict[str, Settings] | None:
    """The member `applications` of a policy, None where it is absent.

    Raises:
        Refused: `order-invalid` with the place.
    """
    named = read_by_package(body, "applications")
    if named is None:
        return None
    applications, names = named
    return {name: _read_one(applications.child(name)) for name in names}


def _read_one(application: Fields) -> Settings:
    return {key: _read_value(application, key) for key in application.names(KEY, MOST)}


def _read_value(application: Fields, key: str) -> object:
    value = application.value(key)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return application.number(key, LEAST_NUMBER, MOST_NUMBER)
    if isinstance(value, str):
        return application.text(key, TEXT)
    return application.any_texts(key, TEXT, MOST)
