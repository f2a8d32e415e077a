"""From half a login to a whole one: sessions begun for this request's browser, and where it goes on to."""

from uuid import UUID

from flask import redirect, request
from werkzeug.wrappers import Response

from portal import clock
from portal.accounts import access, chronicle, sessions
from portal.accounts.rules import AccountAct, Factor, device_of
from portal.accounts.sessions import Login
from portal.desk import doors
from portal.sealing import Box, open_box
from portal.web.floor import session
from portal.web.logs import log
from portal.web.network import client_network
from portal.web.pages import go_to


def begin_half(officer_id: UUID, key_id: UUID) -> str:
    """Begin a session that still lacks its second factor; the caller has begun the write."""
    return _begin(officer_id, key_id, None)


def begin_whole(half: Login, factor: Factor) -> str:
    """End half a login and begin a whole one under a new id; the caller has begun the write."""
    now, device = clock.now(), device_of(request.user_agent.string)
    sessions.end(session(), half.token, now=now)
    told = {"factor": factor, "device": device, "network": client_network(request)}
    chronicle.note(session(), half.officer.id, AccountAct.SIGNED_IN, by=half.officer.id, now=now, payload=told)
    return _begin(half.officer.id, half.key_id, factor)


def go_on(half: Login, token: str) -> Response:
    """Give the browser its login, and go to fresh recovery codes if there are any, else where the officer wanted to."""
    doors.forgive(doors.at_the_factor(half.officer.id))
    target = access.hold(token)
    login = access.current_login()
    log.info("desk_signed_in", officer=str(half.officer.id), factor=login and login.factor)
    if login and login.has_new_codes:
        return go_to("desk.recovery_codes")
    return redirect(target, 303) if target else go_to("desk.home")


def box_of(login: Login) -> Box:
    """The data key of the officer's own account."""
    return open_box(session(), login.key_id)


def _begin(officer_id: UUID, key_id: UUID, factor: Factor | None) -> str:
    return sessions.begin(
        session(),
        officer_id=officer_id,
        box=open_box(session(), key_id),
        factor=factor,
        device=device_of(request.user_agent.string),
        network=client_network(request),
        now=clock.now(),
    )
