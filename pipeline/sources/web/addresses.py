"""Which addresses may be asked: https ones, and those of this machine, never with a password in them."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

from yarl import URL

from pipeline.errors import SourceError


def check_address(address: str, what: str) -> str:
    """Give back an address that may be asked.

    Raises:
        SourceError: it is no address, neither https nor on this machine, or holds a password.
    """
    problem = problem_of(address)
    if problem:
        raise SourceError(
            f"{what} {address!r} cannot be used: {problem}.", way_out="Give an https address without a password."
        )
    return address


def check_proxies() -> None:
    """Look at the proxies that the environment names, before anything is asked through one.

    Raises:
        SourceError: one of them is no address.
    """
    for scheme, proxy in getproxies().items():
        try:
            address = URL(proxy)
            is_address = scheme not in ("http", "https") or (address.scheme in ("http", "https") and bool(address.host))
            # A port that is none, and a host that no name server could be asked for, are errors of their own.
            _ = address.port, (address.host or "").encode("idna")
        except ValueError:
            is_address = False
        if not is_address:
            # Not told what it is, since it may hold a password.
            raise SourceError(
                f"The proxy for {scheme} that the environment names is no address.",
                way_out=f"Correct the variable {scheme.upper()}_PROXY (or the setting of the system), or remove it.",
            )


def origin_of(address: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address that was checked."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port


def problem_of(address: str) -> str:
    """Why an address is not asked, in a few words; empty where it may be."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "it is no address"
    if not host or any(letter.isspace() or not letter.isprintable() for letter in address):
        return "it is no address"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name or a password"
    if parts.scheme != "https" and not _is_this_machine(parts, host):
        return "it is neither https nor on this machine"
    return ""


def _is_this_machine(parts: SplitResult, host: str) -> bool:
    if parts.scheme != "http":
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
