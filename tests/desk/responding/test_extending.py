"""Our own time is extended: only on a ground, in time, and told."""

from datetime import datetime

import pytest
import time_machine

from portal.accounts.rules import Officer, OfficerRole
from portal.db import Database
from portal.institution.models import Institution
from portal.notices.rules import NoticeKind
from tests.complaints.cases import Case
from tests.desk.responding.doing import JAKARTA, do, letters, path_of, plain
from tests.desk.seats import sit
from tests.page import Client


@pytest.mark.parametrize(
    ("lang", "new", "missing", "spent", "told"),
    [
        (
            "en",
            "Monday 21 December 2026",
            "This ground rests on somebody outside: name the party",
            "Every extension that the rules allow has been used. No ground lengthens the time further",
            "We answer by Monday 21 December 2026; until now it was Monday 7 December 2026.",
        ),
        (
            "id",
            "Senin, 21 Desember 2026",
            "Dasar ini menyangkut pihak luar: sebutkan pihaknya",
            "Semua perpanjangan yang diperbolehkan sudah dipakai. Tidak ada dasar untuk memperpanjang lagi",
            "Kami menjawab paling lambat Senin, 21 Desember 2026; semula Senin, 7 Desember 2026.",
        ),
    ],
)
def test_the_new_date_is_shown_before_and_a_third_time_the_rule(
    client: Client, agent: Officer, case: Case, lang: str, new: str, missing: str, spent: str, told: str
) -> None:
    """BM-31, BM-32, BM-33: each of two steps names the party, and beyond them there is no ground."""
    page = client.get(path_of(case, "extend", lang))
    assert new in plain(page) and page.all(".days .day-due")
    form = page.form(path_of(case, "extend", lang))
    assert form.fill(ground="external_party").submit(status=422).errors == [missing]
    do(client, case, "extend", lang=lang, ground="external_party", party="Bank penerima")
    seen = do(client, case, "extend", lang=lang, ground="external_party", party="PT Rintis")
    assert spent in seen.text and not seen.all(f"a[href='{path_of(case, 'extend', lang)}']")
    assert spent in client.get(path_of(case, "extend", lang)).text
    customer = client.get(f"/{lang}/track").form(f"/{lang}/track").fill(number=case.number, code=case.code).submit()
    assert told in plain(customer) and "Bank penerima" in customer.text


def test_a_page_that_was_open_over_the_last_midnight_extends_nothing(
    client: Client, house: Database, profile: Institution, case: Case, clock: time_machine.Traveller
) -> None:
    """BM-33."""
    clock.move_to(datetime(2026, 12, 7, 23, 58, tzinfo=JAKARTA))
    sit(client, house, profile, OfficerRole.AGENT)
    form = client.get(path_of(case, "extend")).form(path_of(case, "extend")).fill(ground="external_party", party="A")
    clock.move_to(datetime(2026, 12, 8, 0, 1, tzinfo=JAKARTA))
    refused = form.submit(status=422)
    assert refused.errors == ["The limit has ended. An extension is told before its last day is over, or not at all"]
    assert letters(house, case, NoticeKind.EXTENDED) == []
