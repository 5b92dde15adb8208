/** Pictures in a form: sent one by one as soon as they are chosen, with how far each has come, while the rest of the
 *  form is written. Without this script the same buttons send the whole form, and the page is shown anew. */
import { sendForm } from "./sending.js";

const TOO_MANY = 429;

class Pictures {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.part = root.querySelector("[data-pictures-part]");
    this.uploads = root.querySelector("[data-pictures-uploads]");
    this.status = root.querySelector("[data-pictures-status]");
    this.queue = [];
    this.sending = false;
    this.waiting = null;
  }

  listen() {
    this.tidy();
    this.root.addEventListener("change", (event) => {
      if (event.target.type === "file") this.choose(event.target);
    });
    this.form.addEventListener("submit", (event) => this.submit(event), { capture: true });
  }

  /** What is only needed without scripts. */
  tidy() {
    const add = this.part.querySelector("[data-pictures-add]");
    if (add) add.hidden = true;
  }

  /** Aloud; what stands on the page already is not shown twice. */
  say(text, { shown = true } = {}) {
    this.status.classList.toggle("visually-hidden", !shown);
    this.status.textContent = text ?? "";
  }

  choose(field) {
    this.uploads.querySelectorAll(".upload-failed").forEach((failed) => failed.remove());
    const files = [...field.files];
    const most = Number(field.dataset.maxBytes);
    files.forEach((file, number) => this.enqueue(file, number + 1, files.length, file.size > most && field.dataset.tooLarge));
    field.value = "";
    this.next();
  }

  enqueue(file, number, all, refused) {
    const words = this.root.dataset.uploading.replace("{n}", number).replace("{all}", all);
    const item = document.createElement("li");
    item.className = "upload";
    const text = document.createElement("span");
    text.textContent = words;
    item.append(text);
    this.uploads.append(item);
    this.uploads.hidden = false;
    const which = this.root.dataset.which.replace("{n}", number).replace("{all}", all);
    if (refused) return this.fail(item, which + refused);
    const progress = document.createElement("progress");
    progress.max = 100;
    progress.value = 0;
    progress.setAttribute("aria-label", words);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "ds-button";
    cancel.dataset.variant = "tertiary";
    cancel.dataset.size = "sm";
    cancel.textContent = this.root.dataset.cancel;
    item.append(progress, cancel);
    const upload = { file, item, words, which, progress, cancelled: false, abort: () => {} };
    cancel.addEventListener("click", () => this.cancel(upload));
    this.queue.push(upload);
  }

  cancel(upload) {
    upload.cancelled = true;
    upload.abort();
    this.remove(upload.item);
    this.say(this.root.dataset.cancelled);
    this.field()?.focus();
  }

  fail(item, text) {
    item.querySelectorAll("progress, button").forEach((part) => part.remove());
    item.classList.add("upload-failed");
    item.querySelector("span").textContent = text;
    this.say(text, { shown: false });
    this.waiting = null;
  }

  remove(item) {
    item.remove();
    this.uploads.hidden = !this.uploads.children.length;
  }

  async next() {
    if (this.sending) return;
    this.sending = true;
    for (let upload = this.queue.shift(); upload; upload = this.queue.shift()) if (!upload.cancelled) await this.send(upload);
    this.sending = false;
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting) this.form.requestSubmit(waiting);
  }

  async send(upload) {
    this.say(upload.words);
    const body = this.body();
    body.append("pictures", upload.file);
    const answer = await sendForm(this.root.dataset.url, body, upload);
    if (upload.cancelled) return;
    if (answer.status === 200) {
      this.remove(upload.item);
      this.show(answer.json);
    } else this.fail(upload.item, upload.which + this.why(answer));
  }

  /** All of the form but its files: what is written is kept with the picture. */
  body(button) {
    const body = new FormData(this.form);
    body.delete("pictures");
    if (button) body.set(button.name, button.value);
    return body;
  }

  why({ status, json }) {
    if (json?.said) return json.said;
    return status === TOO_MANY ? this.root.dataset.many : this.root.dataset.failed;
  }

  submit(event) {
    const button = event.submitter;
    if (button?.name === "bilder" && button.value !== "legg-til") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.press(button);
    } else if (this.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.waiting = button;
      this.say(this.root.dataset.wait);
    }
  }

  async press(button) {
    const { value } = button;
    const rows = [...this.part.querySelectorAll("[data-picture]")];
    const place = rows.indexOf(button.closest("[data-picture]"));
    const body = this.body(button);
    const answer = await sendForm(this.root.dataset.url, body);
    if (answer.status !== 200) return this.say(this.why(answer));
    this.show(answer.json);
    this.focusAfter(value, place);
  }

  /** Nobody who works by keyboard is sent back to the top of the page. */
  focusAfter(value, place) {
    const number = value.split("-")[1];
    const row = this.part.querySelector(`[data-picture="${number}"]`);
    const others = this.part.querySelectorAll("[data-picture]");
    const again = this.part.querySelector(`button[value="${value}"]`) ?? row?.querySelector("button");
    (again ?? others[Math.min(place, others.length - 1)]?.querySelector("button") ?? this.field())?.focus();
  }

  field() { return this.part.querySelector("input[type=file]"); }

  /** The part as the server now has it, with what has been written meanwhile, and with the cursor where it was. */
  show({ html, said, key }) {
    const written = new Map([...this.part.querySelectorAll("textarea[name^=alt_]")].map((field) => [field.name, field.value]));
    const { id, selectionStart } = this.part.contains(document.activeElement) ? document.activeElement : {};
    this.part.innerHTML = html;
    written.forEach((value, name) => {
      const field = this.part.querySelector(`textarea[name="${name}"]`);
      if (field) field.value = value;
    });
    if (id) {
      const same = document.getElementById(id);
      same?.focus();
      if (same?.tagName === "TEXTAREA") same.setSelectionRange(selectionStart, selectionStart);
    }
    const draft = this.form.elements.namedItem("draft_key");
    if (key && draft) draft.value = key;
    this.tidy();
    this.say(said);
  }
}

export function sendPictures() {
  document.querySelectorAll("[data-pictures]").forEach((root) => new Pictures(root).listen());
}
