// Works out the sum of a challenge page and sends its form: a number so that the SHA-256 of
// "token:number" begins with so many zero bits. Where a browser cannot, its user waits and presses.

const BATCH = 256;

async function solve(token, bits) {
  const text = new TextEncoder();
  for (let first = 0; ; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, i) => String(first + i));
    const digests = await Promise.all(
      numbers.map((number) => crypto.subtle.digest("SHA-256", text.encode(`${token}:${number}`))),
    );
    const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return numbers[found];
  }
}

const form = document.querySelector("form[data-bits]");
if (form && globalThis.crypto?.subtle) {
  form.elements.proof.value = await solve(form.elements.challenge.value, Number(form.dataset.bits));
  form.requestSubmit();
}
