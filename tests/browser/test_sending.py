"""Impatience and second thoughts: a double click, another language, another tab."""

import sqlite3
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.customer import Customer, at, file, fill, kept_from, send_button, walk_to
from tests.browser.server import Server


def complaints(server: Server) -> int:
    database = sqlite3.connect(f"file:{urlsplit(server.database_url).path[1:]}?mode=ro", uri=True)
    try:
        return int(database.execute("SELECT count(*) FROM complaints").fetchone()[0])
    finally:
        database.close()


def test_a_double_click_makes_one_complaint(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/id/"), Customer.new()
    walk_to(page, "check", "id", customer)
    before = complaints(server)
    send_button(page).dblclick()
    at(page, "/id/file/sent")
    kept = kept_from(page)
    # A reload, and the way back to the button, show the same complaint once more.
    page.reload()
    assert kept_from(page) == kept
    page.goto("/id/file/check")
    at(page, "/id/file/sent")
    assert kept_from(page) == kept
    assert complaints(server) == before + 1


def test_two_tabs_send_one_complaint(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/en/"), Customer.new()
    walk_to(page, "check", "en", customer)
    other = page.context.new_page()
    other.goto("/id/file/check")
    before = complaints(server)
    send_button(page).click()
    at(page, "/en/file/sent")
    send_button(other).click()
    at(other, "/id/file/sent")
    assert kept_from(other) == kept_from(page)
    assert complaints(server) == before + 1


def test_an_answer_from_another_tab_is_not_lost_and_not_overwritten(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/en/"), Customer.new()
    walk_to(page, "story", "en", customer)
    other = page.context.new_page()
    other.goto("/en/file/identity")
    fill(other, {"name": "Ratna Wulandari"})
    send_button(other).click()
    at(other, "/en/file/story")
    fill(page, customer.answers["story"])
    send_button(page).click()
    at(page, "/en/file/loss")
    fill(page, customer.answers["loss"])
    send_button(page).click()
    at(page, "/en/file/documents")
    send_button(page).click()
    at(page, "/en/file/check")
    expect(page.locator("main")).to_contain_text("Ratna Wulandari")
    expect(page.locator("main")).to_contain_text("Saya mengirim uang sewa.")
    # Sent in one tab, what is still written in the other is shown once more beside the way to the receipt.
    other.goto("/en/file/story")
    send_button(page).click()
    at(page, "/en/file/sent")
    fill(other, {"story": "Too late."})
    send_button(other).click()
    expect(other.locator("main")).to_contain_text("Too late.")
    other.get_by_role("link", name="Show the receipt").click()
    at(other, "/en/file/sent")
    assert kept_from(other) == kept_from(page)


def test_another_language_in_the_middle_keeps_what_was_saved(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/id/"), Customer.new()
    walk_to(page, "transactions", "id", customer)
    page.get_by_role("button", name="English").click()
    at(page, "/en/file/transactions/1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which transaction?")
    fill(page, {**customer.answers["transactions"], "at": "siang"})
    send_button(page).click()
    expect(page.locator(".errors a")).to_have_text("Write the time in digits, for example 14:30")
    fill(page, {"at": "9.12"})
    send_button(page).click()
    at(page, "/en/file/story")
    page.get_by_role("link", name="Back").click()
    at(page, "/en/file/transactions")
    page.get_by_role("link", name="Indonesia", exact=True).click()
    at(page, "/id/file/transactions")
    page.get_by_role("link", name="Ubah Transaksi 1").click()
    at(page, "/id/file/transactions/1")
    for name, value in customer.answers["transactions"].items():
        if name != "type":
            expect(page.locator(f'[name="{name}"]')).to_have_value(value)
    expect(page.locator('[name="type"][value="transfer"]')).to_be_checked()
    for step, name in (("identity", "name"), ("contact", "email"), ("account", "account")):
        page.goto(f"/id/file/{step}")
        expect(page.locator(f'[name="{name}"]')).to_have_value(customer.answers[step][name])


def test_a_second_complaint_begins_empty(server: Server, visit: Visit) -> None:
    page, customer = visit(server, "/en/"), Customer.new()
    first = file(page, "en", customer)
    page.get_by_role("button", name="I have kept the code").click()
    at(page, "/en/track")
    second = file(page, "en", customer)
    assert first.number != second.number and first.code != second.code
