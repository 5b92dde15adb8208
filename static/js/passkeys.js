/** Makes and shows passkeys in forms with data-passkey. All that is said stands in the page, in its language. */
class Trouble extends Error {
  constructor({ key, said, field }) {
    super(said ?? key);
    Object.assign(this, { key, said, field });
  }
}

const KEYS = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
const isSupported = () => Boolean(window.PublicKeyCredential && navigator.credentials);

function toBytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const withBytes = (descriptors = []) => descriptors.map((each) => ({ ...each, id: toBytes(each.id) }));

function make(options) {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  return navigator.credentials.create({ publicKey });
}

function show(options) {
  const challenge = toBytes(options.challenge);
  const allowCredentials = withBytes(options.allowCredentials);
  return navigator.credentials.get({ publicKey: { ...options, challenge, allowCredentials } });
}

/** What the server reads: the parts that the device answered with, as text. */
function asJson({ id, rawId, type, response }) {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"])
    if (response[name]) parts[name] = toText(response[name]);
  return JSON.stringify({ id, rawId: toText(rawId), type, response: parts });
}

async function post(address, form, credential) {
  const body = new URLSearchParams(new FormData(form));
  if (credential) body.append("credential", asJson(credential));
  const response = await fetch(address, { method: "POST", body, credentials: "same-origin" });
  if (response.status === 429) throw new Trouble({ key: "often" });
  if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Trouble({ key: "stale" });
  const answer = await response.json();
  if (!response.ok) throw new Trouble({ said: answer.error, field: answer.field });
  return answer;
}

async function send(form) {
  const options = await post(form.dataset.begin, form);
  const credential = await (form.dataset.passkey === "make" ? make(options) : show(options));
  const { next } = await post(form.action, form, credential);
  location.assign(next);
}

function tell(form, error) {
  const place = form.querySelector("[data-passkey-error]");
  place.replaceChildren();
  if (error) {
    const message = document.createElement("p");
    message.className = "ds-validation-message";
    message.textContent = error.said ?? place.dataset[error.key ?? KEYS[error.name] ?? "failed"];
    place.append(message);
  }
  const name = form.querySelector("input[name=name]");
  name?.setAttribute("aria-invalid", String(error?.field === "name"));
  if (error?.field === "name") name.focus();
}

function prepare(form) {
  const button = form.querySelector("button");
  const status = form.querySelector("[data-passkey-status]");
  let isBusy = false;
  if (!isSupported()) return tell(form, { key: "unsupported" });
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    tell(form);
    status.textContent = status.dataset.waiting;
    await send(form).catch((error) => {
      isBusy = false;
      status.textContent = "";
      tell(form, error);
    });
  });
}

document.querySelectorAll("[data-without-scripts]").forEach((notice) => notice.remove());
document.querySelectorAll("form[data-passkey]").forEach(prepare);
