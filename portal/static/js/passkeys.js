// Passkeys: the browser makes or uses one, and its answer goes out with the form that stands in the page.
// A browser that cannot keeps the sentence that stands there instead.

const able = typeof PublicKeyCredential === "function" && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** What the server wants to know; the page's own token says that it was this page that asked. */
async function ask(form, address) {
  const token = form.elements.csrf_token.value;
  const answer = await fetch(address, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok || answer.redirected) throw new Error(`the options answered ${answer.status}`);
  return answer.json();
}

const HOW = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

for (const place of able ? document.querySelectorAll("[data-passkey]") : []) {
  const form = place.querySelector("form");
  const failed = place.querySelector("[data-passkey-failed]");
  place.querySelector("[data-passkey-cannot]").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const credential = await HOW[place.dataset.passkey](await ask(form, place.dataset.options));
      form.elements.answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      // Cancelled, timed out, or a key that is registered already: the browser has said which.
      failed.hidden = false;
      document.getElementById("status").textContent = failed.textContent;
    }
  });
}
