def test_smoke(client, case, sign_in):
    for lang in ("id", "en"):
        page = sign_in(case.number, case.code, lang=lang)
        print(page.text)
        page = client.get(f"/{lang}/track/case/deadline")
        print(page.text)
        client.get(f"/{lang}/track/case/withdraw")
        client.get(f"/{lang}/track/case").form("/" + lang + "/track/sign-out").submit()
