"""The invented institution, whole and broken."""

from pathlib import Path

from portal.institution.loader import Problem, ProfileError, read

LUMBUNG = Path(__file__).resolve().parent / "lumbung.toml"


def broken(*changes: tuple[str, str]) -> list[Problem]:
    """What is found wrong with the invented institution's file after these replacements."""
    content = LUMBUNG.read_text(encoding="utf-8")
    for old, new in changes:
        assert content.count(old) >= 1, old
        content = content.replace(old, new, 1)
    try:
        read(content, file="broken.toml")
    except ProfileError as error:
        return error.problems
    return []


# What is replaced in the file, by what, and how the fault is told: one for each rule.
SPECIMENS: list[tuple[str, str, str]] = [
    # shape
    ('code = "lumbung"\n', "", "code: is missing"),
    ('code = "lumbung"', 'code = "Lumbung Dana"', "code: 'Lumbung Dana' does not fit ^[a-z][a-z0-9_]*$"),
    ('name = "Lumbung Dana"', 'name = "  "', "name: is empty"),
    ('prefix = "LD1"', 'prefix = "1D"', "prefix: '1D' does not fit ^[A-Z][A-Z0-9]{1,3}$"),
    ('website = "https', 'website = "http', "website: 'http://lumbung.example' does not fit ^https://[^\\s]+$"),
    ('prefix = "LD1"', 'prefix = "LD1"\nprefx = "X"', "prefx: is not a key that is known here"),
    ("strap = {", "stripe = {", "page.stripe: is not a key that is known here"),
    ("strap = {", "stripe = {", "page.strap: is missing"),
    (', en = "Tell us." }', " }", "page.lede.en: the English text is missing"),
    ('{ id = "Ceritakan kepada kami.", ', "{ ", "page.lede.id: the Indonesian text is missing"),
    ('en = "Tell us."', 'en = ""', "page.lede.en: is empty"),
    ('zone = "Asia/Makassar"', 'zone = "Asia/Ambon"', "zone: 'Asia/Ambon' is not a time zone"),
    (
        'languages = ["en", "id"]',
        'languages = ["id"]',
        'languages: must be ["id", "en"] or ["en", "id"]: every text stands in both',
    ),
    ('sector = "p2p_lending"', 'sector = "pinjol"', "sector: must be 'bank', 'sharia_bank'"),
    ('regulators = ["ojk"]', "regulators = []", "regulators: is empty"),
    ('regulators = ["ojk"]', 'regulators = ["ojk", "ojk"]', "regulators: names something twice"),
    (
        '"laps_sjk", "district',
        '"lapspi", "district',
        "forums.2: names 'lapspi', which is no forum; known: bi, laps_sjk, ojk",
    ),
    ('"laps_sjk", "district', '"ojk", "district', "forums: names something twice"),
    ('lines = ["Jl. Contoh 1", "Makassar 90111"]', "lines = []", "addresses.0.lines: is empty"),
    (
        'label = { id = "Telepon", en = "Telephone" }',
        'label = { id = "Telepon", en = "Telephone" }\ncode = "x"',
        "channels.telephone.code: is not needed: a row is called by the name of its table",
    ),
    ('name = "Lumbung Dana"', "name = 3", "name: must be a text in quotes"),
    ('regulators = ["ojk"]', 'regulators = "ojk"', "regulators: must be a list in square brackets"),
    (
        'supervision = { id = "Diawasi OJK.", en = "Supervised by OJK." }',
        'supervision = "OJK"',
        "supervision: must be a table",
    ),
    (
        "[transaction_types.loan]",
        "[transaction_types]\nloan = 3\n[transaction_types.x]",
        "transaction_types.loan: must be a table",
    ),
    ("[topics.collection]", f"[topics.{'c' * 41}]", f"topics.{'c' * 41}: is longer than 40 characters"),
    ('label = { id = "Kantor kami", en = "Our offices" }, href', "href", "branches.label: is missing"),
    ("[channels.night]", "[channels.Night]", "channels.Night: 'Night' does not fit"),
    # channels and hours
    (
        'kind = "tel"',
        'kind = "fax"',
        "channels.telephone.addresses.0.kind: must be 'tel', 'mailto', 'url' or 'text', not 'fax'",
    ),
    (
        'value = "+62411555000"',
        'value = "0411-555-000"',
        "channels.telephone.addresses.0.value: must be digits, with a + before a country code",
    ),
    ('kind = "tel"', 'kind = "mailto"', "channels.telephone.addresses.0.value: must be an e-mail address"),
    (
        'kind = "tel"',
        'kind = "url"',
        "channels.telephone.addresses.0.value: must be an address that begins with https://",
    ),
    (
        'open = "08:00"',
        'open = "8.00"',
        "channels.telephone.hours.periods.0.open: must be a time between 00:00 and 24:00, for example 08:30",
    ),
    ('close = "12:00"', 'close = "24:30"', "channels.telephone.hours.periods.0.close: must be a time between"),
    ('days = ["fri", "sat"]', "days = []", "channels.night.hours.periods.0.days: is empty"),
    ('days = ["fri", "sat"]', 'days = ["friday"]', "channels.night.hours.periods.0.days.0: must be 'mon', 'tue'"),
    ('hours.zone = "Asia/Jayapura"', 'hours.zone = "WIT"', "channels.night.hours.zone: 'WIT' is not a time zone"),
    ('hours.zone = "Asia/Jayapura"', "hours.always = true", "channels.night.hours: says both always and periods"),
    (
        "hours.always = true",
        "hours.always = false",
        "channels.website.hours: says neither always, nor periods, nor a calendar of working days",
    ),
    (
        'hours.calendar = "idx"',
        'hours.calendar = "bourse"',
        "channels.office.hours.calendar: must be 'national_and_joint'",
    ),
    (
        'form = "written"',
        'form = "verbal"',
        "channels.website.form: must be 'written': what is filed in this portal is a written complaint",
    ),
    ("hours.always = true", 'hours.always = "yes"', "channels.website.hours.always: must be true or false"),
    ("verified = false", "verified = 0", "channels.telephone.addresses.0.verified: must be true or false"),
    # limits
    ("amount = 20", "amount = 0", "limits.promise.amount: must be at least 1, not 0"),
    ("amount = 20", 'amount = "20"', "limits.promise.amount: must be a whole number, without quotes"),
    ("amount = 20", "amount = 2.5", "limits.promise.amount: must be a whole number, without quotes"),
    ("years = 3", "years = true", "retention.years: must be a whole number, without quotes"),
    ('unit = "calendar"', 'unit = "days"', "limits.promise.unit: must be 'working' or 'calendar', not 'days'"),
    ('start = "received"', 'start = "sent"', "limits.promise.start: must be 'received', 'complete'"),
    ('calendar = "national_and_joint"\n', "", "limits.law_verbal.calendar: must name a calendar of working days"),
    (
        'calendar = "idx"\nsource',
        'calendar = "every_day"\nsource',
        "limits.law_written.calendar: must name a calendar of working days",
    ),
    (
        'basis = "institution"',
        'basis = "habit"',
        "limits.promise.basis: must be 'law', 'institution' or 'default', not 'habit'",
    ),
    ('confidence = "H"', 'confidence = "sure"', "limits.promise.confidence: must be 'H', 'M', 'L' or 'U', not 'sure'"),
    ("checked = 2026-11-21\n", "", "limits.promise.checked: is missing"),
    ('source = { id = "Halaman kami", en = "Our page" }\n', "", "limits.promise.source: is missing"),
    ("most = 1", "most = 0", "limits.law_written.extension.most: must be at least 1, not 0"),
    ('grounds = ["third_party"]', "grounds = []", "limits.law_written.extension.grounds: is empty"),
    (
        'passing = "refusal"',
        'passing = "closed"',
        "clocks.documents.passing: must be 'withdrawn' or 'refusal', not 'closed'",
    ),
    ("checked = 2026-11-21", 'checked = "yesterday"', "limits.promise.checked: must be a day, for example 2026-11-21"),
    ("checked = 2026-11-21", "checked = 5", "limits.promise.checked: must be a day, for example 2026-11-21"),
    (
        '[clocks.answer.question]\nwritten = ["promise"]',
        "[clocks.answer.question]\nwritten = []",
        "clocks.answer.question.written: is empty",
    ),
    # what else must hold together
    (
        "[retention]",
        "[uploads]\nfile_mb = 200\n\n[retention]",
        "uploads: a file must fit into a delivery, and a delivery into a case",
    ),
    (
        "[retention]",
        "[uploads]\ndelivery_files = 200\n\n[retention]",
        "uploads: a file must fit into a delivery, and a delivery",
    ),
    (
        "[retention]",
        '[identity.proofs.ic]\nlabel = { id = "IC", en = "IC" }\ncitizens = "Malaysia"\n\n[retention]',
        "identity.proofs.ic.citizens: 'Malaysia' does not fit ^[A-Z]{2}$",
    ),
    ('version = "1"', 'version = "first one"', "privacy.version: 'first one' does not fit"),
    ("since = 2026-11-21", "since = 2026-11-21T10:00:00", "privacy.since: must be a day, for example 2026-11-21"),
    (
        'l3 = "#e9eff8"',
        'l3 = "#000000"',
        "colours.l3: #000000 under ink #1a2221 has a contrast of 1.29:1, it needs 4.5:1",
    ),
    ('d1 = "#9dbff2"', 'd1 = "#1a2a42"', "colours.d1: #1a2a42 on "),
    ('check = "if_needed"', 'check = "document"', "identity: asks for a document and lists no proofs"),
    ("minutes = 120\n", "", "topics.disbursement.guide: needs both moment and minutes for what depends on them"),
    ("[refusals.incomplete]", "[refusals.rude]", "refusals.rude: must be 'incomplete', 'settled'"),
    (
        'points = [{ id = "Hubungi',
        'points = [] # [{ id = "Hubungi',
        "texts.conditions.0: has neither paragraphs nor points",
    ),
    ("rights = { heading", "right = { heading", "privacy.sections.right: must be 'controller', 'basis'"),
    (
        'rights = { heading = { id = "H", en = "H" }, paragraphs = [{ id = "a", en = "b" }] }\n',
        "",
        "privacy.sections: lacks rights: UU 27/2022 asks for it",
    ),
    ('l1 = "#1d4c94"', 'l1 = "blue"', "colours.l1: 'blue' does not fit ^#[0-9a-f]{6}$"),
    (
        'l1 = "#1d4c94"',
        'l1 = "#88aadd"',
        "colours.l1: #88aadd on paper #fbfbf9 has a contrast of 2.29:1, it needs 4.5:1",
    ),
    (
        "[refusals.incomplete]",
        "[refusals.settled]",
        "clocks.documents.passing: says 'refusal', for which [refusals.incomplete] must give the ground",
    ),
    ('question = { id = "Pinjaman yang mana?", en = "Which loan?" }, ', "", "account.question: is missing"),
    ("procedure = { title", "process = { title", "pages.procedure: is missing"),
    # names of rows that are not there
    (
        'own_channel = "website"',
        'own_channel = "websit"',
        "own_channel: names 'websit', which does not stand in [channels]; did you mean 'website'?",
    ),
    ('contact = "telephone"', 'contact = "post"', "service.contact: names 'post', which does not stand in [channels]"),
    ('channel = "telephone"', 'channel = "post"', "urgent.channel: names 'post', which does not stand in [channels]"),
    ('call = "telephone"', 'call = "post"', "identity.call: names 'post', which does not stand in [channels]"),
    (
        'category = "grievance"',
        'category = "anger"',
        "kinds.complaint.category: names 'anger', which does not stand in [categories]",
    ),
    (
        'division = "collection"',
        'division = "legal"',
        "topics.collection.division: names 'legal', which does not stand in [divisions]",
    ),
    (
        'kinds = ["complaint"]',
        'kinds = ["praise"]',
        "topics.collection.kinds.0: names 'praise', which does not stand in [kinds]",
    ),
    (
        'document = "statement"',
        'document = "photo"',
        "topics.disbursement.guide.document: names 'photo', which does not stand in [documents]",
    ),
    (
        'verbal = ["promise", "law_verbal"]',
        'verbal = ["promise", "law_verbl"]',
        "clocks.answer.complaint.verbal.1: names 'law_verbl', which does not stand in [limits]; did you mean 'law_",
    ),
    (
        "[clocks.answer.question]",
        "[clocks.answer.praise]",
        "clocks.answer.praise: names 'praise', which does not stand in [kinds]",
    ),
    (
        'limit = "law_written"',
        'limit = "documents"',
        "clocks.documents.limit: names 'documents', which does not stand in [limits]",
    ),
    (
        "promise_stands = false",
        'checking = "two_days"',
        "clocks.checking: names 'two_days', which does not stand in [limits]",
    ),
    (
        'grounds = ["third_party"]',
        'grounds = ["rain"]',
        "limits.law_written.extension.grounds.0: names 'rain', which does not stand in [extension_grounds]",
    ),
    (
        'verbal = ["promise", "law_verbal"]\nwritten = ["promise", "law_written"]',
        'verbal = ["promise", "law_verbal"]\nwritten = ["promised"]',
        "clocks.answer.complaint.written.0: names 'promised', which does not stand in [limits]; did you mean",
    ),
    (
        '[clocks.objection]\nwritten = ["law_written"]',
        '[clocks.objection]\nwritten = ["law"]',
        "clocks.objection.written.0: names 'law', which does not stand in [limits]",
    ),
    (
        '[clocks.objection]\nwritten = ["law_written"]',
        '[clocks.objection]\nwritten = ["law_written"]\nverbal = ["five_days"]',
        "clocks.objection.verbal.0: names 'five_days', which does not stand in [limits]",
    ),
    (
        "promise_stands = false",
        'decision = "ten_days"',
        "clocks.decision: names 'ten_days', which does not stand in [limits]",
    ),
    (
        'label = { id = "Divisi terkait", en = "The division concerned" }\ndivision = "collection"',
        'label = { id = "Divisi terkait", en = "The division concerned" }\ndivision = "legal"',
        "escalation.1.division: names 'legal', which does not stand in [divisions]",
    ),
    ("[transaction_types.other]", "[transaction_types.rest]", "transaction_types: lacks a row 'other'"),
    ("[clocks.answer.complaint]", "[clocks.answer.anger]", "clocks.answer: lacks a row 'complaint'"),
    ("[topics.other]", "[topics.rest]", "topics: lacks a row 'other', which the portal relies on"),
    ("[kinds.complaint]", "[kinds.grievance]", "kinds: lacks a row 'complaint', which the portal relies on"),
    # figures
    (
        "{limits.promise.amount} hari",
        "{limits.promis.amount} hari",
        "texts.procedure.0.text.id: takes {limits.promis.amount} from the file, where there is no such figure",
    ),
    (
        "{limits.promise.amount} hari",
        "{limits.promise} hari",
        "texts.procedure.0.text.id: takes {limits.promise} from the file, where there is no such figure",
    ),
]
