// What every page does when scripts run. Each function looks for its own data- attribute;
// without this file every page still works, and what needs it stays hidden.

/** data-focus: an error summary takes the focus, on arrival and after an htmx swap. */
function focusSummary(root) {
  const summary = root.querySelector("[data-focus]");
  // In the next frame: where the browser does it by itself (autofocus), it has done so by then.
  if (summary) requestAnimationFrame(() => document.activeElement === summary || summary.focus());
}

/** data-print: a button that prints the page. */
function offerPrint(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

/** data-copy="id": a button that copies that element's text; data-copied is what it then says. */
function offerCopy(root) {
  if (!navigator.clipboard) return; // Browsers offer it over HTTPS and on this machine only.
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
      say(button.dataset.copied);
    });
  }
}

/** data-too-much="MB": more than that is never sent, because what is written would go with it and be refused unread. */
function weighFiles(root) {
  for (const told of root.querySelectorAll("[data-too-much]")) {
    const field = told.parentElement.querySelector("input[type=file]");
    field.addEventListener("change", () => {
      const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
      told.hidden = size <= told.dataset.tooMuch * 1024 * 1024;
      if (told.hidden) return;
      field.value = "";
      say(told.textContent);
    });
  }
}

/** data-leave: the page is gone at once, however slow the line, and the back button does not lead here. */
function leaveAtOnce(root) {
  for (const form of root.querySelectorAll("form[data-leave]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      document.title = "";
      document.body.hidden = true;
      sessionStorage.clear(); // htmx notes there on which page it was.
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
        if (!answer.redirected) throw answer;
        location.replace(answer.url);
      } catch {
        form.submit();
      }
    });
  }
}

/** One polite region stands in the page from the start; what is written into it is read aloud. */
export function say(sentence) {
  document.getElementById("status").textContent = sentence;
}

function start(root) {
  focusSummary(root);
  offerPrint(root);
  offerCopy(root);
  weighFiles(root);
}

start(document);
leaveAtOnce(document);
// htmx names each element it has put into the page, and the body once at the beginning.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) start(event.detail.elt);
});
