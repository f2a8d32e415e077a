// Saves what stands in a step's form two seconds after the last key and on leaving the page, and sends the
// form only when the server can be reached: without a connection the page stays, with everything in it.
//
// In the page: form[data-typed] with the hidden fields `turn` and `seen`, whose data- attributes are the
// sentences for a broken line; p[data-saved], which shows what became of the last saving. The form's own
// address takes the saving too, told by the field `typed`; it answers with JSON.

import { say } from "./page.js";

const PAUSE = 2_000; // Milliseconds after the last key.
const PATIENCE = 20_000; // That an answer may take.
const AGAIN = 10_000; // Until a saving is tried once more that did not get through.
const FRESH = 3_000; // For so long after an answer the line is believed to hold.

const form = document.querySelector("form[data-typed]");
const note = document.querySelector("[data-saved]");

let dirty = false;
let timer = 0;
let turn = 0;
let heard = -Infinity; // When the server answered last.
let saving = null;
let sending = false;
let passed = false;
let left = false;
const aborting = new AbortController();

/** What the form holds, as a saving that is later than every one before. */
function body() {
  turn = Math.max(turn + 1, Date.now());
  form.elements.turn.value = turn;
  const data = new FormData(form);
  data.set("typed", "y");
  return data;
}

/** Save now; whether the server was reached. What it made of it stands in the note. */
async function save() {
  clearTimeout(timer);
  while (saving) await saving;
  dirty = false;
  saving = ask();
  const reached = await saving;
  saving = null;
  return reached;
}

/** Ends a saving that takes too long, or that somebody leaves behind who leaves quickly. */
function patience() {
  if (AbortSignal.any) return AbortSignal.any([aborting.signal, AbortSignal.timeout(PATIENCE)]);
  // An older browser can have one of the two: most savings are never left behind.
  return AbortSignal.timeout?.(PATIENCE) ?? aborting.signal;
}

async function ask() {
  let answer, told;
  try {
    answer = await fetch(form.action, { method: "POST", body: body(), signal: patience() });
    told = await answer.json();
  } catch {
    if (left) return false;
    // No line, or on the way somebody else's answer.
    dirty = true;
    timer = setTimeout(save, AGAIN);
    show(form.dataset.away);
    return false;
  }
  heard = performance.now();
  if (told.seen !== undefined) form.elements.seen.value = told.seen;
  show(told.said, told.link);
  return true;
}

/** Show a sentence below the form, and have it read once. */
function show(sentence, link) {
  if (note.textContent.trim() === sentence && !link) return;
  note.hidden = false;
  note.textContent = sentence;
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.words;
    note.append(" ", anchor);
  }
  say(sentence);
}

function touched() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

form.addEventListener("input", touched);
form.addEventListener("change", touched);
addEventListener("online", () => dirty && save());

// Leaving by whatever way: a beacon outlives the page.
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") leave();
  else if (dirty) touched();
});

function leave() {
  if (!dirty || passed || left) return;
  // Nobody hears whether a beacon arrived: who comes back has it saved once more.
  clearTimeout(timer);
  navigator.sendBeacon(form.action, body());
}

// Leaving quickly saves nothing: whatever arrived after it would bring a cookie back.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-leave]")) return;
  left = true;
  clearTimeout(timer);
  aborting.abort();
}, true);

form.addEventListener("submit", async (event) => {
  if (passed || (!dirty && performance.now() - heard < FRESH) || !form.requestSubmit) {
    // Everything is saved, or an old browser knows no other way; what the button sends is later still.
    body();
    passed = true;
    return;
  }
  event.preventDefault();
  if (sending) return; // A double click.
  sending = true;
  const reached = await save();
  sending = false;
  if (reached) {
    passed = true;
    form.requestSubmit(event.submitter);
  } else {
    show(form.dataset.unsent);
    note.scrollIntoView({ block: "nearest" });
  }
});

// A page that the browser kept alive goes on where it was.
addEventListener("pageshow", () => {
  passed = false;
  if (dirty) touched();
});
