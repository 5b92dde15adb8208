// Pages as text in which everything from outside is escaped.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

class Markup {
  constructor(text) {
    this.text = text;
  }
}

function written(value) {
  if (Array.isArray(value)) return value.map(written).join('');
  if (value instanceof Markup) return value.text;
  // So that `condition && html`…`` can stand in a page.
  return value === undefined || value === false ? '' : String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

export const html = (strings, ...values) =>
  new Markup(strings.map((text, at) => text + written(values[at])).join(''));

export const render = (markup) => `<!doctype html>\n${markup.text}`;
