// Single-letter keys of the desk, for officers who have not switched them off (body[data-shortcuts]).
//
// In the page: a[data-row] are the rows of a list, input[type=search] the search, a[data-search] the way to
// it from a page without one, a[data-keys] the link to the page that explains the keys; its section
// [data-keys-told] is shown below the letterhead. The keys rest while a field has the focus, and with Ctrl,
// Alt or Meta, which belong to the browser.

const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Whether leaving the page would lose something that was typed or chosen. */
function isTouched() {
  return [...document.querySelectorAll("main form :is(input, textarea, select)")].some((field) => {
    if (field instanceof HTMLSelectElement) return [...field.options].some((one) => one.selected !== one.defaultSelected);
    return field.type === "file" ? field.files.length > 0 : field.checked !== field.defaultChecked || field.value !== field.defaultValue;
  });
}

/** To the next row of the list or the one before; without one in focus, to the first. */
function move(step) {
  const rows = [...document.querySelectorAll("a[data-row]")];
  const here = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  const row = here < 0 ? rows[0] : rows[here + step];
  if (!row) return;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function search() {
  const field = document.querySelector("main input[type=search]");
  if (field) {
    field.focus();
    field.select();
  } else if (!isTouched()) document.querySelector("a[data-search]")?.click();
}

// Where the focus was before the keys were shown.
let before = null;

/** The keys explained, in the page itself: nobody loses their place. Pressed once more it goes. */
async function help() {
  const link = document.querySelector("a[data-keys]");
  const place = document.getElementById("keys");
  if (!link || !place || document.querySelector("main [data-keys-told]")) return;
  if (!place.hidden) return close(place);
  const answer = await fetch(link.href);
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-keys-told]");
  if (!answer.ok || !told) return link.click();
  place.replaceChildren(document.importNode(told, true));
  before = document.activeElement;
  place.hidden = false;
  place.focus();
}

function close(place) {
  place.hidden = true;
  place.replaceChildren();
  if (before?.isConnected) before.focus();
}

const KEYS = { "/": search, "?": help, j: () => move(1), k: () => move(-1) };

if (document.body.hasAttribute("data-shortcuts")) {
  document.addEventListener("keydown", (event) => {
    const place = document.getElementById("keys");
    if (event.key === "Escape" && place && !place.hidden) return close(place);
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.target.closest(FIELDS)) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
