// The provider's own pages. They need no script.

import { readFileSync } from 'node:fs';

import { html, render } from './html.mjs';

const STYLE = readFileSync(new URL('./style.css', import.meta.url), 'utf8');

/** Answers the stylesheet's address, and says of every page what it may load. */
export async function assets(ctx, next) {
  if (ctx.path !== '/stil.css') return next();
  ctx.type = 'css';
  ctx.body = STYLE;
}

function page(ctx, { title, profile, head, body }) {
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'self'; frame-src http: https:; img-src data:");
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'html';
  ctx.body = render(html`<html lang="nb">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} – ${profile.title}</title>
  <link rel="stylesheet" href="/stil.css">
  <link rel="icon" href="data:,">
  ${head}
</head>
<body>
  <header><p class="provider">${profile.title}</p></header>
  <main>
    ${body}
  </main>
  <footer><p>Til utprøving. Dette er ikke ${profile.service}, og ingen her finnes i virkeligheten.</p></footer>
</body>
</html>`);
}

const personButton = (person) => html`<li><button class="person" name="person" value="${person.id}">
        <span class="name">${person.name}</span> <span class="about">${person.about}</span>
      </button></li>
      `;

const levelChoice = ({ label }, at, chosen) => html`<label><input type="radio" name="level" value="${at}"${at === chosen && html` checked`}> ${label}</label>
      `;

const levelFields = (levels, chosen) => levels.length > 0 && html`<fieldset>
      <legend>Sikkerhetsnivå</legend>
      ${levels.map((level, at) => levelChoice(level, at, chosen))}
    </fieldset>`;

const numberField = ({ error, number }) => html`<div class="own-number">
      <label for="number">Et annet syntetisk fødselsnummer eller D-nummer</label>
      ${error && html`<p class="error" id="number-error">${error}</p>`}
      <input id="number" name="number" inputmode="numeric" autocomplete="off" value="${number}"
        ${error && html`aria-invalid="true" aria-describedby="number-error" autofocus`}>
      <button class="own">Logg inn med nummeret</button>
    </div>`;

// The first button of a form is the one that Enter in its text field presses.
const pressedByEnter = html`<button class="by-enter" tabindex="-1" aria-hidden="true">Logg inn</button>`;

/** Whom to sign in as, and with ID-porten at which level. */
export function loginPage(ctx, { profile, people, level, error, number }) {
  const byNumber = profile.levels.length > 0;
  const title = error ? 'Feil: Velg hvem du vil være' : 'Velg hvem du vil være';
  const body = html`<h1>Velg hvem du vil være</h1>
    <form method="post">
    ${pressedByEnter}
    ${levelFields(profile.levels, level)}
    <ul class="people">
      ${people.map(personButton)}
    </ul>
    ${byNumber && numberField({ error, number })}
    <p><button class="cancel" name="cancel" value="1">Avbryt</button></p>
    </form>`;
  page(ctx, { title, profile, body });
}

/** Asks, before the session with the provider ends. */
export function signOutPage(ctx, { profile, person }) {
  const body = person
    ? html`<h1>Logg ut av ${profile.service}</h1>
    <p>Du er logget inn som ${person.name}. Du blir også logget ut av tjenestene du har brukt.</p>
    <form method="post" action="/logg-ut"><button class="own">Logg ut</button></form>`
    : html`<h1>Du er ikke logget inn</h1>
    <p>Det er ingenting å logge ut av.</p>`;
  page(ctx, { title: person ? `Logg ut av ${profile.service}` : 'Du er ikke logget inn', profile, body });
}

const frame = (address) => html`<iframe hidden title="Utlogging" src="${address}"></iframe>
    `;

/** Tells the services by their frames, and goes on when these have loaded: browsers count the seconds from then. */
export function signedOutPage(ctx, { profile, frames, next }) {
  const body = html`<h1>Du er logget ut</h1>
    <p>Du er logget ut av ${profile.service} og av tjenestene du har brukt.</p>
    ${next && html`<p><a href="${next}">Gå videre</a></p>`}
    ${frames.map(frame)}`;
  const head = next && html`<meta http-equiv="refresh" content="0; url=${next}">`;
  page(ctx, { title: 'Du er logget ut', profile, head, body });
}

/** What the library refused, in its own words too: a developer reads them. */
export function errorPage(ctx, profile, { error, error_description: description }) {
  const body = html`<h1>Innloggingen stoppet</h1>
    <p>Gå tilbake til tjenesten du kom fra, og prøv på nytt.</p>
    <p class="detail"><code>${error}</code> ${description}</p>`;
  page(ctx, { title: 'Innloggingen stoppet', profile, body });
}
