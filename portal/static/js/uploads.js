// Documents as scripts send them: each file by itself, as soon as it is chosen or dropped, with its own
// row, progress and end. Without this file the same form takes the same files with its button.
//
// In the page: form[data-uploads] with a file input, the region [data-kept] that the server renders, and
// template[data-row], whose data- attributes are the sentences. The form is answered with itself; taken
// from the answer are [data-kept] and what became of the file, p[data-fault].

import { say } from "./page.js";

const STALLED = 60_000; // Milliseconds without a byte going up.
const JUDGED = 150_000; // Milliseconds that the server may take once it has the file.
const AGAIN = new Set(["broken", "failed"]);

const form = document.querySelector("form[data-uploads]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector(".drop");
const list = form.querySelector("[data-under-way]");
const blank = form.querySelector("template[data-row]");
const words = blank.dataset;
const summary = document.querySelector("template[data-errors]");
const title = document.title;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

let serial = 0;
let items = []; // Everything that is not saved: waiting, going up, or refused.
let current = null; // What is going up; one at a time, so that on a bad line the first is there early.
let batch = { saved: 0, refused: 0 };
let delivery = null; // What goes up one after the other without a break came together: the server confirms it once.
let onward = null; // The button that was pressed while files were still on their way.

// ── names and sentences ──────────────────────────────────────────────────────────────────────────

/** As the server shows it: control and direction characters replaced, joiners kept. */
function harmless(name) {
  return name.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu, (sign) => (/[\u200c\u200d]/.test(sign) ? sign : "\ufffd"));
}

function told(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function sized(bytes) {
  const large = bytes >= 1_000_000;
  const number = large ? bytes / 1048576 : Math.max(1, Math.round(bytes / 1024));
  const digits = large ? 1 : 0;
  const written = number.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false,
  });
  return `${written}\u00a0${large ? "MB" : "kB"}`;
}

// ── rows ─────────────────────────────────────────────────────────────────────────────────────────

function add(file, fault = null) {
  const row = blank.content.firstElementChild.cloneNode(true);
  const item = { file, row, name: harmless(file.name), purpose: form.elements.purpose.value, fault: null, tries: 0 };
  for (const place of row.querySelectorAll("bdi")) place.textContent = item.name;
  row.querySelector(".file-meta").textContent = file.size ? sized(file.size) : "";
  row.querySelector("progress").setAttribute("aria-label", told(words.going, { name: item.name }));
  row.querySelector("[data-do=again]").addEventListener("click", () => {
    // The button goes with the fault; the one beside it stays.
    row.querySelector("[data-do=remove]").focus();
    again(item);
  });
  row.querySelector("[data-do=remove]").addEventListener("click", () => dismiss(item));
  row.id = `file-${++serial}`;
  items.push(item);
  list.append(row);
  list.hidden = false;
  show(item, words.waiting);
  if (fault) refuse(item, fault);
  return item;
}

function show(item, sentence, share = null) {
  const bar = item.row.querySelector("progress");
  bar.hidden = share === null || item.fault !== null;
  if (share !== null) bar.value = share * 100;
  const state = item.row.querySelector(".file-state");
  const tag = state.firstElementChild;
  tag.textContent = sentence;
  tag.className = item.fault ? "" : "tag tag-now";
  state.classList.toggle("wrong", item.fault !== null);
  item.row.classList.toggle("file-bad", item.fault !== null);
  item.row.querySelector("[data-do=again]").hidden = !AGAIN.has(item.fault);
  item.row.querySelector("[data-do=remove]").firstChild.data = item.fault ? words.remove : words.cancel;
}

/** Take a row out of the page; the focus must not go with it. */
function take(item) {
  const focused = item.row.contains(document.activeElement);
  items = items.filter((other) => other !== item);
  item.row.remove();
  list.hidden = items.length === 0;
  if (focused) input.focus();
  summarise();
}

function refuse(item, fault, sentence) {
  item.fault = fault;
  item.sentence = sentence ?? told(words[fault], { name: item.name });
  batch.refused += 1;
  show(item, item.sentence);
  say(item.sentence);
  summarise();
}

/** The summary above the heading names every file that was not taken; its links lead to their rows. */
function summarise() {
  document.querySelector(".errors")?.remove();
  for (const old of form.querySelectorAll("[data-fault]")) old.remove();
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", `${input.id}-hint`);
  form.querySelector(".field-wrong")?.classList.remove("field-wrong");
  const refused = items.filter((item) => item.fault);
  document.title = refused.length ? `${summary.dataset.title} ${title}` : title;
  if (!refused.length) return;
  const box = summary.content.firstElementChild.cloneNode(true);
  const line = box.querySelector("li");
  for (const item of refused) {
    const copy = line.cloneNode(true);
    const link = copy.firstElementChild;
    link.href = `#${item.row.id}`;
    link.textContent = item.sentence;
    line.before(copy);
  }
  line.remove();
  document.querySelector("main h1").before(box);
}

// ── going up ─────────────────────────────────────────────────────────────────────────────────────

function choose(files) {
  if (!files.length) return;
  say(told(words.chosen, { count: files.length }));
  for (const { file, folder } of files) {
    if (folder) add(file, "folder");
    else if (!file.size) add(file, "empty");
    else if (file.size > Number(words.most)) add(file, "size");
    else add(file);
  }
  proceed();
}

function again(item) {
  item.fault = null;
  show(item, words.waiting);
  summarise();
  proceed();
}

function dismiss(item) {
  item.request?.abort();
  if (item === current) current = null;
  take(item);
  say(told(words.dismissed, { name: item.name }));
  proceed();
}

/** The next file that waits; when none does, what is to be said or done at the end. */
function proceed() {
  if (current) return;
  current = items.find((item) => !item.fault) ?? null;
  if (current) return send(current);
  if (batch.saved + batch.refused > 1) say(told(words.done, batch));
  batch = { saved: 0, refused: 0 };
  form.querySelector("[data-staying]").hidden = true;
  if (!onward) return;
  const button = onward;
  onward = null;
  if (items.length) document.querySelector(".errors").focus();
  else button.click();
}

function send(item) {
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  body.delete(input.name);
  body.set("purpose", item.purpose);
  body.set("upload", "y");
  delivery ??= crypto.randomUUID?.() ?? ""; // Browsers offer it over HTTPS and on this machine only.
  body.set("delivery", delivery);
  if (items.some((other) => other !== item && !other.fault)) body.set("more", "y");
  else delivery = null;
  body.append(input.name, item.file, item.file.name);
  let watch = 0;
  let half = false;
  const patience = (span) => {
    clearTimeout(watch);
    watch = setTimeout(() => (request.abort(), ended("broken")), span);
  };
  const ended = (fault, sentence) => {
    clearTimeout(watch);
    item.request = null;
    if (item !== current) return;
    current = null;
    if (fault) {
      refuse(item, fault, sentence);
    } else {
      batch.saved += 1;
      take(item);
      say(told(words.saved, { name: item.name }));
    }
    proceed();
  };
  request.upload.addEventListener("progress", (event) => {
    patience(STALLED);
    const share = event.total ? event.loaded / event.total : 0;
    show(item, told(words.up, { share: percent.format(share) }), share);
    if (!half && share >= 0.5 && share < 1) say(told(words.half, { name: item.name }));
    half ||= share >= 0.5;
  });
  request.upload.addEventListener("load", () => {
    patience(JUDGED);
    show(item, words.judged, 1);
  });
  request.addEventListener("error", () => ended("broken"));
  request.addEventListener("load", () => answered(request, item, ended));
  item.request = request;
  item.tries += 1;
  show(item, told(words.up, { share: percent.format(0) }), 0);
  patience(STALLED);
  request.open("POST", form.getAttribute("action"));
  request.setRequestHeader("HX-Request", "true");
  request.send(body);
}

function answered(request, item, ended) {
  const elsewhere = request.getResponseHeader("HX-Redirect");
  if (elsewhere) return leave(elsewhere);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  if (![200, 413, 422].includes(request.status) || !page.querySelector("[data-kept]")) return ended("failed");
  keep(page);
  const fault = page.querySelector("[data-fault]");
  // What came through although its answer did not is there when it is sent again.
  if (!fault || (fault.dataset.fault === "twice" && item.tries > 1)) return ended(null);
  ended(fault.dataset.fault, fault.textContent);
}

/** Put the server's newest list in the place of the old one; the focus stays where it was. */
function keep(page) {
  const old = form.querySelector("[data-kept]");
  const focused = old.contains(document.activeElement) ? document.activeElement.value : null;
  const fresh = document.importNode(page.querySelector("[data-kept]"), true);
  old.replaceWith(fresh);
  if (focused !== null) (fresh.querySelector(`button[value="${focused}"]`) ?? input).focus();
}

/** Remove a saved file without leaving the page, while others may still go up. */
async function remove(button) {
  const body = new FormData(form);
  body.delete(input.name);
  body.set(button.name, button.value);
  const name = button.querySelector("bdi").textContent;
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "HX-Request": "true" } });
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) return leave(elsewhere);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.querySelector("[data-kept]")) throw answer;
    keep(page);
    say(told(words.removed, { name }));
  } catch {
    say(told(words.staysThere, { name }));
    const state = button.closest(".file").querySelector(".file-state");
    state.textContent = told(words.staysThere, { name });
    state.classList.add("wrong");
  }
}

function leave(url) {
  items = [];
  current = null;
  location.assign(url);
}

// ── the page ─────────────────────────────────────────────────────────────────────────────────────

for (const plain of form.querySelectorAll("[data-without-script]")) plain.hidden = true;
for (const more of form.querySelectorAll("[data-with-script]")) more.hidden = false;

input.addEventListener("change", () => {
  const files = [...input.files].map((file) => ({ file, folder: false }));
  // From here on they are rows; left in the field they would go up once more with "continue".
  input.value = "";
  choose(files);
});

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name === "remove") {
    event.preventDefault();
    remove(button);
  } else if (current) {
    event.preventDefault();
    onward = button;
    form.querySelector("[data-staying]").hidden = false;
    say(words.staying);
  }
});

// A file that is dropped beside the field would open in the place of this page.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const over = drop.contains(event.target);
    event.dataTransfer.dropEffect = over ? "copy" : "none";
    drop.classList.toggle("drop-over", over && kind === "dragover");
    if (!over || kind !== "drop") return;
    choose([...event.dataTransfer.items].filter((each) => each.kind === "file").map((each) => ({
      file: each.getAsFile(), folder: each.webkitGetAsEntry?.()?.isDirectory ?? false,
    })));
  });
}
document.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("drop-over");
});

// Back on the line: what broke off goes up by itself.
addEventListener("online", () => {
  for (const item of items.filter((each) => each.fault === "broken")) again(item);
});

addEventListener("beforeunload", (event) => {
  if (current) event.preventDefault();
});
// Leaving quickly asks nothing.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-leave]")) return;
  current?.request.abort();
  current = null;
}, true);
