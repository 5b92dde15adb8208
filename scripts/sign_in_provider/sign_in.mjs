// The login page, and what comes of it.

import { errors } from 'oidc-provider';

import { readForm } from './form.mjs';
import { errorPage, loginPage } from './pages.mjs';
import { askedLevel } from './provider.mjs';

const REFUSED = {
  '': 'Skriv et nummer, eller velg en av personene over.',
  wrong: 'Nummeret må ha 11 sifre og være syntetisk: 80 lagt til måneden, og riktige kontrollsifre.',
};

function show(ctx, world, { params }, { error, number } = {}) {
  const { profile, people } = world;
  loginPage(ctx, { profile, people, error, number, level: Math.max(0, askedLevel(params)) });
}

async function finish(ctx, provider, result) {
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
  ctx.status = 303;
}

const signedIn = (person, level) => ({ login: { accountId: person.id, acr: level?.acr, amr: level?.amr } });
const cancelled = { error: 'access_denied', error_description: 'the person cancelled' };

async function answer(ctx, provider, world, interaction) {
  const { person: chosen, number = '', level, cancel } = await readForm(ctx);
  if (cancel) return finish(ctx, provider, cancelled);
  const written = number.replace(/\s/g, '');
  const person = world.profile.find(world.people, chosen ?? written);
  if (!person) return show(ctx, world, interaction, { error: REFUSED[written && 'wrong'], number });
  return finish(ctx, provider, signedIn(person, world.profile.levels[Number(level)]));
}

/** What the library knows of the sign-in under way; nothing when it is over, or another browser's. */
async function underWay(ctx, provider) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    return undefined;
  }
}

function over(ctx, profile) {
  ctx.status = 400;
  errorPage(ctx, profile, { error: 'expired', error_description: 'innloggingen er avsluttet' });
}

/** Answers the addresses below /logg-inn/, and leaves the others be. */
export const signIn = (provider, world) => async (ctx, next) => {
  if (!ctx.path.startsWith('/logg-inn/')) return next();
  const interaction = await underWay(ctx, provider);
  if (!interaction) return over(ctx, world.profile);
  return ctx.method === 'POST' ? answer(ctx, provider, world, interaction) : show(ctx, world, interaction);
};
